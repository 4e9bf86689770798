"""What each part of the recipe is worth: every variant from scratch for the same time, with two seeds, measured on held-out drawings.

python -m colorgan_train.ablate DATA OUT --minutes 6

On two cores twice as many runs fit into the same time, one thread each: with OMP_NUM_THREADS=1, `--seed 1` beside `--seed 2`, then the line
above for the table.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from colorgan_core.files import atomic_write
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.model.config import PRESETS

from .cache import open_cache
from .evaluation.hintauc_bridge import hintauc_python
from .evaluation.keep import Keep
from .evaluation.lineart import lineart_curves
from .evaluation.sets import EvaluationSet, Item, load_set
from .evaluation.tables import plain
from .evaluation.unhinted import figures, unhinted_rows
from .loop import Budget, train
from .sample import Items
from .settings import Settings

SEEDS = (1, 2)
DRAWINGS = 60
COLUMNS = ("area", "few", "many", "overlap", "chroma", "ab distance", "deltae", "its palette")


@dataclass(frozen=True)
class Variant:
    """What differs from the recipe in the networks' configuration and in the settings."""

    config: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


VARIANTS = {
    "the recipe": Variant(),
    "no region pooling": Variant({"region_pooling": False}),
    "FiLM alone, no attention": Variant({"attention": False}),
    "L1 in Lab": Variant(settings={"color_space": "lab"}),
    "L1 in RGB": Variant(settings={"color_space": "rgb"}),
    "no adversary": Variant(settings={"adversarial_weight": 0.0}),
    "adversary of four times the weight": Variant(settings={"adversarial_weight": 4.0}),
    "192 px, 7 samples a step": Variant(settings={"size": 192, "batch": 7}),
    "256 px, 4 samples a step": Variant(settings={"size": 256, "batch": 4}),
}


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--minutes", type=float, default=6.0, show_default=True, help="Of training, each.")
@click.option("--only", metavar="NAMES", help="With semicolons between [default: all].")
@click.option(
    "--seed", type=click.IntRange(min(SEEDS), max(SEEDS)), help="Only this one, and no table [default: both]."
)
def main(data: Path, out: Path, minutes: float, only: str | None, seed: int | None) -> None:
    """Train what is missing in OUT, and print the table: means over the seeds, and half of their range."""
    console = Console(width=200)
    chosen = load_set("held-out", "lineart", data, DRAWINGS)
    python = hintauc_python(None, console.print)
    names = only.split(";") if only else list(VARIANTS)
    seeds = SEEDS if seed is None else (seed,)
    runs = {
        name: [measured(name, one, open_cache(data), out, minutes, chosen, python) for one in seeds] for name in names
    }
    if seed is not None:
        return
    table = plain(f"{minutes:g} minutes each, line art, {DRAWINGS} held-out drawings", "variant", *COLUMNS)
    for name, found in runs.items():
        each = [[one[column] for one in found] for column in COLUMNS]
        table.add_row(name, *(f"{statistics.mean(v):.2f} ± {(max(v) - min(v)) / 2:.2f}" for v in each))
    console.print(table)


def measured(
    name: str, seed: int, items: Items, out: Path, minutes: float, chosen: EvaluationSet, python: str
) -> dict[str, float]:
    """The figures of one variant and seed; a run that OUT has whole is not done again."""
    folder = out / f"{list(VARIANTS).index(name):02d}-{seed}"
    record = folder / "figures.json"
    if record.is_file():
        return dict(json.loads(record.read_text("utf-8")))
    variant = VARIANTS[name]
    settings = replace(Settings(tasks="lineart", seed=seed), **variant.settings)
    config = replace(PRESETS[settings.preset], **variant.config)
    weights = train(items, None, folder, settings, Budget(minutes=minutes), config=config, say=lambda line: None)
    colorizer = Colorizer(Loaded(weights))
    with tempfile.TemporaryDirectory() as workspace:
        (curve,) = lineart_curves(
            chosen, ["colorgan"], colorizer, python, Keep.of_user(), Path(workspace), lambda title, steps: lambda: None
        )
    row = unhinted_rows(chosen, colorizer)["colorgan"]
    # every drawing its own seed: which palettes one seed draws for them all weighs more than a variant does
    bare = figures("colorgan", lambda item, _, palette: row(item, chance(item), palette), chosen.items, 1, lambda: None)
    values = (
        curve.area("deltae"), curve.few("deltae"), curve.many("deltae"), bare.overlap, bare.chroma,
        bare.ab_distance or 0.0, bare.deltae, bare.deltae_palette,
    )  # fmt: skip
    result = dict(zip(COLUMNS, values, strict=True))
    with atomic_write(record) as beside:
        beside.write_text(json.dumps(result), "utf-8")
    return result


def chance(item: Item) -> int:
    """A seed that is this drawing's own."""
    return int(item.key[:6], 16)


if __name__ == "__main__":
    main()
