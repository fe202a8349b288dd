"""The table of all rows: on a terminal, as JSON, and in docs/speed.md.

``python -m benchmarks table`` writes what ``results/bench/*.json`` hold into the page, so that no
figure there is anyone's typing.
"""

import argparse
import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from anigifs.foundation import write_text
from anigifs.foundation.machine import processor
from benchmarks.rows import UNITS, Asked, Row, version

REPOSITORY = Path(__file__).parents[1]
RUNS, PAGE = REPOSITORY / "results" / "bench", REPOSITORY / "docs" / "speed.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
SCHEMA = 1
LIBRARIES = ("torch", "numpy", "pillow", "opencv-python-headless", "av", "pyarrow")
HEADS = ("what", "of", "threads", "ours", "peer", "theirs", "ratio", "target", "limit")


@dataclass(frozen=True)
class Table:
    """One run.

    Attributes:
        processor: On which.
        device: The GPU on which the networks were, or ``cpu``.
        python: Its version.
        versions: Of libraries, in words.
        rounds: Of each row.
        rows: What was measured.
    """

    processor: str
    device: str
    python: str
    versions: tuple[str, ...]
    rounds: int
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, asked: Asked, rows: Iterable[Row]) -> Self:
        """Return the table of a run that ends now, on this machine."""
        device = torch.cuda.get_device_name() if asked.cuda else "cpu"
        versions = tuple(version(name) for name in LIBRARIES)
        return cls(
            processor(), device, platform.python_version(), versions, asked.rounds, tuple(rows)
        )

    @property
    def name(self) -> str:
        """What a file of it is called."""
        words = self.processor if self.device == "cpu" else f"{self.device} {self.processor}"
        return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")

    def plain(self) -> dict[str, Any]:
        """Return it as one object of JSON."""
        own = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "rows"}
        return {"schema": SCHEMA, **own, "rows": [row.plain() for row in self.rows]}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return what :meth:`plain` made JSON of."""
        if plain["schema"] != SCHEMA:
            raise ValueError(f"a table of schema {plain['schema']}, not {SCHEMA}")
        own = {name: plain[name] for name in cls.__dataclass_fields__}
        rows = tuple(Row.from_plain(row) for row in plain["rows"])
        return cls(**own | {"versions": tuple(plain["versions"]), "rows": rows})

    def markdown(self) -> str:
        """Return a heading, the table, and what is to be said of some rows."""
        where = self.processor if self.device == "cpu" else f"{self.device} beside {self.processor}"
        missed = sum(row.missed for row in self.rows)
        lines = [f"### {where}", ""]
        lines.append(
            f"Python {self.python}, {', '.join(self.versions)}; medians of {self.rounds} rounds."
            f" {_missed(missed)}"
        )
        notes = list(dict.fromkeys(row.note for row in self.rows if row.note and row.ratios))
        lines += ["", *_aligned([HEADS, *(_cells(row, notes) for row in self.rows)])]
        lines += [""] * bool(notes) + [f"{place}. {note}" for place, note in enumerate(notes, 1)]
        return "\n".join(lines) + "\n"


def _missed(count: int) -> str:
    return {0: "No target is missed.", 1: "One target is missed."}.get(
        count, f"{count} targets are missed."
    )


def _cells(row: Row, notes: Sequence[str]) -> tuple[str, ...]:
    limit = "" if row.limit_share is None else f"{100 * row.limit_share:.0f} %: {row.limit}"
    where = f" ({notes.index(row.note) + 1})" if row.note in notes else ""
    return (
        row.what,
        row.shape,
        str(row.threads),
        _time(row.ours, row.unit),
        row.peer + where,
        _time(row.theirs, row.unit) or row.note,
        _ratio(row),
        _target(row),
        limit,
    )


def _time(seconds: float | None, unit: str) -> str:
    if seconds is None:
        return ""
    if unit == "/s":
        return f"{_three_figures(1 / seconds)} /s"
    return f"{_three_figures(UNITS[unit] * seconds)} {unit}"


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return ""
    low, high = (_three_figures(one) for one in (min(row.ratios), max(row.ratios)))
    return f"{_three_figures(row.ratio)} ({low} - {high})"


def _target(row: Row) -> str:
    wanted = [] if row.target is None else [_three_figures(row.target)]
    wanted += [] if row.rate is None else [f"{row.rate:.0f} /s"]
    if not wanted:
        return ""
    if row.missed:
        return f"{' and '.join(wanted)}: missed"
    reached = row.rate is not None or row.ratio is not None
    return f"{' and '.join(wanted)}: {'reached' if reached else 'not tried'}"


def _three_figures(number: float) -> str:
    """Return a number with as many decimals as leave it three figures.

    Example:
        >>> [_three_figures(number) for number in (0.01234, 1.234, 12.34, 1234.5)]
        ['0.012', '1.23', '12.3', '1,234']
    """
    decimals = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 0.1 else 3
    return f"{number:,.{decimals}f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table whose columns stand below each other in plain text too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return [lines[0], rule, *lines[1:]]


def read_runs(folder: Path = RUNS) -> list[Table]:
    """Return the runs that are kept, in the order of their names."""
    return [
        Table.from_plain(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))
    ]


def written_into(page: str, runs: Sequence[Table]) -> str:
    """Return a page with the runs between its marks.

    Raises:
        ValueError: It has no marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    tables = "\n".join(run.markdown() for run in runs) or "No run is kept yet.\n"
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def main(arguments: Sequence[str] = ()) -> None:
    """Write the runs into the page."""
    parser = argparse.ArgumentParser(prog="benchmarks table", description=__doc__)
    parser.parse_args(arguments)
    runs = read_runs()
    write_text(PAGE, written_into(PAGE.read_text(), runs))
    print(f"{PAGE}: {len(runs)} runs")
