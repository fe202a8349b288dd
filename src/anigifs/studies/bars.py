"""The bar figure of a table: top-1 of every model on every set, with intervals, as SVG."""

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from anigifs.studies.cells import ModelRow, Share, Table
from anigifs.studies.sections import row_title, share_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Of Okabe and Ito's colours, which colour-blind people tell apart, those that are seen on white
#: and on black; a bar's name stands above it besides.
COLOURS = ("#0072b2", "#d55e00", "#008f68", "#a8558a", "#8a7a00", "#6b6b6b")
#: Colours of matplotlib that stand for the page's own, and become ``currentColor``.
INK = "#010203"
WIDTH_INCHES = 4.3
LINE_INCHES = 0.19
LONGEST_NAME = 32
STYLE: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "anigifs", "font.size": 10}


def draw_bars(table: Table, chance: float | None = None) -> str:
    """Return the figure as an ``<svg>`` element to stand inside a page, whose ink it takes.

    Args:
        table: The numbers.
        chance: Top-1 of blind guessing, 0..1, marked on each bar; None draws none.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    groups = [
        (
            column.title,
            [(row, cell.top1) for row in table.rows if (cell := row.cells[place]) is not None],
        )
        for place, column in enumerate(table.columns)
    ]
    lines = sum(1.7 + 2 * len(bars) for _, bars in groups)
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = Figure(figsize=(WIDTH_INCHES, lines * LINE_INCHES + 0.6))
        figure.subplots_adjust(
            left=0.02, right=0.96, top=1, bottom=0.6 / (lines * LINE_INCHES + 0.6)
        )
        axes = figure.subplots()
        line = 0.0
        for title, bars in groups:
            _write(axes, line + 0.8, title, weight="bold")
            line += 1.4
            for row, share in bars:
                _draw_bar(axes, line, row, share, table.rows.index(row))
                if chance is not None:
                    axes.plot(
                        [100 * chance] * 2, [line + 0.9, line + 1.7], color=INK, linewidth=0.8
                    )
                line += 2
            line += 0.3
        _draw_axis(axes, lines)
        buffer = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    return _inline(buffer.getvalue())


def _draw_bar(axes: "Axes", line: float, row: ModelRow, share: Share, place: int) -> None:
    colour = COLOURS[place % len(COLOURS)]
    name = row_title(row.title, row.oracle)
    name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    _write(axes, line + 0.55, name)
    words = share_words(share)
    _write(axes, line + 0.55, f"{words.main}  {words.detail}", x=100, ha="right")
    axes.barh(
        line + 1.3,
        100 * share.value,
        height=0.62,
        edgecolor=colour,
        facecolor="none" if row.oracle else colour,
        hatch="//////" if row.oracle else None,
        linewidth=1,
    )
    if share.low is not None and share.high is not None:
        ends = 100 * share.low, 100 * share.high
        axes.plot(ends, [line + 1.3] * 2, color=INK, linewidth=1.2, solid_capstyle="butt")
        axes.plot(ends, [line + 1.3] * 2, color=INK, linestyle="", marker="|", markersize=6)


def _write(
    axes: "Axes", line: float, text: str, x: float = 0, ha: str = "left", weight: str = "normal"
) -> None:
    axes.text(x, line, text, ha=ha, va="center", color=INK, weight=weight, parse_math=False)


def _draw_axis(axes: "Axes", lines: float) -> None:
    axes.set_xlim(-0.3, 100.3)
    axes.set_ylim(lines, 0)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 20))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(axis="x", colors=INK)
    axes.set_xlabel("top-1 accuracy, %", color=INK)


def _inline(svg: str) -> str:
    """Return the bare element, with the page's ink and no size but its proportions."""
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    return re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
