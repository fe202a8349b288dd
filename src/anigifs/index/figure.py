"""The bar chart of the most frequent classes, as in the paper's Figure 3."""

import warnings
from collections.abc import Mapping
from pathlib import Path

from anigifs.foundation import UsageError, atomic_path

LONGEST_NAME = 50
BAR = "#3b6ea5"
INK = "#333333"


def draw_classes(classes: Mapping[str, int], path: Path | str, top: int = 40) -> None:
    """Write a PNG with a bar for each of the ``top`` most frequent classes, the first uppermost.

    Args:
        classes: Clips of each class, the most frequent first, as in ``Stats.classes``.
        path: Where to write; the name must end in ``.png``.
        top: How many classes; the paper shows 40.

    Raises:
        UsageError: The name ends otherwise, or there is no class to show.
    """
    from matplotlib.figure import Figure  # half a second, which few need to spend
    from matplotlib.ticker import MaxNLocator

    path = Path(path)
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: the figure is a PNG; let its name end in .png")
    shown = list(classes.items())[: max(top, 0)]
    if not shown:
        raise UsageError(f"{path}: no class with a usable clip to show")
    figure = Figure(figsize=(8, 1.2 + 0.2 * len(shown)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(range(len(shown)), [count for _, count in shown], height=0.75, color=BAR)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8, color=INK)
    axes.set_yticks(range(len(shown)), [_short(name) for name, _ in shown], fontsize=8)
    for text in axes.get_yticklabels():
        text.set_parse_math(False)  # a "$" in a name is a dollar
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.margins(x=0.1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("clips", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_title(_title(len(shown), len(classes), sum(classes.values())), fontsize=10, loc="left")
    with atomic_path(path) as temporary, warnings.catch_warnings():
        # A sign that the font lacks is drawn as a box; there is nothing that a user could do.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(temporary, format="png", dpi=150)


def _title(shown: int, classes: int, clips: int) -> str:
    which = "All" if shown == classes else f"The {shown} most frequent of"
    return f"{which} {classes:,} classes; {clips:,} clips in all"


def _short(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
