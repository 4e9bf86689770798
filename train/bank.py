"""The palette bank: what colour schemes the training art has, kept in the weights file for pictures without hints."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from colorgan_core.model.conditions import palette_tokens
from colorgan_core.model.config import PALETTE_SIZE
from colorgan_core.picture.kmeans import clustered, palette_of

from .sample import Items

BANK = 512  # palettes kept
LOOKED_AT = 6 * BANK  # pictures, evenly spread over the data
COLORS = 3  # that a palette in the bank has, clearly apart
TRACE = 0.04  # share of a palette below which a colour is a mere trace
CLEAR = 0.2  # distance in ab / 100 of two clearly different colours
APART = 0.35  # Hellinger distance (0 to 1.4) below which two palettes are the same scheme
GRID = 9  # cells a side of the ab plane in which palettes are compared
SOFTNESS = 0.15  # of ab / 100, how far a colour reaches there


def palette_bank(items: Items) -> Tensor:
    """(n, 8, 4) palettes, n <= 512: colourful ones, no two of them much alike.

    Art repeats itself (a thousand emoji are yellow); a bank in art's own proportions would offer the same scheme again and again.
    """
    found = []
    for turn, index in enumerate(np.linspace(0, len(items) - 1, min(LOOKED_AT, len(items))).astype(int)):
        item = items[int(index)]
        colors, areas = palette_of(np.ascontiguousarray(item.color), item.alpha, 4 + turn % (PALETTE_SIZE - 3))
        padded, shares = np.zeros((PALETTE_SIZE, 3), np.uint8), np.zeros(PALETTE_SIZE, np.float32)
        padded[: len(colors)], shares[: len(colors)] = colors, areas
        found.append(palette_tokens(torch.from_numpy(padded)[None], torch.from_numpy(shares)[None]))
    palettes = torch.cat([palette for palette in found if colorful(palette[0])] or found)
    palettes = palettes[no_twins(spread_over_ab(palettes))]
    return palettes[np.linspace(0, len(palettes) - 1, min(BANK, len(palettes))).astype(int)]


def common_colors(palettes: Tensor, count: int) -> Tensor:
    """(count, 3) Lab / 100 that stand for all colours of palettes (n, 8, 4); where there are fewer, the commonest again and again."""
    lab, share = palettes[..., :3][palettes[..., 3] > 0], palettes[..., 3][palettes[..., 3] > 0]
    centres, _ = clustered((100 * lab).numpy(), share.double().numpy(), count)
    padded = np.concatenate([centres, np.repeat(centres[:1], count - len(centres), 0)])
    return torch.from_numpy(padded) / 100


def colorful(palette: Tensor) -> bool:
    """Whether a palette (8, 4) holds three colours, one of which may be a grey, that differ clearly and are no mere traces."""
    clear: list[Tensor] = []
    for ab in palette[palette[:, 3] > TRACE, 1:3]:
        if all(torch.dist(ab, other) > CLEAR for other in clear):
            clear.append(ab)
    return len(clear) >= COLORS


def spread_over_ab(palettes: Tensor) -> Tensor:
    """(n, 81): where in the ab plane each palette (8, 4) has its areas, as square roots, whose distance is Hellinger's."""
    axis = torch.linspace(-1, 1, GRID)
    cells = torch.cartesian_prod(axis, axis)
    near = (-(torch.cdist(palettes[..., 1:3], cells.expand(len(palettes), -1, -1)) ** 2) / (2 * SOFTNESS**2)).exp()
    mass = (near / near.sum(2, keepdim=True) * palettes[..., 3:]).sum(1)
    return (mass / mass.sum(1, keepdim=True)).sqrt()


def no_twins(points: Tensor) -> Tensor:
    """Indices of those of (n, d) points that are at least APART from all that were kept before them."""
    kept: list[int] = []
    for index, point in enumerate(points):
        if not kept or float((points[kept] - point).norm(dim=1).min()) >= APART:
            kept.append(index)
    return torch.tensor(kept)
