"""sRGB and CIELAB as differentiable torch functions on (b, 3, h, w); the formulas are those of `picture.color`.

The network sees Lab divided by 100, so that L is in 0..1 and a, b in about -1.1..1.1.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from ..picture.color import EPSILON, KAPPA, RGB_TO_XYZ, XYZ_TO_RGB

SCALE = 100.0


def srgb_to_lab(rgb: Tensor) -> Tensor:
    """(b, 3, h, w) sRGB in 0..1 to Lab / 100, in float32."""
    rgb = rgb.float()
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4)
    x, y, z = _mix(RGB_TO_XYZ, linear).unbind(1)
    x, y, z = (_lab_curve(v) for v in (x, y, z))
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1) / SCALE


def lab_to_srgb(lab: Tensor) -> Tensor:
    """(b, 3, h, w) Lab / 100 to sRGB in 0..1, in float32.

    Colours outside the gamut are clipped as `clip` says: clipped channels would otherwise never learn their way back.
    """
    lightness, a, b = (lab.float() * SCALE).unbind(1)
    y = (lightness + 16) / 116
    f = torch.stack([y + a / 500, y, y - b / 200], 1)
    xyz = torch.where(f > EPSILON ** (1 / 3), f.clamp(min=EPSILON ** (1 / 3)) ** 3, (116 * f - 16) / KAPPA)
    linear = _mix(XYZ_TO_RGB, xyz)
    curve = 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return clip(torch.where(linear <= 0.0031308, 12.92 * linear, curve), 0, 1)


def lab_to_din99o(lab: Tensor) -> Tensor:
    """(b, 3, h, w) Lab / 100 to DIN99o / 100, in float32: a space in which distances are about CIEDE2000 differences.

    Cui et al., "Uniform colour spaces based on the DIN99 colour-difference formula" (2002), with kE = kCH = 1; the last turn of the
    hue by 26 degrees back is left out. Chroma is compressed: a tint on grey costs more than in Lab, another shade of red less.
    """
    lightness, a, b = (lab.float() * SCALE).unbind(1)
    turn = math.radians(26)
    e = math.cos(turn) * a + math.sin(turn) * b
    f = 0.83 * (math.cos(turn) * b - math.sin(turn) * a)
    chroma = (e.square() + f.square() + 1e-4).sqrt()
    squeeze = torch.log1p(0.075 * chroma) / (0.0435 * chroma)
    return torch.stack([303.67 * torch.log1p(0.0039 * lightness), squeeze * e, squeeze * f], 1) / SCALE


def _mix(matrix: object, channels: Tensor) -> Tensor:
    weight = torch.as_tensor(matrix, dtype=torch.float32, device=channels.device)
    return torch.einsum("ij,bjhw->bihw", weight, channels)


def _lab_curve(value: Tensor) -> Tensor:
    root = value.clamp(min=EPSILON) ** (1 / 3)
    return torch.where(value > EPSILON, root, (KAPPA * value + 16) / 116)


def clip(value: Tensor, low: float, high: float) -> Tensor:
    """Clamps, with the gradient passed straight through where following it leads back into the range.

    A gradient that leads farther out changes nothing that is seen, and so would lead out for ever.
    """
    return _Clip.apply(value, low, high)  # type: ignore[no-any-return]


class _Clip(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward(value)
        ctx.range = low, high
        return value.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (value,), (low, high) = ctx.saved_tensors, ctx.range
        outward = ((value > high) & (gradient < 0)) | ((value < low) & (gradient > 0))
        return gradient.masked_fill(outward, 0), None, None
