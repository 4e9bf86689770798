"""`colorgan evaluate`: EVALUATION.md's tables, the sheet to look at before believing them, and all of it as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from colorgan_core import options
from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write, check_spared, check_writable
from colorgan_core.picture.pixels import check_suffix, write_picture
from colorgan_core.stored_weights import find

from .evaluation import report
from .evaluation.environments import gmic_python
from .evaluation.gray import gray_figures
from .evaluation.hintauc_bridge import hintauc_python
from .evaluation.keep import Keep
from .evaluation.lineart import ROWS, Stage, lineart_curves
from .evaluation.sets import EvaluationSet, load_set, style_pictures
from .evaluation.stages import style_sheet
from .evaluation.tables import gray_table, lineart_table, sequence_table, style_table, unhinted_table, verdicts
from .evaluation.unhinted import figures, unhinted_rows

SHOWN_CLIPS = 6
BY_SURFACES = ("unhinted", "propagate")  # tasks that are judged by true surfaces
WITHOUT_ROWS = ("dabs", "contours", "reference", *BY_SURFACES)  # tasks that do not have line art's rows
TASKS = ("lineart", "gray", "style", "sequence", *WITHOUT_ROWS)


@click.command(
    epilog=options.examples(
        "evaluate --set openmoji --data DATA --sheet sheet.png",
        "evaluate --set held-out --task gray --data DATA --weights RUN/weights.safetensors --json figures.json",
        "evaluate --set held-out --task sequence --sheet sheet.png",
        "evaluate --set studio --task dabs --data DATA --limit 3 --sheet sheet.png",
    )
)
@click.option("--set", "name", required=True, metavar="SET",
              help="What to measure on: openmoji, held-out, tuning-part, new-hand, tuxpaint, or a folder of pictures; "
              "with --task dabs: studio, tuning, held-out, or a folder of a set; with --task unhinted: any of these; "
              "with --task propagate or reference: held-out or tuning-part; with --task contours: studio or tuning.")  # fmt: skip
@click.option("--task", type=click.Choice(TASKS), default="lineart", show_default=True, help="What to measure.")
@options.weights
@click.option("--data", type=options.path("folder"), help="Prepared data, or a folder with packages.")
@click.option(
    "--limit",
    type=options.whole(1),
    help="At most this many items; with --task dabs or contours, for each condition [default: 200; of clips 40].",
)
@click.option("--rows", metavar="NAMES", help=f"Of {','.join(ROWS)} [default: all that are available].")
@click.option("--pix2pix", "textbook", type=options.path("file"),
              help="Weights made by `python -m colorgan_train.pix2pix`, for the row pix2pix.")  # fmt: skip
@click.option("--careless", is_flag=True, help="With --task dabs: every third dab is a stroke across the nearest line.")
@click.option(
    "--seeds", type=options.whole(1, 64), default=8, show_default=True, help="Number of seeds for the best-of columns."
)
@click.option("--sheet", type=options.path("picture"), help="Write a contact sheet.")
@click.option("--json", "record", type=options.path(), help="Write all figures as JSON.")
@click.option("--card", is_flag=True, help="Put the figures into the weights file's model card.")
@click.option("--hintauc", "python", metavar="PYTHON", help="An interpreter with hintauc [default: one made for it].")
@options.device
def evaluate(
    name: str, task: str, weights: str, data: Path | None, limit: int | None, rows: str | None, seeds: int,
    sheet: Path | None, record: Path | None, card: bool, python: str | None, device: str, textbook: Path | None, careless: bool,
) -> None:  # fmt: skip
    """Measure a weights file on art that it was never trained on, beside simple baselines and other programs."""
    console = report.wide_console()
    chosen_rows = [] if task in WITHOUT_ROWS else pick_rows(rows, textbook is not None)
    check_outputs(
        sheet, record, [Path(name), *([data] if data else [])], [find(weights), *([textbook] if textbook else [])]
    )
    if card:
        report.card_place(weights)  # before the work, so that nobody waits for nothing
    if sheet is not None:
        check_suffix(sheet)
    if task == "dabs":
        keep_figures(measure_dabs(console, name, data, rows, weights, device, limit, careless, sheet), record, None)
        return
    if task in BY_SURFACES:
        facts = measure_by_surfaces(console, task, name, data, rows, weights, device, limit, seeds, sheet, textbook)
        keep_figures(facts, record, weights if card else None)
        return
    if task == "reference":
        keep_figures(measure_references(console, name, data, weights, device, limit, sheet), record, None)
        return
    if task == "contours":
        keep_figures(measure_contours(console, name, data, weights, device, limit), record, None)
        return
    if task == "sequence":
        keep_figures(measure_sequence(console, name, data, limit, sheet), record, None)
        return
    if task == "style":
        facts = measure_style(console, name, data, weights, device, sheet)
        keep_figures(facts, record, weights if card else None)
        return
    chosen = load_set(name, task, data, limit)
    scored = name != "tuxpaint"
    if not scored and sheet is None:
        raise UsageError("The set tuxpaint has no colour truth, so only a sheet can be made: name it with --sheet.")
    helper = ""
    if scored and task == "lineart":
        helper = hintauc_python(python, console.print)
        if "gmic" in chosen_rows:
            gmic_python(console.print)  # before the work
    loaded = colorizer = None
    if {"colorgan", "flats"} & set(chosen_rows):
        from colorgan_core.inference.loaded import Loaded
        from colorgan_core.inference.pipeline import Colorizer

        loaded = Loaded(weights, device)
        colorizer = Colorizer(loaded)
    facts = report.facts(report.about(chosen), task, weights, loaded)
    report.say(console, chosen, facts)
    with tempfile.TemporaryDirectory(prefix="colorgan-evaluate-") as folder, progress(console) as bars:
        keep, workspace = Keep.of_user(), Path(folder)
        if scored and task == "lineart":
            facts |= measure_lineart(
                chosen, chosen_rows, colorizer, helper, keep, workspace, stages(bars), seeds, console, textbook
            )
        elif scored:
            found = gray_figures(chosen, colorizer, stages(bars)("gray", len(chosen.items)))
            console.print(gray_table(found, f"Greyscale on {chosen.name}, {len(chosen.items)} pictures"))
            facts["gray"] = [row.record() for row in found]
        if sheet is not None:
            from .evaluation.stages import sheet_of

            note = write_picture(sheet, sheet_of(chosen, task if scored else "pages", colorizer, keep, workspace))
            console.print(note or f"Sheet: {sheet}")
    keep_figures(facts, record, weights if card else None)


def check_outputs(sheet: Path | None, record: Path | None, folders: list[Path], files: list[Path]) -> None:
    """Raises UsageError where an output would be written over a file that is read, or over the other one, OutputError where it cannot
    be written. folders: all files right in them may be read."""
    read = [*files, *(each for folder in folders if folder.is_dir() for each in folder.iterdir())]
    for written in filter(None, (sheet, record)):
        if written.exists():
            check_spared(written, read)
        check_writable(written)
    if sheet is not None and record is not None:
        check_spared(record, [sheet])


def keep_figures(facts: dict[str, Any], record: Path | None, weights: str | None) -> None:
    """As JSON, and in the model card of a weights file."""
    if record is not None:
        with atomic_write(record) as path:
            path.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    if weights is not None:
        report.into_card(weights, report.evaluated(facts))


def measure_style(
    console: Console, name: str, data: Path | None, weights: str, device: str, sheet: Path | None
) -> dict[str, Any]:
    """Prints the style table, writes the sheet; returns what --json says about them."""
    from colorgan_core.inference.loaded import Loaded
    from colorgan_core.inference.request import StylizeRequest
    from colorgan_core.style.stylize import stylize

    from .evaluation import style

    contents, styles = style_pictures(name, data)
    loaded = Loaded(weights, device)
    about = {
        "name": Path(name).name,
        "count": len(contents) * len(styles),
        "contents": len(contents),
        "styles": len(styles),
    }
    facts = report.facts(about, "style", weights, loaded)
    console.print(facts["device"])
    with progress(console) as bars:
        rows, results = style.style_figures(
            contents,
            styles,
            lambda content, look: stylize(loaded, StylizeRequest(content, ((look, 1.0),))),
            stages(bars)("style", len(contents) * len(styles)),
        )
    console.print(style_table(rows, f"Style on {about['name']}, {len(contents)} contents x {len(styles)} styles"))
    said = style.verdicts(rows)
    for sentence in said:
        console.print(sentence)
    if sheet is not None:
        note = write_picture(sheet, style_sheet(contents, styles, results))
        console.print(note or f"Sheet: {sheet}")
    return facts | {"style": [row.record() for row in rows], "verdicts": said}


def measure_dabs(
    console: Console, name: str, data: Path | None, rows: str | None, weights: str, device: str, limit: int | None, careless: bool,
    sheet: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Prints the tables of dabs to done, writes the sheet; returns what --json says about them."""
    from .evaluation import dab_measure
    from .evaluation.dab_sets import open_set

    chosen_rows = dab_measure.pick_rows(rows)
    chosen = open_set(name, data, limit)
    count = sum(len(entries) for entries in chosen.values())
    processes = min(2, os.cpu_count() or 1, count)
    with progress(console) as bars, dab_measure.players(chosen_rows, weights, device, careless, processes) as pool:
        table = dab_measure.measure(pool, chosen, chosen_rows, stages(bars)("dabs", count))
        pictures = None if sheet is None else dab_measure.sheet(pool, chosen)
    for made in dab_measure.tables(table, Path(name).name, careless):
        console.print(made)
    said = dab_measure.verdicts(table)
    for sentence in said:
        console.print(sentence)
    if sheet is not None and pictures is not None:
        note = write_picture(sheet, pictures)
        console.print(note or f"Sheet: {sheet}")
    about = {"name": Path(name).name, "count": count, "conditions": list(chosen), "careless": careless}
    limits = dab_measure.time_limits(table)
    return report.facts(about, "dabs", weights, None) | {"dabs": table.record(), "limits": limits, "verdicts": said}


def measure_contours(
    console: Console, name: str, data: Path | None, weights: str, device: str, limit: int | None
) -> dict[str, Any]:
    """Prints the table of contours and cells; returns what --json says about them."""
    from colorgan_core.inference.loaded import Loaded

    from .evaluation import contours

    chosen = list(contours.drawings(name, data, limit))
    loaded = Loaded(weights, device)
    with progress(console) as bars:
        found = contours.measure(chosen, loaded, stages(bars)("contours", len(chosen)))
    console.print(contours.table(found, f"Contours and cells on {Path(name).name}, {len(chosen)} drawings"))
    about = {"name": Path(name).name, "count": len(chosen)}
    rows = {condition: {key: vars(each) for key, each in drawn.items()} for condition, drawn in found.items()}
    return report.facts(about, "contours", weights, loaded) | {"contours": rows}


def measure_references(
    console: Console, name: str, data: Path | None, weights: str, device: str, limit: int | None, sheet: Path | None
) -> dict[str, Any]:
    """Prints the table of model sheets, writes the contact sheet; returns what --json says about them."""
    from colorgan_core.inference.loaded import Loaded

    from .evaluation import model_sheets

    loaded = Loaded(weights, device)
    with progress(console) as bars:
        about, figures = model_sheets.measure(console, stages(bars), name, data, loaded, limit, sheet)
    return report.facts(about, "reference", weights, loaded) | figures


def measure_by_surfaces(
    console: Console, task: str, name: str, data: Path | None, rows: str | None, weights: str, device: str, limit: int | None,
    seeds: int, sheet: Path | None, textbook: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Prints the tables of a task of BY_SURFACES, writes the sheet; returns what --json says about them."""
    from colorgan_core.inference.loaded import Loaded

    from .evaluation import propagate_measure, unhinted_measure
    from .pix2pix import Pix2Pix

    unhinted = task == "unhinted"
    chosen_rows = (
        unhinted_measure.pick_rows(rows, textbook is not None) if unhinted else propagate_measure.pick_rows(rows)
    )
    loaded = Loaded(weights, device) if "colorgan" in chosen_rows else None
    painter = Pix2Pix(textbook) if textbook and "pix2pix" in chosen_rows else None
    with progress(console) as bars:
        if unhinted:
            about, figures = unhinted_measure.measure(
                console, stages(bars), name, data, chosen_rows, loaded, limit, seeds, sheet, painter
            )
        else:
            about, figures = propagate_measure.measure(
                console, stages(bars), name, data, chosen_rows, loaded, limit, seeds, sheet
            )
    return report.facts(about, task, weights, loaded) | figures


def measure_sequence(
    console: Console, name: str, data: Path | None, limit: int | None, sheet: Path | None
) -> dict[str, Any]:
    """Prints the table of sequences, writes the sheet; returns what --json says about them. No weights are asked."""
    from .evaluation import sequence

    clips = limit or sequence.CLIPS
    drawings = sequence.drawings_for(name, data, 2 * clips)
    jobs = sequence.jobs_of(drawings, clips, shown=SHOWN_CLIPS if sheet is not None else 0)
    with progress(console) as bars:
        rows, found, pictures = sequence.sequence_figures(
            jobs, min(2, os.cpu_count() or 1), stages(bars)("sequence", clips)
        )
    console.print(
        sequence_table(
            rows, f"Sequences of {sequence.FRAMES} frames on {Path(name).name}, {clips} clips, right regions in %"
        )
    )
    said = sequence.verdicts(rows)
    for sentence in said:
        console.print(sentence)
    console.print(f"Between keys {100 * (1 - found):.1f} % of the regions were not found, and count as wrong.")
    if sheet is not None and pictures is not None:
        note = write_picture(sheet, pictures)
        console.print(note or f"Sheet: {sheet}")
    about = {"name": Path(name).name, "count": clips, "frames": sequence.FRAMES, "every": sequence.EVERY}
    facts = report.facts(about, "sequence", "", None)
    return facts | {"sequence": [row.record() for row in rows], "found": found, "verdicts": said}


def measure_lineart(
    chosen: EvaluationSet, rows: list[str], colorizer: Any, python: str, keep: Keep, workspace: Path, stage: Stage,
    seeds: int, console: Console, textbook: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Prints both line-art tables; returns what --json says about them."""
    from .pix2pix import Pix2Pix

    painter = Pix2Pix(textbook) if textbook else None
    curves = lineart_curves(chosen, rows, colorizer, python, keep, workspace, stage, painter)
    console.print(lineart_table(curves, f"Hint-AUC v1 on {chosen.name}, {len(chosen.items)} pictures"))
    for sentence in verdicts(curves):
        console.print(sentence)
    found = []
    for row, paint in unhinted_rows(chosen, colorizer).items():
        found.append(figures(row, paint, chosen.items, seeds, stage(f"no hints: {row}", len(chosen.items))))
    console.print(unhinted_table(found, f"Without hints on {chosen.name}, {len(chosen.items)} pictures", seeds))
    return {
        "lineart": [curve.record() for curve in curves],
        "verdicts": verdicts(curves),
        "unhinted": [row.record() for row in found],
        "seeds": seeds,
    }


def pick_rows(asked: str | None, textbook: bool = False) -> list[str]:
    """Rows by name in the table's order; raises UsageError (unknown, or pix2pix without its file)."""
    if asked is None:
        return [row for row in ROWS if row != "pix2pix" or textbook]
    names = {name.strip() for name in asked.split(",") if name.strip()}
    unknown = sorted(names - set(ROWS))
    if unknown or not names:
        raise UsageError(f"There is no row {', '.join(unknown) or 'without a name'}; rows are {', '.join(ROWS)}.")
    if "pix2pix" in names and not textbook:
        raise UsageError("The row pix2pix needs its weights: name them with --pix2pix.")
    return [row for row in ROWS if row in names]


def progress(console: Console) -> Progress:
    columns: tuple[ProgressColumn, ...] = (TextColumn("{task.description:>24}"), BarColumn(), MofNCompleteColumn())
    columns += (TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def stages(bars: Progress) -> Stage:
    """A new bar for each stage that has any steps."""

    def stage(title: str, steps: int) -> Callable[[], None]:
        if not steps:
            return lambda: None
        bar = bars.add_task(title, total=steps)
        return lambda: bars.advance(bar)

    return stage
