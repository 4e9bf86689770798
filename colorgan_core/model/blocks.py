"""The layers that G is made of: plain 3x3 convolutions, fast on CPUs, and nothing that looks at the whole picture's statistics,
so that tiles join without seams."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import HEADS


def zero_(layer: nn.Module) -> nn.Module:
    """Zero-initialises a layer, so that its branch starts as the identity and training grows it."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


def stacked(*maps: Tensor) -> Tensor:
    """Maps (b, c, h, w) as one, in the dtype and the layout that convolutions bring it to anyhow, at every use and more slowly."""
    device = maps[0].device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else maps[0].dtype
    return torch.cat([each.to(dtype) for each in maps], 1).contiguous(memory_format=torch.channels_last)


def pixel_norm(features: Tensor, limit: float = 1.0) -> Tensor:
    """Limits each pixel's channels to unit root mean square: x / sqrt(limit + mean x^2) over the channels.

    As in Karras et al., "Progressive growing of GANs" (ICLR 2018, section 4.2), but with 1 in place of their epsilon: faint
    features pass unchanged. Without any limit activations blew up within 50 steps; with a small epsilon gradients did, since
    each layer then multiplies them by 1 / |x| where features are faint. It takes three times as long as a fine convolution.
    """
    # by the norm: with squares of their own it takes three times as long, forth and back
    power = torch.linalg.vector_norm(features, dim=1, keepdim=True).square() / features.shape[1]
    return features * torch.rsqrt(power + limit)


class FiLMBlock(nn.Module):
    """Residual block of two 3x3 convolutions, modulated by z (FiLM: Perez et al., AAAI 2018, equation 2)."""

    def __init__(self, width: int, condition_width: int, limited: bool) -> None:
        """limited: whether `pixel_norm` comes first; where it costs more than the convolutions it is left out."""
        super().__init__()
        self.limited = limited
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.film = zero_(nn.Linear(condition_width, 2 * width))
        self.last = zero_(nn.Conv2d(width, width, 3, padding=1))

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        """features (b, c, h, w), condition (b, condition_width) -> (b, c, h, w)."""
        scale, shift = self.film(condition).chunk(2, 1)
        normed = pixel_norm(features) if self.limited else features
        if self.training or len(scale) > 1:
            hidden = F.silu(torch.addcmul(shift[..., None, None], self.first(normed), 1 + scale[..., None, None]))
        else:  # of one sample the modulated convolution is a convolution
            hidden = F.silu(self._modulated(normed, 1 + scale[0], shift[0]), inplace=True)
        return self.last(hidden).add_(features)  # type: ignore[no-any-return]

    def _modulated(self, features: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
        assert self.first.bias is not None
        weight = self.first.weight * gain[:, None, None, None]
        return F.conv2d(features, weight, self.first.bias * gain + shift, padding=1)


class TokenAttention(nn.Module):
    """Each place asks the palette's and the reference's tokens what they know (Vaswani et al., 2017, equation 1)."""

    def __init__(self, width: int, token_width: int, heads: int = HEADS) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Conv2d(width, width, 1)
        self.key_value = nn.Linear(token_width, 2 * width)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, features: Tensor, tokens: Tensor, weight: Tensor) -> Tensor:
        """features (b, c, h, w), tokens (b, n, token_width), weight (b, n): how much each counts, 0 where there is none (one is)."""
        b, c, h, w = features.shape
        # queries of full length even where features are faint: else attention stays uniform and palettes go unheard
        q = self._heads(self.query(pixel_norm(features, 0.01)).permute(0, 2, 3, 1).flatten(1, 2))
        k, v = (self._heads(each) for each in self.key_value(tokens).chunk(2, 2))
        # spelled out: for so few tokens torch's fused attention takes twice as long in training
        liked = (q @ k.mT).float() / q.shape[3] ** 0.5 + weight.log()[:, None, None]
        found = (liked.softmax(3).to(v.dtype) @ v).transpose(1, 2).reshape(b, h, w, c).permute(0, 3, 1, 2)
        return features + self.out(found)  # type: ignore[no-any-return]

    def _heads(self, rows: Tensor) -> Tensor:
        """(b, n, c) -> (b, heads, n, c / heads)."""
        b, n, c = rows.shape
        return rows.reshape(b, n, self.heads, c // self.heads).transpose(1, 2)


class RegionPooling(nn.Module):
    """Adds to each place what its region holds on average, so that far parts of one region see each other in one layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out = zero_(nn.Conv2d(width, width, 1))

    def forward(self, features: Tensor, regions: Tensor, openness: Tensor, pooled: Tensor) -> Tensor:
        """features (b, c, h, w), regions (b, h, w) int64 from 0, openness (b, 1, h, w) weights, pooled (b,) bool: for which samples."""
        found = self.out(region_mean(features, regions, openness))
        return features + found * pooled[:, None, None, None]  # type: ignore[no-any-return]


def region_parts(regions: Tensor, weight: Tensor, size: tuple[int, int]) -> Tensor:
    """(b, r, h, w): how much of each region's weight lies in each of h x w places, of which H and W are the same multiple.

    regions: (b, H, W) int64 from 0, weight: (b, 1, H, W).
    """
    b, (h, w) = len(regions), size
    most, step = int(regions.max()) + 1, regions.shape[2] // w
    place = torch.arange(h * w, device=regions.device).reshape(h, w)
    place = place.repeat_interleave(step, 0).repeat_interleave(step, 1)
    index = (torch.arange(b, device=regions.device)[:, None, None] * most + regions) * (h * w) + place
    count = torch.bincount(index.reshape(-1), weight.reshape(-1).float() + 1e-3, b * most * h * w)
    return count.reshape(b, most, h, w).float()


def part_means(features: Tensor, parts: Tensor) -> Tensor:
    """(b, r, c): means of features (b, c, h, w), enlarged bilinearly to the size of `parts` (b, r, H, W), over each part.

    Instead of the features the parts change their size, by the adjoint of the enlarging: regions are fewer than channels.
    """
    down, across = (enlarging(few, many, parts) for few, many in zip(features.shape[2:], parts.shape[2:], strict=True))
    small = down.T @ parts @ across
    total = small.flatten(2) @ features.permute(0, 2, 3, 1).flatten(1, 2).float()
    return total / parts.sum((2, 3)).clamp(min=1e-6)[..., None]


def enlarging(few: int, many: int, like: Tensor) -> Tensor:
    """(many, few): the matrix of linear interpolation, as `F.interpolate` does it."""
    return F.interpolate(torch.eye(few, device=like.device)[None], size=many, mode="linear")[0].T


def region_mean(features: Tensor, regions: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean of (b, c, h, w) features over each region, laid back over the region: (b, c, h, w)."""
    b, c, h, w = features.shape
    most = int(regions.max()) + 1
    index = (regions + most * torch.arange(b, device=regions.device)[:, None, None]).reshape(-1)
    weight = weight.float().reshape(-1, 1) + 1e-3  # a region all on ink still has a mean
    rows = features.float().permute(0, 2, 3, 1).reshape(-1, c)
    total = rows.new_zeros(b * most, c).index_add(0, index, rows * weight)
    mass = rows.new_zeros(b * most, 1).index_add(0, index, weight)
    mean = (total / mass.clamp(min=1e-6)).index_select(0, index)
    return mean.reshape(b, h, w, c).permute(0, 3, 1, 2).to(features.dtype)
