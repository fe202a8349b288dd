"""How far each class falls from the source to the target: paired dots, the largest fall first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anigifs.foundation import UsageError
from anigifs.studies.figures.answers import Answers
from anigifs.studies.figures.page import (
    BLUE,
    PALE,
    VERMILLION,
    changes_beside,
    head,
    in_style,
    rows_down,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Fall:
    """One class on both sets.

    Attributes:
        label: Its name.
        source: Top-1 of its clips on the source, 0..1.
        target: The same on the target.
    """

    label: str
    source: float
    target: float

    @property
    def change(self) -> float:
        """Target minus source; below 0 is a fall."""
        return self.target - self.source


@dataclass(frozen=True)
class Falls:
    """What is shown.

    Attributes:
        rows: One a class that both sets have, the largest fall first, ties by name.
        source: What the source is called, and how many clips it has.
        target: The same of the target.
        left_out: Classes that only one of the sets has.
    """

    rows: tuple[Fall, ...]
    source: str
    target: str
    left_out: tuple[str, ...]


def falls_of(source: Answers, target: Answers) -> Falls:
    """Return how the classes that both sets have fall from one to the other.

    Raises:
        UsageError: The sets have no class in common.
    """
    before, after = source.by_class, target.by_class
    rows = [Fall(label, before[label], after[label]) for label in before if label in after]
    if not rows:
        raise UsageError(f"{source.title} and {target.title} have no class in common")
    return Falls(
        rows=tuple(sorted(rows, key=lambda row: (row.change, row.label))),
        source=source.counted,
        target=target.counted,
        left_out=tuple(sorted(before.keys() ^ after.keys())),
    )


@in_style()
def draw_falls(falls: Falls, title: str = "", most: int = 40) -> "Figure":
    """Return the figure: a line a class from its dot on the source to that on the target.

    Args:
        falls: The classes.
        title: What the model is called.
        most: Classes to show, those of the largest fall.

    Raises:
        UsageError: No class is asked for.
    """
    from matplotlib.figure import Figure

    if most < 1:
        raise UsageError(f"the falls of {most} classes; at least 1")
    rows = falls.rows[:most]
    figure = Figure(figsize=(6.2, 1.2 + 0.19 * len(rows)), layout="constrained")
    axes = figure.subplots()
    _draw_pairs(axes, rows, falls)
    axes.set_xlim(-3, 103)
    rows_down(axes, [short(row.label, 36) for row in rows])
    axes.set_xlabel("top-1 of the class, %")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handletextpad=0.2, borderpad=0.2)
    head(figure, _title(len(rows), falls, title))
    return figure


def _draw_pairs(axes: "Axes", rows: Sequence[Fall], falls: Falls) -> None:
    places = range(len(rows))
    before = [100 * row.source for row in rows]
    after = [100 * row.target for row in rows]
    axes.hlines(places, before, after, color=PALE, linewidth=1.0, zorder=1)
    # The shapes differ, too: a print may be grey.
    axes.scatter(before, places, s=26, color=BLUE, label=falls.source, zorder=2, clip_on=False)
    axes.scatter(
        after, places, s=22, color=VERMILLION, marker="D", label=falls.target, zorder=3,
        clip_on=False,
    )  # fmt: skip
    changes_beside(axes, [row.change for row in rows], x=1.09)


def _title(shown: int, falls: Falls, title: str) -> str:
    count = len(falls.rows)
    which = f"{count} classes" if shown == count else f"{shown} of {count} classes"
    name = f"{short(title, 50)}: " if title else ""
    return f"{name}{which}, the largest fall first; change in points at the right"
