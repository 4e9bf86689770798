"""Which colour each cell of a drawing has: attention among its cells, and from the cells to everything that carries a colour.

A cell points at a hint's colour, a palette's, one that a cell of a reference picture has or one that was decided before (Vinyals et al.,
"Pointer networks", NIPS 2015), at bare paper, or has one of the network's own colours; a gate weighs the last against the others (See et
al., "Get to the point", ACL 2017, equation 9). What two cells are to each other (Shaw et al., NAACL 2018, but for the plane) is a bias of
the attention.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import zero_

GEOMETRY, TOUCH = 24, 5  # numbers of a cell and of two that touch; lineart/tokens.py says which
PAPER, HINT, PALETTE, DECIDED, REFERENCE = range(
    5
)  # kinds of what carries a colour; paper is always there, at the first place
KINDS = 5
PAIR = 15 + TOUCH  # numbers of two cells
PAIR_WIDTH = 24
KEY_WIDTH = 64
GONE = -1e4  # a logit that leaves nothing
FAINT, UNDER = 1e-3, 1e-12  # below which a share of a cell, and a sum of exponentials, is none
DROPPED = 0.1  # share of what a layer adds, in training
STRONG = 4.0  # by which pair biases grow, so that training reaches them at the rate of the rest


class CellInput(NamedTuple):
    """b drawings of up to n cells, those of their references included, and up to k colours. Lab is divided by 100.

    geometry: (b, n, GEOMETRY). trunk: (b, n, t) features of G's trunk, pooled over each cell. present: (b, n) bool.
    touch: (b, n, n, TOUCH), symmetric but for the last two numbers, which change places; 0 where two cells do not touch.
    colors: (b, k, 3) Lab; kind: (b, k) int64, of KINDS; given: (b, k) bool. The first colour is paper.
    holds: (b, n, k, 2) in 0..1: how much of a cell a hint of this colour covers, or 1 for the colour of a reference's cell, and whether
    it was decided to have it. reference: (b, n) bool, cells of reference pictures; they have a colour and are given none.
    """

    geometry: Tensor
    trunk: Tensor
    present: Tensor
    touch: Tensor
    colors: Tensor
    kind: Tensor
    given: Tensor
    holds: Tensor
    reference: Tensor


class CellOutput(NamedTuple):
    """logits: (b, n, k + own) log-probabilities: the given colours, then the network's own. together: (b, n, n) logits that two cells that
    touch belong to one surface."""

    logits: Tensor
    together: Tensor


class Pairs(NamedTuple):
    """What holds of every two cells, whatever carries a colour: features (b, n, n, PAIR), the bias of attention (b, n, n, layers * heads),
    and how far one points at the other (b, n, n)."""

    features: Tensor
    bias: Tensor
    likeness: Tensor


class Layer(nn.Module):
    """Attention with a bias for each pair, then two linear layers; both residual (Vaswani et al., 2017; norms first)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.norm_last = nn.LayerNorm(width), nn.LayerNorm(width)
        self.inner = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.wide = nn.Linear(width, 4 * width)
        self.last = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(DROPPED)

    def forward(self, tokens: Tensor, bias: Tensor) -> Tensor:
        """tokens (b, m, width), bias (b, heads, m, m) -> (b, m, width)."""
        b, m, width = tokens.shape
        q, k, v = self.inner(self.norm(tokens)).reshape(b, m, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        tokens = tokens + self.dropout(self.out(seen.transpose(1, 2).reshape(b, m, width)))
        return tokens + self.dropout(self.last(F.gelu(self.wide(self.norm_last(tokens)))))  # type: ignore[no-any-return]


class CellNet(nn.Module):
    """Of every cell, how likely each given colour, paper, or each of `own` colours is."""

    def __init__(self, trunk: int, own: int, width: int = 192, layers: int = 5, heads: int = 6) -> None:
        super().__init__()
        self.heads, self.layers = heads, nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.geometry = nn.Sequential(nn.Linear(GEOMETRY, width), nn.GELU(), nn.Linear(width, width))
        self.trunk = nn.Sequential(nn.LayerNorm(trunk), nn.Linear(trunk, width))
        self.color = nn.Sequential(nn.Linear(3, width), nn.GELU(), nn.Linear(width, width))
        self.kind = nn.Embedding(KINDS, width)
        self.held = nn.Linear(2, width, bias=False)
        self.elsewhere = nn.Parameter(torch.zeros(width))  # of a reference's cell
        self.pair = nn.Sequential(nn.Linear(PAIR, PAIR_WIDTH), nn.GELU(), nn.Linear(PAIR_WIDTH, layers * heads))
        self.holding = zero_(nn.Linear(2, layers * heads, bias=False))
        self.norm = nn.LayerNorm(width)
        # a cell points at the cells that hold a colour, by what they are and what the two are to each other, or at a colour itself
        self.query, self.key = nn.Linear(width, KEY_WIDTH), nn.Linear(width, KEY_WIDTH)
        self.likeness = nn.Sequential(nn.Linear(PAIR, PAIR_WIDTH), nn.GELU(), nn.Linear(PAIR_WIDTH, 1))
        self.weight = nn.Sequential(nn.Linear(3, 16), nn.GELU(), zero_(nn.Linear(16, 1)))
        self.color_query, self.color_key = nn.Linear(width, KEY_WIDTH), nn.Linear(width, KEY_WIDTH)
        self.own = nn.Linear(width, own + 1)  # the gate, then the colours
        self.colors: Tensor
        self.register_buffer("colors", torch.rand(own, 3) - torch.tensor([0.0, 0.5, 0.5]))  # Lab / 100, its own ones
        self.alike = nn.Linear(width, KEY_WIDTH)
        self.meet = nn.Sequential(nn.Linear(PAIR + 1, PAIR_WIDTH), nn.GELU(), nn.Linear(PAIR_WIDTH, 1))

    def pairs(self, given: CellInput) -> Pairs:
        """Of the cells alone: the same for all that is asked of one drawing with the same references."""
        features = pair_features(given.geometry, given.touch, given.reference)
        return Pairs(features, self.pair(features) * STRONG, STRONG * self.likeness(features)[..., 0].float())

    def forward(self, given: CellInput) -> CellOutput:
        pairs = self.pairs(given)
        logits, cells = self.choices(given, pairs)
        alike = self.alike(cells)
        near = (alike @ alike.mT)[..., None] / KEY_WIDTH**0.5
        together = self.meet(torch.cat([pairs.features, near.to(pairs.features.dtype)], 3))[..., 0].float()
        return CellOutput(logits, together)

    def choices(self, given: CellInput, pairs: Pairs) -> tuple[Tensor, Tensor]:
        """The logits of `CellOutput`, and (b, n, width) what the cells are in the end. pairs: those of the same cells."""
        b, n, k = len(given.geometry), given.geometry.shape[1], given.colors.shape[1]
        color = self.color(given.colors) + self.kind(given.kind)
        # what a cell holds it is told at once; that two cells hold the same colour they find out by the colour's token
        amount = given.holds.sum(3).clamp(max=1)
        cells = self.geometry(given.geometry) + self.trunk(given.trunk)
        cells = cells + amount @ color + self.held(given.holds.sum(2)) + given.reference[..., None] * self.elsewhere
        tokens = torch.cat([cells, color], 1)
        bias = self.bias(pairs.bias, given)
        for level, layer in enumerate(self.layers):
            tokens = layer(tokens, bias[:, level])
        tokens = self.norm(tokens)
        cells, colors = tokens[:, :n], tokens[:, n:]
        pointed = self.pointed(cells, colors, pairs.likeness, given).masked_fill(~given.given[:, None], GONE)
        own = self.own(cells).float()
        logits = torch.cat([pointed, own[..., :1] + own[..., 1:].log_softmax(2)], 2).log_softmax(2)
        assert logits.shape[:2] == (b, n) and logits.shape[2] > k
        return logits, cells

    def pointed(self, cells: Tensor, colors: Tensor, likeness: Tensor, given: CellInput) -> Tensor:
        """(b, n, k) logits of the given colours: the sum of what points at cells that hold one, and what points at the colour itself."""
        like = (self.query(cells) @ self.key(cells).mT).float() / KEY_WIDTH**0.5
        like = (like + likeness).masked_fill(~given.holds.any(3).any(2)[:, None], GONE)
        most = like.amax(2, keepdim=True).clamp(min=GONE / 2).detach()
        holds = given.holds.float()
        weight = self.weight(torch.cat([holds, (holds[..., :1] + FAINT).log() / 4], 3))[..., 0].float().exp()
        held = (like - most).exp() @ (weight * holds.any(3))
        held = torch.where(held > 0, most + held.clamp(min=UNDER).log(), GONE)
        itself = (self.color_query(cells) @ self.color_key(colors).mT).float() / KEY_WIDTH**0.5
        return torch.logaddexp(held, itself)

    def bias(self, among: Tensor, given: CellInput) -> Tensor:
        """(b, layers, heads, n + k, n + k): between cells by what they are to each other, between cells and colours by who holds what."""
        b, n, k = len(given.holds), given.holds.shape[1], given.holds.shape[2]
        holding = self.holding(given.holds.to(among.dtype)) * STRONG
        bias = among.new_zeros(b, n + k, n + k, among.shape[3])
        bias[:, :n, :n], bias[:, :n, n:] = among, holding
        bias[:, n:, :n] = holding.transpose(1, 2)
        hidden = ~torch.cat([given.present, given.given], 1)
        bias = bias.masked_fill(hidden[:, None, :, None], GONE).permute(0, 3, 1, 2)
        return torch.reshape(bias, (b, len(self.layers), self.heads, n + k, n + k))


def pair_features(geometry: Tensor, touch: Tensor, reference: Tensor) -> Tensor:
    """(b, n, n, PAIR) what cell i is to cell j: where j lies from i, how their sizes and shapes differ, whether they mirror each other,
    whether one lies in a reference picture, and how far apart they are then, measured by each drawing's own extent."""
    g = geometry
    x, y, u = g[..., 0], g[..., 1], g[..., 2]
    dx, dy = x[:, None] - x[:, :, None], y[:, None] - y[:, :, None]
    area, width = g[..., 11], g[..., 17]
    darea, dwidth = area[:, None] - area[:, :, None], width[:, None] - width[:, :, None]
    shape = (g[..., 13:17][:, None] - g[..., 13:17][:, :, None]).abs()
    mirrored = (u[:, None] + u[:, :, None]).abs() + (y[:, None] - y[:, :, None]).abs()
    left, right = (
        torch.maximum(g[..., 5][:, None], g[..., 5][:, :, None]),
        torch.minimum(g[..., 6][:, None], g[..., 6][:, :, None]),
    )
    top, low = (
        torch.maximum(g[..., 7][:, None], g[..., 7][:, :, None]),
        torch.minimum(g[..., 8][:, None], g[..., 8][:, :, None]),
    )
    common = (right - left).clamp(min=0) * (low - top).clamp(min=0)
    own = (g[..., 9] * g[..., 10]).clamp(min=1e-4)[:, :, None]
    tone = (g[..., 22][:, None] - g[..., 22][:, :, None]).abs()
    apart = (reference[:, None] != reference[:, :, None]).to(g.dtype)
    across, down = ((g[..., place][:, None] - g[..., place][:, :, None]).abs().clamp(max=2) * apart for place in (2, 3))
    parts = torch.stack(
        [
            dx, dy, torch.hypot(dx, dy), darea, dwidth, *shape.unbind(3), mirrored.clamp(max=2), common / own, tone, apart, across, down
        ],
        3,
    )  # fmt: skip
    return torch.cat([parts, touch], 3)
