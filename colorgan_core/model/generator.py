"""G(x, z): the encoder-decoder generator. One trunk for line art, grey pictures and style."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import (
    FiLMBlock,
    RegionPooling,
    TokenAttention,
    part_means,
    pixel_norm,
    region_mean,
    region_parts,
    stacked,
)
from .cells import CellNet
from .color import clip, lab_to_srgb
from .conditions import HINT_CHANNELS, Conditions
from .config import GRAY, LINEART, PALETTE_SIZE, REFERENCE_GRID, STYLE, TASKS, ModelConfig

LIMITED_FROM = 2  # level: at finer ones limits cost three times the convolutions beside them
KEY_WIDTH = 16  # of the vectors by which a place and a palette colour find each other
# Adam moves a weight by about its rate a step, whatever the gradient: without gains a head that must reach chroma 1 and
# logits of 5 spends the first thousand steps on growing.
PAINT_GAIN = 2.0
PALETTE_GAIN = 4.0  # neighbouring colours of a palette differ by a tenth or two of Lab / 100
PAINT_RANGE = (-1.2, 1.2)  # of Lab / 100: all of sRGB lies inside, and the way to sRGB grows steep outside
# logit: a flooded hint is right until training shows where it is not (shading, two colours in a region)
TRUST_START = 3.0
CHOICE_START = 0.0  # logit: half chosen from the palette, half free
ABSENT = -1e4  # logit of a palette colour that is not there
BARE_START = 0.75  # lightness of untrained paint: a linear head that starts at black learns white first and stays there
# Of what is uneven in G's free paint of a region of line art. Errors of colour fall down to 0, but all shading would be gone there.
SHADE = 0.2
FAINT_START = 0.02  # standard deviation of the head's first weights: what is below it has no limit on its size


class Prediction(NamedTuple):
    """What G says, before the conditions are laid over it: `paint_of` does that.

    free: (b, 3, h, w) Lab / 100, paint without lines.
    choice: (b, 8, h / 2, w / 2) logits of the palette's colours, very low where there is no colour, or (b, 8, h, w) once they are settled
    region by region; reliance: (b, 1, h, w) in 0..1, how far the chosen colour replaces free paint. trust: (b, 1, h, w) in 0..1, how far
    a flooded hint replaces both. cells: (b, r, t) what the trunk sees of each region of line art, for the network for cells; r is 0 where
    there is no line art.
    """

    free: Tensor
    choice: Tensor
    reliance: Tensor
    trust: Tensor
    cells: Tensor


class Code(NamedTuple):
    """What G reads of z apart from its maps. vector: (b, condition_width) for FiLM. tokens: (b, 1 + 8 + 64, token_width) for attention:
    "nothing", the palette's colours, the reference's places. weight: (b, 73), 1 where a token exists, else 0."""

    vector: Tensor
    tokens: Tensor
    weight: Tensor

    def without_absent(self) -> Code:
        """The same without tokens that no sample has; palette and reference have no fixed places in it any more."""
        kept = (self.weight > 0).any(0)
        return Code(self.vector, self.tokens[:, kept], self.weight[:, kept])


class ReferenceEncoder(nn.Module):
    """The reference or style picture as one vector for FiLM and 8 x 8 tokens for attention."""

    def __init__(self, token_width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(48, 64, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(64, 96, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(96, token_width, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(token_width, token_width, 3, padding=1),
        )

    def forward(self, reference: Tensor) -> Tensor:
        """(b, 3, 128, 128) Lab / 100 -> (b, 64, token_width) tokens; their mean is the style vector."""
        grid = self.layers(reference)
        assert grid.shape[-1] == REFERENCE_GRID
        return grid.flatten(2).transpose(1, 2)  # type: ignore[no-any-return]


class ConditionEncoder(nn.Module):
    """z as a vector (task, reference, palette) and as tokens (palette, reference, and one that stands for "nothing")."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.token_width
        self.reference = ReferenceEncoder(width)
        self.palette = nn.Sequential(nn.Linear(4, width), nn.SiLU(), nn.Linear(width, width))
        self.nothing = nn.Parameter(torch.randn(1, 1, width))
        self.norm = nn.LayerNorm(width)
        self.vector = nn.Sequential(
            nn.Linear(len(TASKS) + 2 + 2 * width, config.condition_width),
            nn.SiLU(),
            nn.Linear(config.condition_width, config.condition_width),
            nn.SiLU(),
        )

    def forward(self, z: Conditions) -> Code:
        palette = self.palette(z.palette * PALETTE_GAIN) * z.palette_mask[..., None]
        if takes_part(self, z.reference_mask):
            reference = self.reference(z.reference) * z.reference_mask[:, None, None]
        else:
            reference = palette.new_zeros(len(palette), REFERENCE_GRID**2, palette.shape[2])
        share = z.palette_mask.float().sum(1, keepdim=True)
        style = reference.mean(1)
        given = torch.stack([share[:, 0] > 0, z.reference_mask], 1)
        about = torch.cat([F.one_hot(z.task, len(TASKS)), given], 1)
        vector = self.vector(torch.cat([about.to(style.dtype), style, palette.sum(1) / share.clamp(min=1)], 1))
        tokens = torch.cat([self.nothing.expand(len(vector), -1, -1).to(palette.dtype), palette, reference], 1)
        present = z.reference_mask[:, None].expand(-1, reference.shape[1])
        weight = torch.cat([torch.ones_like(present[:, :1]), z.palette_mask, present], 1).float()
        return Code(vector, self.norm(tokens), weight)


def takes_part(layer: nn.Module, asked: Tensor) -> bool:
    """Whether a branch is worked out: outside training not where `asked` (b,) says that nobody in the batch wants it."""
    return layer.training or bool(asked.any())


def blend(code: Code, shares: Tensor) -> Code:
    """One code (batch 1) of n in a batch: vectors are averaged, and every token stays, with its share of the attention.

    shares: (n,), sum 1. A code blended with itself is that code.
    """
    return Code(
        (code.vector * shares[:, None]).sum(0, keepdim=True),
        code.tokens.flatten(0, 1)[None],
        (code.weight * shares[:, None]).flatten()[None],
    )


class DecoderLevel(nn.Module):
    """Blocks of one resolution on the way up, with attention to tokens and pooling over regions after the first."""

    def __init__(self, config: ModelConfig, level: int) -> None:
        super().__init__()
        width = config.widths[level]
        self.stride = 2 ** (level + 1)
        self.blocks = blocks_of(config, level)
        # at the finest levels both cost more than the convolutions, and at the coarsest a region is less than a pixel
        attends = config.attention and level > 1
        self.attention = TokenAttention(width, config.token_width) if attends else None
        self.pooling = RegionPooling(width) if config.region_pooling and level in (1, 2) else None

    def forward(self, features: Tensor, code: Code, z: Conditions) -> Tensor:
        for position, block in enumerate(self.blocks):
            features = block(features, code.vector)
            if position == 0 and self.attention is not None:
                features = self.attention(features, code.tokens, code.weight)
            # a style picture is drawn in tiles, and a mean over a tile would show where it ends
            pooled = z.task != STYLE
            if position == 0 and self.pooling is not None and takes_part(self, pooled):
                half = self.stride // 2
                regions = z.regions[:, half :: self.stride, half :: self.stride]
                features = self.pooling(features, regions, F.avg_pool2d(z.openness, self.stride), pooled)
        return features


def blocks_of(config: ModelConfig, level: int) -> nn.ModuleList:
    return nn.ModuleList(
        FiLMBlock(config.widths[level], config.condition_width, level >= LIMITED_FROM)
        for _ in range(config.blocks[level])
    )


class Generator(nn.Module):
    """G(x, z) -> paint, and of line art what `cells` chooses colours by; `compose` makes the picture y_hat of both."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.conditions = ConditionEncoder(config)
        self.stem = nn.Conv2d(3 + 2 * HINT_CHANNELS, widths[0], 4, stride=2, padding=1)
        self.encoder = nn.ModuleList(blocks_of(config, level) for level in range(len(widths)))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in itertools.pairwise(widths))
        self.decoder = nn.ModuleList(DecoderLevel(config, level) for level in range(len(widths)))
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in itertools.pairwise(widths))
        self.query = nn.Conv2d(widths[0], KEY_WIDTH, 1)
        self.key = nn.Linear(config.token_width, KEY_WIDTH)
        self.cells = CellNet(sum(widths[1:]), config.colors)
        # Lab, trust in the flooded hint, trust in the palette
        self.head = nn.Conv2d(widths[0], 5, 3, padding=1)
        # Brushwork needs what is finer than bilinear; in even paint the same would leave a woven texture.
        self.brushwork = nn.Conv2d(widths[0], 12, 1)
        assert self.head.bias is not None
        with torch.no_grad():
            self.head.weight.normal_(std=FAINT_START)
            self.head.bias.zero_()
            self.head.bias[0] = BARE_START / PAINT_GAIN
            self.head.bias[3], self.head.bias[4] = TRUST_START, CHOICE_START

    def features(self, x: Tensor, z: Conditions, code: Code) -> list[Tensor]:
        """What the trunk sees: features at 1/2, 1/4, ... of the picture, the finest first; x, z, code as in `forward`."""
        features = self.stem(stacked(x, z.hints, z.flood))
        skips = []
        for level, blocks in enumerate(self.encoder):
            for block in blocks:  # type: ignore[attr-defined]
                features = block(features, code.vector)
            if level < len(self.down):
                skips.append(features)
                features = self.down[level](features)
        asked = code if self.training else code.without_absent()
        levels: list[Tensor] = []
        for level in reversed(range(len(self.decoder))):
            if level < len(self.up):
                limited = pixel_norm(features) if level + 1 >= LIMITED_FROM else features
                features = double(self.up[level](limited)) + skips[level]
            features = self.decoder[level](features, asked, z)
            levels.insert(0, features)
        return levels

    def cell_features(self, levels: list[Tensor], z: Conditions) -> Tensor:
        """(b, n, sum of widths but the first) what the trunk sees of each region of z, n being one more than the highest; 0 for regions
        without a pixel. levels: features at 1/4, 1/8, ..."""
        parts = region_parts(z.regions, z.openness, (levels[0].shape[2], levels[0].shape[3]))
        with torch.autocast(z.regions.device.type, enabled=False):
            return torch.cat([part_means(pixel_norm(each.float()), parts) for each in levels], 2)

    def forward(self, x: Tensor, z: Conditions, code: Code | None = None) -> Prediction:
        """x: (b, 3, h, w) Lab / 100 (line art and grey: a = b = 0; style: with the style picture's colour statistics), h and w multiples
        of 2 to the number of levels.

        code: what `conditions(z)` gives, or a `blend` of several; by default that of z. Of line art the trunk sees the drawing alone:
        hints, palettes and references are for the network for cells.
        """
        z = z.silent(z.task == LINEART)
        code = code or self.conditions(z)
        levels = self.features(x, z, code)
        features = levels[0]
        picture = double(self.head(F.silu(features)).float().contiguous())
        drawn, trust, reliance = torch.split(picture, [3, 1, 1], 1)
        free, styled = drawn * PAINT_GAIN, (z.task == STYLE)[:, None, None, None]
        if takes_part(self, styled):  # a style changes a picture, the other tasks find its paint
            strokes = F.pixel_shuffle(self.brushwork(features).float().contiguous(), 2)
            free = free + (strokes * PAINT_GAIN + x.float()) * styled
        if takes_part(self, z.palette_mask):
            keys = self.key(code.tokens[:, 1 : 1 + PALETTE_SIZE])
            choice = torch.einsum("bkhw,bpk->bphw", self.query(features), keys).float().contiguous()
        else:
            choice = picture.new_zeros(len(x), PALETTE_SIZE, *features.shape[2:])
        if takes_part(self, z.task == LINEART):
            cells = self.cell_features(levels[1:], z)
        else:
            cells = picture.new_zeros(len(x), 0, sum(self.config.widths[1:]))
        return Prediction(
            free=free,
            choice=choice.masked_fill(~z.palette_mask[..., None, None], ABSENT),
            reliance=reliance.sigmoid() * z.palette_mask.any(1)[:, None, None, None],
            trust=trust.sigmoid() * z.flood[:, 3:4],
            cells=cells,
        )


def paint_of(prediction: Prediction, z: Conditions) -> Tensor:
    """(b, 3, h, w) Lab / 100: free paint, drawn towards the chosen palette colour, drawn towards the flooded hint.

    A palette colour is chosen place by place (attention whose values are the colours themselves), since free paint of which the
    network is unsure becomes the mean of all that might be: mud.
    """
    chosen = torch.einsum("bphw,bpc->bchw", prediction.choice.softmax(1), z.palette[..., :3])
    chosen = chosen if chosen.shape == prediction.free.shape else double(chosen)
    paint = clip(prediction.free + prediction.reliance * (chosen - prediction.free), *PAINT_RANGE)
    return paint + prediction.trust * (z.flood[:, :3] - paint)


def double(features: Tensor) -> Tensor:
    """Twice the size, bilinear. Pixel shuffle leaves a woven texture in even paint (Odena et al., Distill 2016), and each value four
    times left squares in styles, convolutions after it or not."""
    return F.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)


def compose(x: Tensor, prediction: Prediction, z: Conditions, chosen: Tensor | None = None) -> Tensor:
    """y_hat as sRGB (b, 3, h, w) in 0..1, float32, sample by sample as the task says.

    Line art: lines x (c paint + (1 - c) white), lines being x in sRGB; paint and c are what was chosen for each region, and a share of
    what is uneven in the free paint. Grey: L of x, a and b of the paint. Style: the paint.
    chosen: (b, n, 4) for each region Lab / 100 and how far it is painted, 0..1; None where there is no line art.
    """
    choose, paint = z.task[:, None, None, None], paint_of(prediction, z)
    gray = torch.cat([x[:, :1].float(), paint[:, 1:]], 1)
    if chosen is None:
        return lab_to_srgb(torch.where(choose == GRAY, gray, paint))
    flat = laid(chosen, z.regions)
    shade = SHADE * (paint - region_mean(paint, z.regions, z.openness))
    shaded = clip(flat[:, :3] + shade, *PAINT_RANGE)
    paint = lab_to_srgb(torch.where(choose == GRAY, gray, torch.where(choose == LINEART, shaded, paint)))
    c = flat[:, 3:]
    drawn = lab_to_srgb(x).clamp(0, 1) * (c * paint + (1 - c))
    return torch.where(choose == LINEART, drawn, paint)


def chosen_colors(picked: Tensor, given: Tensor, own: Tensor) -> Tensor:
    """(b, n, 4) Lab / 100 and how far it is painted, for each region of picked (b, n, k + c), the shares of the colours given to each
    drawing (b, k, 3), the first of which is paper, and of G's own (c, 3)."""
    count = given.shape[1]
    lab = picked[..., :count] @ given + picked[..., count:] @ own
    return torch.cat([lab, 1 - picked[..., :1]], 2)


def laid(values: Tensor, regions: Tensor) -> Tensor:
    """(b, c, h, w): each region's values (b, n, c) wherever it lies, regions (b, h, w) int64 below n."""
    b, h, w = regions.shape
    index = regions.reshape(b, -1, 1).expand(-1, -1, values.shape[2])
    return values.gather(1, index).transpose(1, 2).reshape(b, -1, h, w)
