"""How what a model scores changes over its updates, method by method: from a sweep's records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anigifs.foundation import UsageError
from anigifs.studies.figures.page import COLOURS, FAINT, head, in_style, short
from anigifs.studies.sections import row_title
from anigifs.studies.sweep.records import read_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = len(COLOURS)
"""Methods in one figure, which differ in colour."""


@dataclass
class Curve:
    """One run of a sweep on one set of clips.

    Attributes:
        run: Its key.
        title: What a table calls it.
        set: The key of the set.
        set_title: Of the set.
        top1: By seed, top-1 accuracy (0..1) by update.
    """

    run: str
    title: str
    set: str
    set_title: str
    top1: dict[int, dict[int, float]] = field(default_factory=dict)

    @property
    def steps(self) -> list[int]:
        """The updates at which every seed was tested."""
        common = set.intersection(*(set(one) for one in self.top1.values()))
        return sorted(common)

    @property
    def mean(self) -> list[float]:
        """Top-1 at each of those, the mean over seeds."""
        return [float(np.mean([one[step] for one in self.top1.values()])) for step in self.steps]


def read_curves(out: Path, runs: Sequence[str] = ()) -> list[Curve]:
    """Return the curves in a sweep's records, by run and set.

    Args:
        out: The sweep's folder.
        runs: Keys of runs, in the order in which they are wanted; none are all.

    Raises:
        UsageError: There are none, none of a run that was named, or two of one run and seed, as
            records of another plan are left where they are.
    """
    found: dict[tuple[str, str], Curve] = {}
    drawn: dict[tuple[str, int], str] = {}
    for own, record in read_all(out).items():
        run, seed = record["run"], record["seed"]
        if record.get("curve") and (other := drawn.setdefault((run, seed), own)) != own:
            raise UsageError(
                f"{out}: two curves of {run}, seed {seed}: {other} and {own}; move the record of "
                "another plan away"
            )
        title = row_title(record["title"], bool(record.get("oracle")))
        titles = {test["set"]: test["set_title"] for test in record["tests"]}
        for point in record.get("curve", ()):
            of_set = point["set"]
            curve = found.setdefault(
                (run, of_set),
                Curve(run, title, of_set, titles[of_set]),
            )
            curve.top1.setdefault(record["seed"], {})[point["step"]] = point["top1"]
    there = list(dict.fromkeys(run for run, _ in found))
    if not found:
        raise UsageError(f"{out}: no learning curves; docs/sweep.md says how a plan asks for them")
    if unknown := [name for name in runs if name not in there]:
        raise UsageError(f"{out}: no curve of {unknown[0]!r}; there are {', '.join(there)}")
    wanted = list(runs) or there
    return [curve for (run, _), curve in found.items() if run in wanted and curve.steps]


@in_style()
def draw_curves(curves: Sequence[Curve], order: Sequence[str] = ()) -> "Figure":
    """Return the figure: a panel a set, a line a run, thin lines its seeds.

    Args:
        curves: At least one.
        order: Keys of runs, in the order of the legend.

    Raises:
        UsageError: There are more runs than colours.
    """
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(one.set for one in curves))
    runs = list(order) or list(dict.fromkeys(one.run for one in curves))
    if len(runs) > MOST:
        raise UsageError(f"{len(runs)} runs in one figure; choose {MOST} at most")
    colours = dict(zip(runs, COLOURS, strict=False))
    figure = Figure(figsize=(0.6 + 3.4 * len(sets), 3.4), layout="constrained")
    panels: Sequence[Axes] = figure.subplots(1, len(sets), squeeze=False)[0]
    for axes, of_set in zip(panels, sets, strict=True):
        own = {one.run: one for one in curves if one.set == of_set}
        _draw_panel(axes, [own[run] for run in runs if run in own], colours)
    panels[0].set_ylabel("top-1 accuracy, %")
    handles, labels = panels[0].get_legend_handles_labels()
    columns = 3 if max(map(len, labels)) <= 34 else 2  # longer ones would run out of the page
    figure.legend(handles, labels, loc="outside lower left", ncols=columns)
    head(figure, _title(curves))
    return figure


def _draw_panel(axes: "Axes", curves: Sequence[Curve], colours: Mapping[str, str]) -> None:
    for curve in curves:
        colour = colours[curve.run]
        for by_step in curve.top1.values() if len(curve.top1) > 1 else ():
            steps = sorted(by_step)
            values = [100 * by_step[step] for step in steps]
            axes.plot(steps, values, color=colour, linewidth=0.6, alpha=0.35)
        axes.plot(
            curve.steps, [100 * one for one in curve.mean], color=colour, linewidth=1.8, marker="o",
            markersize=3.5, label=short(curve.title, 52),
        )  # fmt: skip
    axes.set_title(short(curves[0].set_title, 40), loc="left")
    axes.set_xlabel("updates")
    axes.set_xticks(sorted({step for one in curves for step in one.steps}))
    axes.grid(axis="y", color=FAINT, linewidth=0.4)
    axes.spines[["top", "right"]].set_visible(False)


def _title(curves: Sequence[Curve]) -> str:
    counts = sorted({len(one.top1) for one in curves})
    seeds = " or ".join(map(str, counts))
    if counts == [1]:
        return "Learning curves, one seed"
    return f"Learning curves: thick, the mean of {seeds} seeds; thin, each"
