"""Job files and the command line make the same job; what is wrong is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.errors import ColorganError, InputError, UsageError
from colorgan_core.operations import OPERATIONS
from colorgan_core.sequence.job import Job, build_job, parameters, read_job


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    for name in ("l.0001.png", "l.0002.png", "h.0002.png", "s.png", "p.gpl"):
        (tmp_path / name).touch()
    return tmp_path


def job_of(folder: Path, text: str) -> Job:
    (folder / "job.toml").write_text(text, "utf-8")
    return build_job(read_job(folder / "job.toml"), folder)


def test_a_job_file(shot: Path) -> None:
    job = job_of(
        shot,
        'input = "l.####.png"\noutput = "o/x.####.psd"\nhints = "h.####.png"\npalette = "p.gpl"\nseed = 3\nshade = false\n',
    )
    assert job.operation == "colorize" and job.values["seed"] == 3 and job.values["shade"] is False
    assert job.values["palette"] == str(shot / "p.gpl") and job.dtype == "float32"
    assert [task.frame for task in job.tasks] == ["0001", "0002"]
    assert [task.inputs["hints"] for task in job.tasks] == [None, str(shot / "h.0002.png")]
    assert job.tasks[0].output == str(shot / "o/x.0001.psd")


def test_a_style_makes_it_stylize(shot: Path) -> None:
    job = job_of(shot, 'input = "l.####.png"\noutput = "o/"\nstyle = ["s.png:0.5"]\nstrength = 0.5\n')
    assert job.operation == "stylize" and job.values["style"] == (f"{shot / 's.png'}:0.5",)
    assert job.tasks[1].output == str(shot / "o/l.0002.png")


def test_every_parameter_of_the_table_is_part_of_a_job() -> None:
    from colorgan_core.sequence.command import batch

    options = {option.name for option in batch.params}
    for operation in OPERATIONS.values():
        for parameter in operation.parameters:
            assert parameter.name in parameters() and parameter.name in options


FRAMES = 'input = "l.####.png"\noutput = "o/x.####.png"\n'


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (FRAMES + "\nhint = 3\n", UsageError, "job.toml, line 4: .*did you mean hints"),
        (FRAMES + "# note\nseed = -4\n", UsageError, "line 4: seed must be between"),
        (FRAMES + 'shade = "no"\n', UsageError, "line 3: shade must be true or false"),
        (FRAMES + "[colorize]\nseed = 1\n", UsageError, "line 3: There is no part of a job called colorize"),
        (FRAMES + "seed = \n", InputError, "job.toml is not a job in TOML"),
        (FRAMES + "workers = 0\n", UsageError, "line 3: workers must be between"),
        ('output = "x.png"\n', UsageError, "needs input"),
        ('input = "l.####.png"\n', UsageError, "needs output"),
        ('input = "l.####.png"\noutput = "x.png"\n', UsageError, "Frames 0001 and 0002 would both become x.png"),
        ('input = "l.####.png"\noutput = "l.####.png"\n', UsageError, "is read by this job"),
        ('input = "l.####.png"\noutput = "o.####.gif"\n', UsageError, "cannot be written"),
        (FRAMES + 'hints = "none.####.png"\n', InputError, "No frame of the job has hints"),
        (FRAMES + 'reference = "none.png"\n', InputError, "none.png does not exist"),
        (FRAMES + 'style = ["s.png"]\nseed = 1\n', UsageError, "no parameter of stylize called seed"),
        (FRAMES + 'style = ["s.png"]\nmasks = true\n', UsageError, "masks is for colouring"),
        (FRAMES + 'layers = "flats,sky"\n', UsageError, "no layer sky"),
        (FRAMES + "paint = true\nmasks = true\n", UsageError, "--paint gives one picture"),
    ],
)
def test_what_is_wrong_is_named(text: str, error: type[ColorganError], words: str, shot: Path) -> None:
    with pytest.raises(error, match=words):
        job_of(shot, text)


def test_no_job_file(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("batch", tmp_path / "none.toml")
    assert ran.code == 3 and "cannot be read" in ran.sentence
