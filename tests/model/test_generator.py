"""What G, D and the composition of y_hat promise, whatever the weights are."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from colorgan_core.model.blocks import part_means, region_mean, region_parts
from colorgan_core.model.color import lab_to_srgb, srgb_to_lab
from colorgan_core.model.conditions import Conditions
from colorgan_core.model.config import GRAY, LINEART, PRESETS, STYLE, ModelConfig
from colorgan_core.model.discriminator import Discriminator
from colorgan_core.model.generator import (
    PAINT_RANGE,
    SHADE,
    Generator,
    Prediction,
    chosen_colors,
    compose,
    double,
    paint_of,
)

TINY = ModelConfig(
    widths=(8, 16, 16), blocks=(1, 1, 1), condition_width=16, token_width=16, discriminator_widths=(8, 16)
)


def restless(config: ModelConfig = TINY) -> Generator:
    """A generator none of whose zero-initialised layers is zero any more, so that every input can be felt."""
    torch.manual_seed(0)
    generator = Generator(config).eval()
    for parameter in generator.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return generator


def paint(generator: Generator, x: torch.Tensor, z: Conditions) -> torch.Tensor:
    return paint_of(generator(x, z), z)


def random_conditions(batch: int, size: int) -> Conditions:
    torch.manual_seed(1)
    empty = Conditions.empty(LINEART, batch, size, size)
    return empty._replace(
        task=torch.arange(batch) % 3,
        hints=torch.rand_like(empty.hints),
        flood=torch.rand_like(empty.flood),
        regions=torch.randint(0, 9, (batch, size, size)),
        openness=torch.rand_like(empty.openness),
        palette=torch.rand_like(empty.palette),
        palette_mask=torch.rand(batch, 8) > 0.5,
        reference=torch.rand_like(empty.reference),
        reference_mask=torch.rand(batch) > 0.5,
    )


def test_a_result_does_not_depend_on_its_batch_mates() -> None:
    generator, z, x = restless(), random_conditions(4, 32), torch.rand(4, 3, 32, 32)
    together = generator(x, z)
    for n in range(4):
        alone = generator(x[n : n + 1], Conditions(*(value[n : n + 1] for value in z)))
        for whole, part in zip(together, alone, strict=True):  # of cells there are as many as the batch has
            assert torch.allclose(whole[n, : part.shape[1]], part[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("field", ["task", "hints", "flood", "regions", "palette", "reference"])
def test_every_condition_reaches_the_paint(field: str) -> None:
    generator, z, x = restless(), random_conditions(2, 32), torch.rand(2, 3, 32, 32)
    z = z._replace(palette_mask=torch.ones_like(z.palette_mask), reference_mask=torch.ones_like(z.reference_mask))
    z = z._replace(task=torch.tensor([GRAY, STYLE]))
    value = getattr(z, field)
    other = z._replace(**{field: (value + 1) % 3 if value.dtype == torch.int64 else value.flip(-1)})
    assert not torch.allclose(paint(generator, x, z), paint(generator, x, other), atol=1e-4)


def test_without_region_pooling_regions_are_not_felt() -> None:
    generator = restless(dataclasses.replace(TINY, region_pooling=False))
    z, x = random_conditions(2, 32), torch.rand(2, 3, 32, 32)
    other = z._replace(regions=z.regions.flip(-1))
    assert torch.equal(paint(generator, x, z), paint(generator, x, other))


def test_of_line_art_the_trunk_sees_the_drawing_alone() -> None:
    """So that one look serves every hint, palette and reference."""
    generator, z, x = restless(), random_conditions(1, 32), torch.rand(1, 3, 32, 32)
    z = z._replace(task=torch.tensor([LINEART]), palette_mask=torch.ones_like(z.palette_mask))
    empty = Conditions.empty(LINEART, 1, 32, 32)._replace(regions=z.regions, openness=z.openness)
    for one, other in zip(generator(x, z), generator(x, empty), strict=True):
        assert torch.equal(one, other)
    other = generator(x, z._replace(regions=z.regions.flip(-1)))
    assert not torch.allclose(generator(x, z).cells, other.cells, atol=1e-4)


def test_what_nobody_asks_for_is_not_worked_out_and_not_missed() -> None:
    generator, x = restless(), torch.rand(1, 3, 32, 32)
    for task in (LINEART, GRAY, STYLE):
        z = Conditions.empty(task, 1, 32, 32)
        lazy, whole = generator.eval()(x, z), generator.train()(x, z)
        assert torch.allclose(paint_of(lazy, z), paint_of(whole, z), atol=1e-4)  # float32's rounding


def test_an_untrained_network_already_follows_flooded_hints() -> None:
    torch.manual_seed(4)
    z = Conditions.empty(GRAY, 1, 32, 32)
    flood = z.flood.clone()
    flood[:, :3, :, :16], flood[:, 3, :, :16] = torch.tensor([0.5, 0.6, 0.4])[:, None, None], 1.0
    z = z._replace(flood=flood)
    got = paint(Generator(TINY), torch.ones(1, 3, 32, 32), z)
    assert (got[0, :, :, :15] - torch.tensor([0.5, 0.6, 0.4])[:, None, None]).abs().max() < 0.1
    assert (got[0, 1:, :, 18:]).abs().max() < 0.5


def test_a_place_that_chooses_a_palette_color_gets_exactly_that() -> None:
    generator, z, x = restless(), random_conditions(2, 32), torch.rand(2, 3, 32, 32)
    z = z._replace(flood=torch.zeros_like(z.flood), palette_mask=torch.ones_like(z.palette_mask))
    z = z._replace(task=torch.full_like(z.task, GRAY))
    with torch.no_grad():
        generator.query.weight.mul_(1e4)  # certain of its choice
        generator.head.bias[4] = 1e4  # and relying on it
        got, choice = paint(generator, x, z), generator(x, z).choice
    picked = z.palette[..., :3].gather(1, choice.argmax(1).flatten(1)[..., None].expand(-1, -1, 3))
    expected = double(picked.transpose(1, 2).unflatten(2, (16, 16))).clamp(*PAINT_RANGE)
    sure = double((choice.softmax(1).amax(1, keepdim=True) > 0.9999).float())[:, 0] == 1
    assert sure.float().mean() > 0.3
    assert torch.allclose(got.transpose(0, 1)[:, sure], expected.transpose(0, 1)[:, sure], atol=1e-3)


def test_missing_palette_colors_are_never_chosen() -> None:
    generator, z, x = restless(), random_conditions(2, 32), torch.rand(2, 3, 32, 32)
    z = z._replace(task=torch.full_like(z.task, GRAY))
    choice = generator(x, z).choice.softmax(1)
    assert choice.amax((2, 3))[~z.palette_mask].max() == 0


def test_twice_the_size_keeps_even_paint_even() -> None:
    assert torch.equal(double(torch.full((1, 2, 3, 5), 0.7)), torch.full((1, 2, 6, 10), 0.7))


def test_palette_order_does_not_matter() -> None:
    generator, z, x = restless(), random_conditions(2, 32), torch.rand(2, 3, 32, 32)
    turned = z._replace(palette=z.palette.flip(1), palette_mask=z.palette_mask.flip(1))
    assert torch.allclose(paint(generator, x, z), paint(generator, x, turned), atol=1e-4)


def test_region_mean_is_the_weighted_mean_of_each_region() -> None:
    torch.manual_seed(2)
    features, weight = torch.rand(2, 3, 8, 8), torch.rand(2, 1, 8, 8)
    regions = torch.randint(0, 4, (2, 8, 8))
    got = region_mean(features, regions, weight)
    for b in range(2):
        for label in range(4):
            here = regions[b] == label
            w = weight[b, 0][here] + 1e-3
            mean = (features[b][:, here] * w).sum(1) / w.sum()
            assert torch.allclose(got[b][:, here].T, mean.expand(len(w), 3), atol=1e-5)


def test_part_means_are_those_of_the_enlarged_features_over_each_region() -> None:
    torch.manual_seed(2)
    features, weight = torch.rand(2, 3, 4, 2), torch.rand(2, 1, 16, 16)
    regions = torch.randint(0, 5, (2, 16, 16))
    regions[0, 0, 0] = 5  # of one pixel
    parts = region_parts(regions, weight, (8, 8))
    means = part_means(features, parts)
    large = F.interpolate(features, size=(8, 8), mode="bilinear")
    fine = large.repeat_interleave(2, 2).repeat_interleave(2, 3)
    for b in range(2):
        for label in range(6):
            here = regions[b] == label
            w = weight[b, 0][here] + 1e-3
            assert float(parts[b, label].sum()) == pytest.approx(float(w.sum()), abs=1e-4)
            if here.any():
                assert torch.allclose(means[b, label], (fine[b][:, here] * w).sum(1) / w.sum(), atol=1e-5)


def prediction(free: torch.Tensor) -> Prediction:
    """Paint without palette and hints."""
    plane = torch.zeros_like(free[:, :1])
    return Prediction(free, plane.expand(-1, 8, -1, -1), plane, plane, torch.zeros(len(free), 0, 2))


def test_line_art_is_lines_times_what_was_chosen_over_paper() -> None:
    lines = torch.rand(1, 1, 4, 4).expand(1, 3, 4, 4)
    color = torch.tensor([0.8, 0.3, 0.2])
    regions = torch.tensor([[0, 0, 1, 1]] * 4)[None]
    z = Conditions.empty(LINEART, 1, 4, 4)._replace(regions=regions)
    chosen = torch.cat(
        [srgb_to_lab(color[None, :, None, None])[0, :, 0, 0].expand(2, 3), torch.tensor([[1.0], [0.25]])], 1
    )
    even = srgb_to_lab(torch.full((1, 3, 4, 4), 0.5))  # paint without any shade
    drawn = compose(srgb_to_lab(lines), prediction(even), z, chosen[None])
    c = torch.tensor([1.0, 1, 0.25, 0.25])
    expected = lines * (c * color[None, :, None, None] + 1 - c)
    assert torch.allclose(drawn, expected, atol=2e-3)


def test_a_share_of_what_is_uneven_in_the_paint_is_shade() -> None:
    white = srgb_to_lab(torch.ones(1, 3, 1, 4))
    regions = torch.tensor([[[0, 0, 1, 1]]])
    z = Conditions.empty(LINEART, 1, 1, 4)._replace(regions=regions)
    free = torch.zeros(1, 3, 1, 4)
    free[0, 0, 0] = torch.tensor([0.6, 0.4, 0.9, 0.9])
    chosen = torch.tensor([[[0.5, 0.1, 0.1, 1.0], [0.3, 0.0, 0.2, 1.0]]])
    drawn = srgb_to_lab(compose(white, prediction(free), z, chosen))
    expected = torch.tensor([0.5 + SHADE * 0.1, 0.5 - SHADE * 0.1, 0.3, 0.3])
    assert torch.allclose(drawn[0, 0, 0], expected, atol=2e-3)
    assert torch.allclose(drawn[0, 1:, 0, :2], torch.full((2, 2), 0.1), atol=2e-3)


def test_chosen_colours_are_given_ones_paper_or_its_own() -> None:
    given, own = torch.rand(1, 3, 3), torch.rand(4, 3)
    picked = torch.eye(7)[[0, 2, 4]][None]  # paper, the second hint, the second of its own
    chosen = chosen_colors(picked, given, own)[0]
    assert chosen[0, 3] == 0 and torch.equal(chosen[1:, 3], torch.ones(2))
    assert torch.equal(chosen[1, :3], given[0, 2]) and torch.equal(chosen[2, :3], own[1])


def test_gray_keeps_the_inputs_lightness_and_takes_the_paints_color() -> None:
    x = torch.cat([torch.rand(1, 1, 4, 4) * 0.4 + 0.3, torch.zeros(1, 2, 4, 4)], 1)
    color = torch.rand(1, 3, 4, 4) * 0.1
    result = srgb_to_lab(compose(x, prediction(color), Conditions.empty(GRAY, 1, 4, 4)))
    assert torch.allclose(result[:, :1], x[:, :1], atol=2e-3)
    assert torch.allclose(result[:, 1:], color[:, 1:], atol=3e-3)


def test_style_is_the_paint() -> None:
    color = srgb_to_lab(torch.rand(1, 3, 4, 4))
    result = compose(torch.rand(1, 3, 4, 4), prediction(color), Conditions.empty(STYLE, 1, 4, 4))
    assert torch.allclose(result, lab_to_srgb(color))


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_presets_take_a_padded_picture(preset: str) -> None:
    config = PRESETS[preset]
    z = Conditions.empty(GRAY, 1, 64, 96)
    prediction = Generator(config).eval()(torch.rand(1, 3, 64, 96), z)
    assert prediction.free.shape == (1, 3, 64, 96) and prediction.cells.shape[:2] == (1, 0)
    logits = Discriminator(config)(torch.rand(1, 3, 64, 96), torch.rand(1, 3, 64, 96), z)
    assert logits.shape[:2] == (1, 1) and logits.shape[2] * 3 == logits.shape[3] * 2


def test_discriminator_sees_x_y_and_z() -> None:
    torch.manual_seed(3)
    judge, z = Discriminator(TINY), random_conditions(2, 32)
    z = z._replace(palette_mask=torch.ones_like(z.palette_mask))
    x, y = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    base = judge(x, y, z)
    others = [
        judge(x.flip(3), y, z), judge(x, y.flip(3), z), judge(x, y, z._replace(hints=z.hints.flip(3))),
        judge(x, y, z._replace(palette=z.palette * 0.5)), judge(x, y, z._replace(task=(z.task + 1) % 3)),
    ]  # fmt: skip
    assert all(not torch.allclose(base, other) for other in others)
