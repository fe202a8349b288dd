"""What RSDA found, search by search: the losses of all candidates, and the worst in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from anigifs.foundation import UsageError
from anigifs.studies.figures.acts import Search
from anigifs.studies.figures.page import (
    BLUE,
    INK,
    PAPER,
    VERMILLION,
    head,
    in_style,
    rows_down,
    short,
)
from anigifs.transforms import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONGEST = 70  # characters of a tuple in words


def spread(searches: Sequence[Search], most: int) -> list[Search]:
    """Return so many searches at most, evenly spread over the run, the first and last included.

    Raises:
        UsageError: None is asked for.

    Example:
        >>> runs = [Search(step, (1.0,), 0, ()) for step in range(10)]
        >>> [one.step for one in spread(runs, 4)]
        [0, 3, 6, 9]
    """
    if most < 1:
        raise UsageError(f"a figure of {most} searches; at least 1")
    places = np.linspace(0, len(searches) - 1, min(most, len(searches)))
    return [searches[place] for place in np.rint(places).astype(int)]


@in_style()
def draw_searches(searches: Sequence[Search], name: str, most: int = 40) -> "Figure":
    """Return the figure: a row a search, a dot a candidate, and the chosen one in words.

    Args:
        searches: Of one run, the first first.
        name: What the run is called.
        most: Searches to show.
    """
    from matplotlib.figure import Figure

    shown = spread(searches, most)
    figure = Figure(figsize=(8.2, 1.25 + 0.22 * len(shown)), layout="constrained")
    axes = figure.subplots()
    for row, search in enumerate(shown):
        _draw_search(axes, row, search)
    rows_down(axes, [f"{search.step:,}" for search in shown])
    axes.set_xlim(left=0 - 0.02 * axes.get_xlim()[1])
    axes.set_ylabel("search after update")
    axes.set_xlabel("mean cross-entropy on that search's own source clips, nats")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handletextpad=0.2, borderpad=0.2)
    head(figure, _title(len(shown), searches, name))
    return figure


def _draw_search(axes: "Axes", row: int, search: Search) -> None:
    finite = [loss for loss in search.losses if loss is not None]
    first = row == 0
    axes.scatter(
        finite, [row] * len(finite), s=14, color=BLUE, alpha=0.35, linewidths=0,
        label="a candidate" if first else None,
    )  # fmt: skip
    said = "nothing: no loss was finite"
    if search.worst is not None:
        axes.scatter(
            [search.worst], [row], s=34, color=VERMILLION, marker="D", edgecolors=PAPER,
            linewidths=0.6, label="the worst, which joins the set" if first else None, zorder=3,
        )  # fmt: skip
        said = words(search.operations)
    broken = len(search.losses) - len(finite)
    note = f" ({broken} not finite)" if broken and search.chosen is not None else ""
    across = axes.get_yaxis_transform()
    text = f"{short(said, LONGEST)}{note}"
    axes.text(1.02, row, text, transform=across, ha="left", va="center", color=INK)


def _title(shown: int, searches: Sequence[Search], name: str) -> str:
    count = len(searches)
    which = f"{count} searches" if shown == count else f"{shown} of {count} searches"
    tried = max(len(search.losses) for search in searches)
    return f"{short(name, 50)}: {which} of {tried} candidates each"
