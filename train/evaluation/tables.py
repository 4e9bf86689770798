"""The tables as EVALUATION.md has them, and one sentence about each bar."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from .fills import FillFigures
from .gray import GrayFigures
from .hintauc_bridge import RATIOS
from .lineart import WHAT, Curve
from .sequence import PARTS, SequenceFigures
from .sequence import ROWS as SEQUENCE_ROWS
from .style import ROWS as STYLE_ROWS
from .style import StyleFigures
from .unhinted import Figures

DELTAE_AT = (0.0, 0.05, 0.25, 1.0)
MSE_AT = (0.0, 0.05, 0.10, 0.25, 1.0)


def lineart_table(curves: Sequence[Curve], title: str) -> Table:
    at = (f"deltae at {percents(DELTAE_AT)} %", f"mse at {percents(MSE_AT)} %")
    table = plain(title, "row", "deltae area", "few", "many", *at)
    for curve in curves:
        deltae, mse = curve.means["deltae"], curve.means["mse"]
        table.add_row(
            WHAT[curve.row],
            f"{curve.area('deltae'):.2f}",
            f"{curve.few('deltae'):.2f}",
            f"{curve.many('deltae'):.2f}",
            " / ".join(f"{deltae[ratio]:.2f}" for ratio in DELTAE_AT),
            " / ".join(f"{mse[ratio]:.3f}".removeprefix("0") for ratio in MSE_AT),
        )
    return table


def verdicts(curves: Sequence[Curve]) -> list[str]:
    """What the bars say about colorgan's rows, when they and the row they are held against are there: mse of its paint, and deltae of
    its flats, which are what a person gets."""
    rows = {curve.row: curve for curve in curves}
    if "colorgan" not in rows:
        return []
    mse, said = rows["colorgan"].means["mse"], []
    if "copy" in rows:
        worse = [ratio for ratio in RATIOS if mse[ratio] >= rows["copy"].means["mse"][ratio]]
        where = f"not under copying at {percents(worse)} %." if worse else "under copying at every ratio."
        said.append(f"mse is {where}")
    rises = [r for r, before in zip(RATIOS[1:], RATIOS, strict=False) if mse[r] > mse[before]]
    said.append("mse " + (f"rises at {percents(rises)} %." if rises else "falls as hints are added."))
    ours = rows.get("flats", rows["colorgan"])
    for name in ("region-fill", "gmic", "pix2pix"):
        if (rival := rows.get(name)) is not None:
            worse = [ratio for ratio in RATIOS if ours.means["deltae"][ratio] > rival.means["deltae"][ratio]]
            where = f"not under {name}'s at {percents(worse)} %" if worse else f"at or under {name}'s at every ratio"
            few = 1 - ours.few("deltae") / rival.few("deltae")
            many = 1 - ours.many("deltae") / rival.many("deltae")
            said.append(f"deltae is {where}; few is {few:.1%} under, many {many:.1%}.")
    return said


def unhinted_table(rows: Sequence[Figures], title: str, seeds: int) -> Table:
    table = plain(
        title, "row", "(a) IoU", "(b) chroma", "(c) colours (truth)", "(d) ab distance (tv)",
        f"(e) deltae, best of {seeds}", "(e) with its palette", "deltae", "mse", "seed spread",
    )  # fmt: skip
    for row in rows:
        distance = "–" if row.ab_distance is None else f"{row.ab_distance:.1f} ({row.ab_variation:.2f})"
        table.add_row(
            row.row, f"{row.overlap:.3f}", f"{row.chroma:.2f}", f"{row.colors:.2f} ({row.colors_truth:.2f})", distance,
            f"{row.deltae_best:.2f}", f"{row.deltae_palette:.2f}", f"{row.deltae:.2f}", f"{row.mse:.4f}",
            f"{row.seed_spread:.2f}",
        )  # fmt: skip
    return table


def gray_table(rows: Sequence[GrayFigures], title: str) -> Table:
    table = plain(title, "row", "psnr dB", "deltae", "chroma ratio")
    for row in rows:
        name = f"{row.part}: {row.row}" if row.part else row.row
        table.add_row(name, f"{row.psnr:.2f}", f"{row.deltae:.2f}", f"{row.chroma:.2f}")
    return table


def style_table(rows: Sequence[StyleFigures], title: str) -> Table:
    table = plain(title, "row", "style vector, cosine", "patches, SWD", "Lab covariance", "content kept, SSIM")
    for row in rows:
        table.add_row(
            STYLE_ROWS[row.row],
            f"{row.cosine:.3f}",
            f"{row.patches:.4f}",
            f"{row.covariance:.1f}",
            f"{row.content:.3f}",
        )
    return table


def sequence_table(rows: Sequence[SequenceFigures], title: str) -> Table:
    table = plain(title, "row", *(f"{where}, by {what}" for where in PARTS.values() for what in ("count", "area")))
    for row in rows:
        shares = [share for part in PARTS for share in (row.count[part], row.area[part])]
        table.add_row(SEQUENCE_ROWS[row.row], *(f"{100 * share:.1f}" for share in shares))
    return table


def fills_table(rows: Sequence[FillFigures], count: int) -> Table:
    title = f"Fills of {count} made-up drawings, one spot a region, gaps of 0 to 8 px, pens of 1 to 9 px"
    table = plain(title, "row", "right pixels", "regions leaked", "regions left empty")
    for row in rows:
        table.add_row(row.row, f"{row.right:.3f}", f"{row.leaks:.3f}", f"{row.empty:.3f}")
    return table


def plain(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=SIMPLE, title_justify="left", title_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def percents(ratios: Sequence[float]) -> str:
    return " / ".join(f"{100 * ratio:g}" for ratio in ratios)
