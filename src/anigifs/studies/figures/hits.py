"""Whether a model learns to look at people: what saliency gating saw over the updates of a run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from anigifs.foundation import UsageError
from anigifs.studies.figures.acts import Check
from anigifs.studies.figures.page import COLOURS, FAINT, head, in_style, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What is shown of each check, and its axis.
PANELS = (
    ("hits", "peak inside the tube,\n% of clips"),
    ("gated", "clips that were\nmasked, %"),
    ("energy", "saliency inside the\ntube, mean %"),
)
WINDOW = 10  # a running mean is over a tenth of the checks
FEW = 20  # below so many checks there is none
#: Of the runs, as their colours: a print may be grey.
MARKS = ("o", "D", "s", "^", "v", "P")
DASHES = ("-", "--", "-.", ":", "-", "--")


def shares_of(checks: Sequence[Check]) -> dict[str, np.ndarray]:
    """Return the share of clips hit and gated, and the energy inside, of each check, 0..1."""
    clips_N = np.array([check.clips for check in checks], float)
    return {
        "hits": np.array([check.inside for check in checks]) / clips_N,
        "gated": np.array([check.gated for check in checks]) / clips_N,
        "energy": np.array([check.energy for check in checks]),
    }


def running_mean(values_N: np.ndarray, weights_N: np.ndarray, window: int) -> np.ndarray:
    """Return the weighted mean around each value, over a window that is cut at both ends.

    Args:
        values_N: What is averaged.
        weights_N: Above 0, one each.
        window: How many values; an even number takes one more.

    Example:
        >>> running_mean(np.array([0.0, 3.0, 6.0, 0.0]), np.ones(4), 3).tolist()
        [1.5, 3.0, 3.0, 3.0]
    """
    kernel = np.ones(2 * (window // 2) + 1)

    def summed(array_N: np.ndarray) -> np.ndarray:
        whole = np.convolve(array_N, kernel)
        return whole[window // 2 : window // 2 + len(array_N)]

    return np.asarray(summed(values_N * weights_N) / summed(weights_N))


@in_style()
def draw_hits(runs: Mapping[str, Sequence[Check]]) -> "Figure":
    """Return the figure: hits, gated clips and energy, one above the other, a colour a run.

    Dots are single checks; of many checks a line shows the running mean over a tenth of them.

    Args:
        runs: The checks of each run, by its name.

    Raises:
        UsageError: There are more runs than colours.
    """
    from matplotlib.figure import Figure

    if len(runs) > len(COLOURS):
        raise UsageError(
            f"{len(runs)} runs; at most {len(COLOURS)} can be told apart in one figure"
        )
    figure = Figure(figsize=(6.6, 5.4), layout="constrained")
    all_axes = figure.subplots(len(PANELS), 1, sharex=True)
    for axes, (key, title) in zip(all_axes, PANELS, strict=True):
        for (name, checks), *look in zip(runs.items(), COLOURS, MARKS, DASHES, strict=False):
            _draw_run(axes, checks, key, short(name, 40), *look)
        axes.set_ylim(-4, 104)
        axes.set_yticks([0, 25, 50, 75, 100])
        axes.set_ylabel(title)
        axes.grid(axis="y", color=FAINT, linewidth=0.4)
        axes.spines[["top", "right"]].set_visible(False)
    all_axes[-1].set_xlabel("update")
    all_axes[0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0.2)
    head(figure, _title(runs))
    return figure


def _draw_run(
    axes: "Axes", checks: Sequence[Check], key: str, name: str, colour: str, mark: str, dash: str
) -> None:
    steps = [check.step for check in checks]
    shares_N = 100 * shares_of(checks)[key]
    if len(checks) < FEW:
        axes.plot(steps, shares_N, color=colour, marker=mark, markersize=3, linewidth=1, label=name)
        return
    axes.plot(
        steps, shares_N, color=colour, marker=mark, markersize=3, markeredgewidth=0, alpha=0.3,
        linestyle="",
    )  # fmt: skip
    clips_N = np.array([check.clips for check in checks], float)
    mean_N = running_mean(shares_N, clips_N, len(checks) // WINDOW)
    axes.plot(steps, mean_N, color=colour, linestyle=dash, linewidth=1.6, label=name)


def _title(runs: Mapping[str, Sequence[Check]]) -> str:
    longest = max(len(checks) for checks in runs.values())
    smooth = f"; lines are running means over {2 * (longest // WINDOW // 2) + 1} checks"
    return f"Saliency of the true class on training clips{smooth if longest >= FEW else ''}"
