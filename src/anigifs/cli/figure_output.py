"""What the commands that draw figures share: where they write, and what they say."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.output import print_envelope, printable
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OutFile = Annotated[
    Path, tyro.conf.arg(metavar="FILE", help="A name that ends in .png, .svg or .pdf.")
]
IndexFile = Annotated[Path, tyro.conf.arg(metavar="INDEX", help="The index of the clips.")]
Names = Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")]
Count = Annotated[int, tyro.conf.arg(metavar="N")]
Json = Annotated[bool, tyro.conf.arg(help="Print one JSON object on standard output.")]


def check_out(out: Path) -> None:
    """Refuse a file that could not be written, before anything is computed for it.

    Raises:
        UsageError: It is a folder, or its name ends in none of the formats.
    """
    from anigifs.studies.figures.page import form_of

    form_of(out)
    if out.is_dir():
        raise UsageError(f"{out}: a folder, not a file to write")


def finish(
    figure: "Figure",
    out: Path,
    drawn: Sequence[Mapping[str, Any]],
    summary: Mapping[str, Any],
    warnings: Sequence[str] = (),
    *,
    json: bool,
) -> int:
    """Write a figure, and say what is on it."""
    from anigifs.studies.figures.page import save

    save(figure, out)
    return say(out, drawn, summary, warnings, json=json)


def say(
    out: Path,
    drawn: Sequence[Mapping[str, Any]],
    summary: Mapping[str, Any],
    warnings: Sequence[str] = (),
    *,
    json: bool,
) -> int:
    """Say what is on a figure that is written: one line, or as JSON all that is drawn."""
    if json:
        print_envelope(drawn, {"out": str(out), **summary}, warnings)
    else:
        print(printable(f"{out}: {summary['shown']}"))
    return 0
