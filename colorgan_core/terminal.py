"""What reaches a person's terminal: text in which nothing can take the terminal over, whoever wrote it."""

from __future__ import annotations

import re

import click

# All control characters but the line feed (C0, DEL, C1); the marks that turn the direction of reading, with which a name can pass
# for another; separators that end a line; halves of UTF-16 pairs, which nothing can write.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with a space for each character that could upset a terminal. Line feeds stay."""
    return UNSAFE.sub(" ", text)


def one_line(text: str, longest: int | None = None) -> str:
    """Third-party text for use within a sentence: printable, on one line, cut after `longest` characters."""
    line = " ".join(printable(text).split())
    return line if longest is None or len(line) <= longest else f"{line[:longest]}..."


def echo(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Prints for a person."""
    click.echo(printable(str(text)), err=err, nl=nl)
