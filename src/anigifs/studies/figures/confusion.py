"""What a model takes for what: the confusion matrix, each row in shares of the true class."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anigifs.evaluation.metrics import confusion
from anigifs.foundation import UsageError
from anigifs.studies.figures.answers import Answers
from anigifs.studies.figures.page import (
    BLUE,
    FAINT,
    INK,
    PALE,
    PAPER,
    POINTS,
    head,
    in_style,
    inches_of,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

OTHER = "any other"
NUMBERED = 24  # classes at most whose cells are large enough for a number
CELL, SMALL_CELL, LEAST = 0.3, 0.18, 1.6  # inches; the whole matrix is no lower than LEAST
DARK = 0.45  # from this share on a number is white
NAVY = "#002038"


@dataclass(frozen=True, eq=False)
class Matrix:
    """What is shown.

    Attributes:
        labels: True classes, the rows.
        answers: What was answered, the columns: the same, and perhaps ``any other``.
        counts_RC: Clips, over all seeds.
        classes: How many true classes there are in all.
        clips: How many clips the set has.
        seeds: How many times each of them was answered.
        top1: Share of all clips that was answered rightly, 0..1.
    """

    labels: tuple[str, ...]
    answers: tuple[str, ...]
    counts_RC: np.ndarray
    classes: int
    clips: int
    seeds: int
    top1: float

    @property
    def numbered(self) -> bool:
        """Whether cells are large enough for a number."""
        return len(self.labels) <= NUMBERED

    @property
    def shares_RC(self) -> np.ndarray:
        """Counts as shares of the row's clips, 0..1."""
        return np.asarray(self.counts_RC / self.counts_RC.sum(axis=1, keepdims=True))


def matrix_of(answers: Answers, most: int = 40) -> Matrix:
    """Return the matrix of the classes that most errors are of, in the order of their names.

    Args:
        answers: Of a model; its seeds are added up.
        most: How many classes; what was answered besides them stands under ``any other``.

    Raises:
        UsageError: No class is asked for.
    """
    if most < 1:
        raise UsageError(f"a confusion matrix of {most} classes; at least 1")
    counts: dict[str, Counter[str]] = {}
    for ranking in answers.rankings:
        for label, row in confusion(ranking).items():
            counts.setdefault(label, Counter()).update(row)
    shown = _shown(counts, most)
    place_of = {label: place for place, label in enumerate(shown)}
    counts_RC = np.zeros((len(shown), len(shown) + 1), int)
    for label in shown:
        for answer, times in counts[label].items():
            counts_RC[place_of[label], place_of.get(answer, len(shown))] += times
    titles: tuple[str, ...] = (*shown, OTHER)
    if not counts_RC[:, -1].any():
        counts_RC, titles = counts_RC[:, :-1], tuple(shown)
    return Matrix(
        labels=tuple(shown),
        answers=titles,
        counts_RC=counts_RC,
        classes=len(counts),
        clips=answers.clips,
        seeds=len(answers.rankings),
        top1=answers.top1,
    )


@in_style()
def draw_confusion(matrix: Matrix, title: str) -> "Figure":
    """Return the figure: a row a true class, the darker the commoner; white where never.

    Args:
        matrix: The counts.
        title: What the model and the set are called.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    figure = Figure(figsize=_size(matrix), layout="constrained")
    axes = figure.subplots()
    shares_RC = matrix.shares_RC
    # From white, so that what never happens is paper, through one hue: grey prints keep the order.
    shades = LinearSegmentedColormap.from_list("shades", [PAPER, BLUE, NAVY])
    image = axes.imshow(shares_RC, cmap=shades, vmin=0, vmax=1, aspect="equal")
    if matrix.numbered:
        _number(axes, shares_RC)
    else:
        _scale(figure, image, axes)
    _name(axes, matrix)
    head(figure, _title(matrix, title))
    return figure


def _shown(counts: Mapping[str, Mapping[str, int]], most: int) -> list[str]:
    """Return the true classes that most errors are of or go to, by name."""
    errors: Counter[str] = Counter(dict.fromkeys(counts, 0))
    for label, row in counts.items():
        for answer, times in row.items():
            if answer != label:
                errors[label] += times
                if answer in counts:
                    errors[answer] += times
    ranked = sorted(counts, key=lambda label: (-errors[label], label))
    return sorted(ranked[:most])


def _size(matrix: Matrix) -> tuple[float, float]:
    """Return width and height in inches: room for the cells, the names, and all around them."""
    rows, columns = matrix.counts_RC.shape
    cell = max(CELL, LEAST / rows) if matrix.numbered else SMALL_CELL
    names = max(map(inches_of, _rows(matrix)))
    answers = max(map(inches_of, _columns(matrix)))
    beside = 0.6 if matrix.numbered else 1.3
    return columns * cell + names + beside, rows * cell + answers + 0.9


def _rows(matrix: Matrix) -> list[str]:
    clips = matrix.counts_RC.sum(axis=1)
    return [f"{short(name, 32)} ({n})" for name, n in zip(matrix.labels, clips, strict=True)]


def _columns(matrix: Matrix) -> list[str]:
    return [short(name, 32) for name in matrix.answers]


def _number(axes: "Axes", shares_RC: np.ndarray) -> None:
    for row, column in np.argwhere(shares_RC > 0):
        share = shares_RC[row, column]
        words = f"{100 * share:.0f}"
        colour = PAPER if share > DARK else INK
        axes.text(column, row, words, ha="center", va="center", color=colour, size=POINTS - 1.5)


def _scale(figure: "Figure", image: "AxesImage", axes: "Axes") -> None:
    shares = [0, 0.25, 0.5, 0.75, 1]
    bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.02, ticks=shares)
    bar.ax.set_yticklabels([f"{100 * share:.0f}" for share in shares])
    bar.set_label("clips of the true class, %")
    bar.outline.set_visible(False)


def _name(axes: "Axes", matrix: Matrix) -> None:
    rows, columns = matrix.counts_RC.shape
    small = POINTS if matrix.numbered else POINTS - 1.5
    axes.set_yticks(range(rows), _rows(matrix), fontsize=small)
    axes.set_xticks(range(columns), _columns(matrix), fontsize=small, rotation=90)
    axes.set_ylabel("true class (clips)" if matrix.seeds == 1 else "true class (clips x seeds)")
    axes.set_xlabel("answer")
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=FAINT, linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_color(PALE)


def _title(matrix: Matrix, title: str) -> str:
    rows = len(matrix.labels)
    which = "" if rows == matrix.classes else f"; the {rows} of {matrix.classes} most confused"
    seeds = f", {matrix.seeds} seeds" if matrix.seeds > 1 else ""
    score = f"{matrix.clips:,} clips{seeds}, top-1 {100 * matrix.top1:.1f} %"
    cells = "; cells in % of the true class" if matrix.numbered else ""
    return f"{short(title, 60)}\n{score}{cells}{which}"
