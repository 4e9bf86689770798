"""The network for cells: what must hold for any weights."""

from __future__ import annotations

import pytest
import torch

from colorgan_core.lineart import tokens
from colorgan_core.model.cells import GEOMETRY, HINT, PAPER, TOUCH, CellInput, CellNet, pair_features

OWN, TRUNK = 5, 12


def some_net() -> CellNet:
    torch.manual_seed(3)
    net = CellNet(TRUNK, OWN, width=48, layers=2, heads=4).eval()
    for name, parameter in net.named_parameters():  # what starts as nothing would hide mistakes
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
        assert parameter.isfinite().all(), name
    return net


def some_input(n: int = 7, k: int = 3, b: int = 1) -> CellInput:
    torch.manual_seed(n)
    touch = torch.rand(b, n, n, TOUCH)
    touch = (touch + touch.transpose(1, 2)) / 2
    kind = torch.tensor([PAPER] + [HINT] * (k - 1)).expand(b, k)
    ones = [torch.ones(b, count, dtype=torch.bool) for count in (n, k)]
    return CellInput(
        torch.randn(b, n, GEOMETRY), torch.randn(b, n, TRUNK), ones[0], touch, torch.rand(b, k, 3), kind, ones[1],
        torch.rand(b, n, k, 2) * (torch.rand(b, n, k, 2) > 0.8), torch.arange(n).expand(b, n) >= n - 2,
    )  # fmt: skip


def test_it_takes_as_many_numbers_as_tokens_have() -> None:
    assert (GEOMETRY, TOUCH) == (tokens.GEOMETRY, tokens.TOUCH)


def test_probabilities_sum_to_one() -> None:
    output = some_net()(some_input())
    assert output.logits.shape == (1, 7, 3 + OWN)
    assert output.together.shape == (1, 7, 7)
    assert torch.allclose(output.logits.exp().sum(2), torch.ones(1, 7), atol=1e-5)


def test_the_order_of_cells_does_not_matter() -> None:
    net, given = some_net(), some_input()
    order = torch.randperm(7)
    turned = given._replace(
        geometry=given.geometry[:, order], trunk=given.trunk[:, order], holds=given.holds[:, order],
        touch=given.touch[:, order][:, :, order], reference=given.reference[:, order],
    )  # fmt: skip
    assert torch.allclose(net(given).logits[:, order], net(turned).logits, atol=1e-4)


def test_padding_changes_nothing() -> None:
    net, given = some_net(), some_input()
    more = some_input(11, 5)
    n, k = 7, 3
    touch, holds = torch.randn(1, 11, 11, TOUCH), torch.zeros(1, 11, 5, 2)
    touch[:, :n, :n], holds[:, :n, :k] = given.touch, given.holds
    padded = CellInput(
        torch.cat([given.geometry, more.geometry[:, n:]], 1), torch.cat([given.trunk, more.trunk[:, n:]], 1),
        torch.arange(11)[None] < n, touch, torch.cat([given.colors, more.colors[:, k:]], 1),
        torch.cat([given.kind, more.kind[:, k:]], 1), torch.arange(5)[None] < k, holds,
        torch.cat([given.reference, more.reference[:, n:]], 1),
    )  # fmt: skip
    alone, among = net(given).logits, net(padded).logits[:, :n]
    assert torch.allclose(alone[..., :k], among[..., :k], atol=1e-4)
    assert torch.allclose(alone[..., k:], among[..., 5:], atol=1e-4)
    assert (among[..., k:5].exp() == 0).all()


def test_a_cell_can_only_point_at_what_is_given() -> None:
    net, given = some_net(), some_input()
    without = given._replace(given=torch.tensor([[True, False, True]]))
    assert (net(without).logits[..., 1].exp() == 0).all()


def test_what_two_cells_are_to_each_other() -> None:
    geometry = torch.zeros(1, 2, GEOMETRY)
    geometry[0, 0, 0], geometry[0, 1, 0] = -0.5, 0.5  # x
    geometry[0, 0, 2], geometry[0, 1, 2] = -0.8, 0.8  # x in the drawing
    features = pair_features(geometry, torch.zeros(1, 2, 2, TOUCH), torch.zeros(1, 2, dtype=torch.bool))
    assert features[0, 0, 1, 0] == pytest.approx(1) == -features[0, 1, 0, 0].item()
    assert features[0, 0, 1, 2] == pytest.approx(1)  # distance
    assert features[0, 0, 1, 9] == 0  # they mirror each other
    assert features[0, 0, 0, 9] > 1
    assert not features[0, ..., 12:15].any()
    apart = pair_features(geometry, torch.zeros(1, 2, 2, TOUCH), torch.tensor([[False, True]]))
    assert apart[0, 0, 1, 12] == apart[0, 1, 0, 12] == 1 and apart[0, 0, 0, 12] == 0
    assert apart[0, 0, 1, 13] == pytest.approx(1.6)


def test_it_matters_whether_a_cell_is_a_references() -> None:
    net, given = some_net(), some_input()
    other = given._replace(reference=~given.reference)
    assert not torch.allclose(net(given).logits, net(other).logits, atol=1e-4)


def test_it_learns_to_copy_the_hint_of_the_same_shape() -> None:
    """Eight cells of two shapes, one of each hinted: after some steps the others have the hint of their shape."""
    torch.manual_seed(0)
    net = CellNet(TRUNK, OWN, width=48, layers=2, heads=4)
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    for step in range(150):
        shapes = torch.randint(2, (16, 8))
        shapes[:, 0], shapes[:, 1] = 0, 1
        geometry = torch.randn(16, 8, GEOMETRY) * 0.3
        geometry[..., 13] = shapes.float()
        holds = torch.zeros(16, 8, 3, 2)
        holds[:, 0, 1, 0] = holds[:, 1, 2, 0] = 1
        colors = torch.rand(16, 3, 3)
        kind = torch.tensor([PAPER, HINT, HINT]).expand(16, 3)
        ones = torch.ones(16, 8, dtype=torch.bool)
        given = CellInput(
            geometry,
            torch.zeros(16, 8, TRUNK),
            ones,
            torch.zeros(16, 8, 8, TOUCH),
            colors,
            kind,
            ones[:, :3],
            holds,
            ~ones,
        )
        logits = net(given).logits
        loss = -logits.gather(2, shapes[..., None] + 1)[:, 2:].mean()
        right = (logits.argmax(2) == shapes + 1)[:, 2:].float().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step > 60 and right == 1:
            break
    assert right > 0.9
