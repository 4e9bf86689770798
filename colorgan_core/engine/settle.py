"""From what G thinks likely to a decided picture: one palette colour a region, even paint, hints as they are, and regions painted or bare,
not half."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..model.color import lab_to_din99o, lab_to_srgb, srgb_to_lab
from ..model.conditions import Conditions
from ..model.config import LINEART
from ..model.generator import ABSENT, Prediction, double

SHARP = 20.0  # factor on log-probabilities: small preferences decide which region gets which colour
# Share of the long side and how far log-probabilities lean on what is around them: drawings look calmer, for 1 % of deltae with
# the truth's palette.
AROUND, LEANING = 0.08, 0.5
LEAST = 1e-3  # of all area: what counts as left of a colour that is used up
ROUNDS = 50  # of balancing; the shares then agree to a percent
# Who names four colours wants to see four; at 0 or 0.6 results given the truth's own colours were worse by 8 to 13 %.
EVEN = 0.3
EVENNESS = 0.8  # of free paint in its region; deltae and mse fall up to 1, but all shading would be gone there
SPACING = 0.06  # Lab / 100, of the colours that free paint may have
AT_ONCE = 512  # regions
PAINT_SHARE = 0.2  # of a colour's risk, by what G paints
AGREED = 0.2  # mean coverage of a region below which it is bare, and above 1 - AGREED wholly painted
SURE = 12.0  # logit of coverage there

Floats = NDArray[np.float64]


def settle(
    prediction: Prediction, z: Conditions, colors: Tensor | None = None, liveliness: float | None = None
) -> Prediction:
    """All of it for line art; other tasks have one region and keep what G says pixel by pixel, but a hint where it lies.

    colors: (n, 3) Lab / 100 that G's odds are of; liveliness: see `least_risk`. With both each region gets the paint that
    `least_risk` finds, else the mean of G's.
    """
    if int(z.task[0]) != LINEART:
        return prediction._replace(trust=torch.maximum(prediction.trust, z.hints[:, 3:4]))
    settled = settle_choice(settle_paint(settle_coverage(prediction, z), z, colors, liveliness), z)
    # whatever shading G lays over hints, or any part of it, brings deltae up: with many hints by up to 4 %
    return settled._replace(trust=z.flood[:, 3:4])


def settle_coverage(prediction: Prediction, z: Conditions) -> Prediction:
    """Makes regions that G sees as nearly bare, or nearly painted all over, wholly so: no glow of paint outside an outline."""
    coverage = prediction.coverage.clone()
    for n in range(len(coverage)):
        labels = z.regions[n].numpy()
        mean = region_means(coverage[n].sigmoid().double().numpy(), labels, z.openness[n, 0].double().numpy())[:, 0]
        push = np.where(mean < AGREED, -SURE, np.where(mean > 1 - AGREED, SURE, 0.0))[labels]
        coverage[n, 0] = torch.where(torch.from_numpy(push) == 0, coverage[n, 0], torch.from_numpy(push).float())
    return prediction._replace(coverage=coverage)


def settle_paint(
    prediction: Prediction, z: Conditions, colors: Tensor | None = None, liveliness: float | None = None
) -> Prediction:
    """Draws free paint towards its region's mean, so that doubt does not show as blotches; some of what shades a region stays, around
    the mean or, with `liveliness`, around what G's odds make likely."""
    free = prediction.free.clone()
    for n in range(len(free)):
        labels = z.regions[n].numpy()
        means = torch.from_numpy(region_means(free[n].double().numpy(), labels, painted(prediction, z, n))).float()
        free[n].lerp_(over_regions(means, z.regions[n]), EVENNESS)
        if colors is not None and liveliness is not None:
            likely = least_risk(prediction.odds[n, : len(means)], colors, means, liveliness)
            free[n] += over_regions(likely - means, z.regions[n])
    return prediction._replace(free=free)


def over_regions(values: Tensor, regions: Tensor) -> Tensor:
    """(c, h, w) of values (r, c) of the regions (h, w)."""
    return values[regions].permute(2, 0, 1)


def least_risk(odds: Tensor, colors: Tensor, paint: Tensor, liveliness: float) -> Tensor:
    """(r, 3) Lab / 100: of all colours the one of minimum Bayes risk, which is to be expected least far off: by logits `odds` (r, n)
    of `colors` (n, 3), and a little by free `paint` (r, 3).

    liveliness: how much farther off, in DIN99o, a colour may be for each unit of chroma that it has more: what is least far off from all
    that might be is pale.
    """
    offered = torch.cat([all_colors(), colors])
    places, bonus = in_din99o(offered), liveliness * offered[:, 1:].norm(dim=1)
    apart, best = torch.cdist(in_din99o(colors), places), []
    for some, own in zip(torch.split(odds, AT_ONCE), torch.split(paint, AT_ONCE), strict=True):
        off = torch.lerp(some.softmax(1) @ apart, torch.cdist(in_din99o(own), places), PAINT_SHARE)
        best.append((off - bonus).argmin(1))
    return offered[torch.cat(best)]


def in_din99o(lab: Tensor) -> Tensor:
    """Colours (n, 3) in Lab / 100 as `lab_to_din99o` has them."""
    return lab_to_din99o(lab.T[None, ..., None])[0, ..., 0].T


@functools.cache
def all_colors() -> Tensor:
    """(n, 3) Lab / 100, SPACING apart, all of them in sRGB."""
    axis = torch.arange(-1.2, 1.2, SPACING)
    lab = torch.cartesian_prod(torch.arange(SPACING, 1, SPACING), axis, axis)
    back = srgb_to_lab(lab_to_srgb(lab.T[None, ..., None]))[0, ..., 0].T
    return lab[(back - lab).norm(dim=1) < SPACING / 4]


def settle_choice(prediction: Prediction, z: Conditions) -> Prediction:
    """Lets each region of each sample take one colour of its palette, so that the colours' areas are z's shares.

    Where G is unsure it thinks the same colour likeliest everywhere; without a say about areas all would be of one colour.
    A palette whose shares are all alike says nothing about areas: then they are what G expects, and EVEN of the same for all.
    """
    choice = torch.full((*z.palette_mask.shape, *z.regions.shape[1:]), ABSENT)
    for n in range(len(choice)):
        present = z.palette_mask[n].numpy()
        if not present.any():
            continue
        labels = z.regions[n].numpy()
        weight = painted(prediction, z, n) * (1 - z.flood[n, 3]).double().numpy()
        logits = double(prediction.choice[n : n + 1, present])[0]
        logs = lean_on_surroundings(logits.log_softmax(0).numpy(), weight)
        scores = region_means(logs, labels, weight)
        areas = np.asarray(np.bincount(labels.reshape(-1), weight.reshape(-1) + 1e-6), np.float64)
        shares = z.palette[n, present, 3].double().numpy()
        if np.ptp(shares) < 1e-3:
            shares = EVEN / len(shares) + (1 - EVEN) * np.average(np.exp(scores), 0, areas)
        liked = share_out(SHARP * scores, areas, shares)
        picked = np.flatnonzero(present)[liked]
        choice[n].scatter_(0, torch.from_numpy(picked[labels])[None], 0.0)
    return prediction._replace(choice=choice)


def lean_on_surroundings(logs: NDArray[np.float32], weight: Floats) -> Floats:
    """(n, h, w) drawn towards their weighted mean around: what lies together and looks alike to G gets one colour, not a patchwork."""
    sigma, mass = AROUND * max(weight.shape), weight.astype(np.float32) + 1e-6
    around = cv2.GaussianBlur(mass, (0, 0), sigma)
    blurred = np.stack([cv2.GaussianBlur(plane * mass, (0, 0), sigma) / around for plane in logs])
    return (LEANING * blurred + (1 - LEANING) * logs).astype(np.float64)


def painted(prediction: Prediction, z: Conditions, n: int) -> Floats:
    """(h, w) how much of each pixel of sample n shows paint: ink and paper do not."""
    return (z.openness[n, 0] * prediction.coverage[n, 0].sigmoid()).double().numpy()


def region_means(planes: Floats, labels: NDArray[np.int64], weight: Floats) -> Floats:
    """Weighted mean (r, n) of (n, h, w) planes over each of r regions."""
    flat, mass = labels.reshape(-1), weight.reshape(-1) + 1e-6
    total = np.stack([np.bincount(flat, plane.reshape(-1) * mass) for plane in planes], 1)
    return total / np.maximum(np.bincount(flat, mass), 1e-12)[:, None]


def share_out(scores: Floats, areas: Floats, shares: Floats) -> NDArray[np.int64]:
    """The colour (r,) of each region, so that colours get about their shares (n,) of the areas (r,) and regions what they like.

    Balanced probabilities say which region takes which colour, and what is left of each colour's share breaks ties: the
    largest regions choose first.
    """
    liking = scores + balance(scores, areas, shares)
    left = areas.sum() * shares / shares.sum()
    picked = np.zeros(len(areas), np.int64)
    for region in np.argsort(-areas, kind="stable"):
        picked[region] = (liking[region] + np.log(np.maximum(left, LEAST * areas.sum()))).argmax()
        left[picked[region]] -= areas[region]
    return picked


def balance(scores: Floats, areas: Floats, shares: Floats) -> Floats:
    """(n,) what to add to log-probabilities (r, n) so that colours get their shares of the areas (r,): entropic optimal
    transport (Cuturi, "Sinkhorn distances", NIPS 2013), whose other marginal is the regions' areas."""
    bias = np.zeros(scores.shape[1])
    goal = np.log(np.maximum(shares / shares.sum(), 1e-6))
    for _ in range(ROUNDS):
        likely = np.exp(scores + bias - (scores + bias).max(1, keepdims=True))
        got = areas @ (likely / likely.sum(1, keepdims=True)) / areas.sum()
        bias += goal - np.log(np.maximum(got, 1e-9))
    return bias
