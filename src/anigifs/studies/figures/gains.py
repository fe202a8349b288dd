"""How far each method is from the first one on a set, with intervals: from a sweep's table."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.foundation import UsageError
from anigifs.studies.figures.page import (
    BLUE,
    PALE,
    PAPER,
    changes_beside,
    head,
    in_style,
    rows_down,
    short,
)
from anigifs.studies.sections import row_title, with_seeds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLE = "table.csv"


@dataclass(frozen=True)
class Gain:
    """One model against the first.

    Attributes:
        run: Its key.
        title: What the table calls it.
        oracle: Whether it has seen the target.
        value: Its top-1 minus that of the first model, of the same seeds, -1..1.
        low: Where the interval begins; None where nothing varies.
        high: Where it ends.
        p_holm: After Holm's correction for all models of the table; None where there is none.
        seeds: The seeds that both have.
    """

    run: str
    title: str
    oracle: bool
    value: float
    low: float | None
    high: float | None
    p_holm: float | None
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Gains:
    """What is shown.

    Attributes:
        rows: The models that are compared, the largest gain first.
        first: What the model is called that they are compared with.
        set_title: Of the set.
        clips: Of the set.
        level: Of the intervals, 0..1.
        left_out: Titles of models that are compared with none, as they see a test's clips.
    """

    rows: tuple[Gain, ...]
    first: str
    set_title: str
    clips: int
    level: float
    left_out: tuple[str, ...] = ()


def read_gains(out: Path, of_set: str, runs: Sequence[str] = ()) -> Gains:
    """Return the differences in the table of a sweep.

    Args:
        out: The sweep's folder, which holds ``table.csv``.
        of_set: Key of the set, such as ``cartoon-test``.
        runs: Keys of the models that are wanted; none are all.

    Raises:
        UsageError: There is no such table, set or model in it, or it is damaged.
    """
    path = out / TABLE
    lines = _lines(path)
    own = [line for line in lines if line["set"] == of_set]
    if not own:
        sets = ", ".join(dict.fromkeys(line["set"] for line in lines))
        raise UsageError(f"{path}: no set {of_set!r}; there are {sets}")
    first, others = own[0], own[1:]
    try:
        found = [_gain(line) for line in others if line["difference"]]
        clips, level = int(first["n"]), _number(first["level"])
    except ValueError:
        raise UsageError(f"{path}: damaged; make the tables anew with --table") from None
    there = [gain.run for gain in found]
    if unknown := [run for run in runs if run not in there]:
        raise UsageError(
            f"{path}: {unknown[0]!r} is not compared on {of_set}; there are {', '.join(there)}"
        )
    rows = [gain for gain in found if not runs or gain.run in runs]
    if not rows:
        raise UsageError(f"{path}: nothing is compared on {of_set} yet")
    left_out = [line for line in others if not line["difference"] and not runs]
    return Gains(
        rows=tuple(sorted(rows, key=lambda gain: (-gain.value, gain.run))),
        first=_title_of(first),
        set_title=" ".join(first["set_title"].split()),
        clips=clips,
        level=level,
        left_out=tuple(map(_title_of, left_out)),
    )


def _lines(path: Path) -> list[dict[str, str]]:
    needed = {"model", "model_title", "oracle", "set", "set_title", "n", "level", "difference",
              "difference_low", "difference_high", "difference_p_holm",
              "difference_seeds"}  # fmt: skip
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            lines = list(reader)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; name the folder of a sweep with tables") from None
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read ({type(error).__name__})") from None
    whole = all(None not in line and None not in line.values() for line in lines)
    if not lines or not whole or not needed <= set(reader.fieldnames or ()):
        raise UsageError(f"{path}: no table of a sweep; make the tables anew with --table")
    return lines


def _gain(line: Mapping[str, str]) -> Gain:
    low, high, p_holm = (
        _number(line[name]) if line[name] else None
        for name in ("difference_low", "difference_high", "difference_p_holm")
    )
    return Gain(
        run=line["model"],
        title=_title_of(line),
        oracle=line["oracle"] == "1",
        value=_number(line["difference"]),
        low=low,
        high=high,
        p_holm=p_holm,
        seeds=tuple(map(int, line["difference_seeds"].split())),
    )


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _title_of(line: Mapping[str, str]) -> str:
    return row_title(line["model_title"], line["oracle"] == "1")


@in_style()
def draw_gains(gains: Gains) -> "Figure":
    """Return the figure: a line a model, its dot and its interval, the first model at zero."""
    from matplotlib.figure import Figure

    rows = gains.rows
    figure = Figure(figsize=(7.0, 1.3 + 0.19 * len(rows)), layout="constrained")
    axes = figure.subplots()
    axes.axvline(0, color=PALE, linewidth=0.8, zorder=1)
    _draw_rows(axes, rows)
    changes_beside(axes, [row.value for row in rows], x=1.11)
    titles = [short(row.title, 52) for row in rows]
    rows_down(axes, with_seeds(titles, [len(row.seeds) for row in rows]))
    axes.set_xlabel("difference, points")
    head(figure, _title(gains))
    return figure


def _draw_rows(axes: "Axes", rows: Sequence[Gain]) -> None:
    for place, row in enumerate(rows):
        colour = PALE if row.oracle else BLUE
        if row.low is not None and row.high is not None:
            axes.hlines(place, 100 * row.low, 100 * row.high, color=colour, linewidth=1.2)
        face = PAPER if row.oracle else colour  # hollow is a ceiling: it has seen the target
        axes.scatter([100 * row.value], [place], s=24, facecolor=face, edgecolor=colour, zorder=3)


def _title(gains: Gains) -> str:
    counts = sorted({len(row.seeds) for row in gains.rows})
    of_one = counts == [1]
    over = "groups of clips, one seed" if of_one else f"{' or '.join(map(str, counts))} seeds"
    hollow = "; hollow: has seen the target" if any(row.oracle for row in gains.rows) else ""
    return (
        f"{short(gains.set_title, 60)} ({gains.clips:,} clips): top-1 minus that of "
        f"{short(gains.first, 50)}, on the same seeds; {100 * gains.level:g} % intervals over "
        f"{over}{hollow}"
    )
