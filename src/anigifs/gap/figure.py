"""The picture of a fall taken apart: what each factor explains, alone and among the others."""

from collections.abc import Sequence

from anigifs.evaluation.intervals import Estimate
from anigifs.gap.apart import Apart, Interaction
from anigifs.gap.svg import BLUE, INK, ORANGE, Scale, Sheet

WIDTH, MARGIN = 820.0, 24.0
PLOT, VALUES = (150.0, 580.0), 596.0
ROW, LINE, CELL = 58.0, 26.0, (104.0, 34.0)
LANE = 17.0  # from a bar's middle to the marks over and under it
MINUS = "\N{MINUS SIGN}"
TICKS = (1, 2, 5, 10, 20, 50)
MOST_TICKS = 8
FAINTEST, STRONGEST = 0.08, 0.6


def draw_apart(apart: Apart, source: str = "film", target: str = "flat cartoons") -> str:
    """Return the picture as an SVG file that a browser shows on light or dark paper.

    Args:
        apart: The fall.
        source: What a clip is called that has none of the factors.
        target: What it is called with all of them.
    """
    sheet, scale = Sheet(WIDTH), _scale(apart)
    y = _draw_head(sheet, apart, source, target)
    y = _draw_factors(sheet, apart, scale, y)
    if apart.only_added:
        title = f"Only added to {source}: it cannot be removed from {target}"
        y = _draw_added(sheet, apart, scale, y + 46, title)
    if apart.interactions:
        y = _draw_interactions(sheet, apart, y + 46)
    return sheet.svg(y + MARGIN, f"From {source} to {target}: what each factor explains")


def _draw_head(sheet: Sheet, apart: Apart, source: str, target: str) -> float:
    ends = list(apart.accuracy.values())
    sheet.text(MARGIN, 36, f"From {source} to {target}", bold=True, size=17)
    sheet.text(
        MARGIN,
        60,
        f"Top-1 falls from {100 * ends[0].value:.1f} % to {100 * ends[-1].value:.1f} %: by "
        f"{_points(apart.fall)} points, on {apart.fall.n} clips",
    )
    sheet.box(MARGIN, MARGIN + 24, 82, 13, colour=BLUE, opacity=STRONGEST)
    sheet.text(MARGIN + 32, 86, "its share of the fall", size=12)
    sheet.dot(MARGIN + 180, 82, colour=INK)
    sheet.text(MARGIN + 190, 86, f"what it costs, added alone to {source}", size=12)
    sheet.dot(MARGIN + 428, 82, colour=ORANGE)
    sheet.text(MARGIN + 438, 86, f"what it gives back, removed alone from {target}", size=12)
    return 116.0


def _draw_factors(sheet: Sheet, apart: Apart, scale: Scale, top: float) -> float:
    bottom = top + len(apart.factors) * ROW
    _draw_axis(sheet, scale, top, bottom)
    whole = scale(100 * apart.fall.value)
    sheet.line(whole, top, whole, bottom, colour=INK, dashed=True)
    sheet.text(whole, top - 3, "whole fall", anchor="middle", faint=True, size=11)
    for place, factor in enumerate(apart.factors):
        y = top + (place + 0.5) * ROW
        sheet.text(MARGIN, y + 4, factor.name, bold=True)
        share = 100 * factor.share.value
        sheet.box(scale(0), scale(share), y, 16, colour=BLUE, opacity=STRONGEST)
        _draw_interval(sheet, factor.share, scale, y)
        _draw_mark(sheet, factor.added, scale, y - LANE, INK)
        _draw_mark(sheet, factor.removed, scale, y + LANE, ORANGE)
        sheet.text(VALUES, y - 2, f"{_points(factor.share)} points")
        if apart.fall.value > 0:
            of_all = f"{100 * factor.share.value / apart.fall.value:.0f} % of the fall"
            sheet.text(VALUES, y + 14, of_all, faint=True, size=12)
    return bottom + 32


def _draw_added(sheet: Sheet, apart: Apart, scale: Scale, top: float, title: str) -> float:
    sheet.text(MARGIN, top, title, bold=True)
    top += 14
    bottom = top + len(apart.only_added) * LINE
    _draw_axis(sheet, scale, top, bottom)
    for place, (name, cost) in enumerate(apart.only_added.items()):
        y = top + (place + 0.5) * LINE
        sheet.text(MARGIN, y + 4, name)
        _draw_mark(sheet, cost, scale, y, INK)
        sheet.text(VALUES, y + 4, f"{_points(cost)} points")
    return bottom + 32


def _draw_interactions(sheet: Sheet, apart: Apart, top: float) -> float:
    sheet.text(MARGIN, top, "Interactions, in points", bold=True)
    names = [factor.name for factor in apart.factors]
    rows, columns = names[:-1], names[1:]
    found = {(one.one, one.other): one for one in apart.interactions}
    most = max(abs(one.value.value) for one in apart.interactions) or 1.0
    left, top = PLOT[0], top + 34
    for place, name in enumerate(columns):
        x = left + (place + 0.5) * CELL[0]
        sheet.text(x, top - 8, name, anchor="middle", size=12)
    for down, one in enumerate(rows):
        y = top + (down + 0.5) * CELL[1]
        sheet.text(MARGIN, y + 4, one)
        for across, other in enumerate(columns):
            if (pair := found.get((one, other))) is not None:
                _draw_cell(sheet, pair, left + across * CELL[0], y, most)
    bottom = top + len(rows) * CELL[1]
    for line, (colour, words) in enumerate(
        (
            (ORANGE, "worse together than the sum of both"),
            (BLUE, "either does some of what the other does"),
        )
    ):
        y = bottom + 24 + 20 * line
        sheet.box(MARGIN, MARGIN + 24, y - 4, 13, colour=colour, opacity=STRONGEST)
        sheet.text(MARGIN + 32, y, words, size=12)
    y = bottom + 64
    sheet.text(MARGIN, y, "Bold: the interval leaves out 0.", faint=True, size=12)
    return y


def _draw_cell(sheet: Sheet, pair: Interaction, left: float, y: float, most: float) -> None:
    value = pair.value.value
    opacity = FAINTEST + (STRONGEST - FAINTEST) * abs(value) / most
    colour = ORANGE if value > 0 else BLUE
    width, height = CELL
    sheet.box(left + 2, left + width - 2, y, height - 4, colour=colour, opacity=opacity)
    sheet.text(
        left + width / 2, y + 4, _signed(value), anchor="middle", bold=_leaves_out_0(pair.value)
    )


def _draw_mark(sheet: Sheet, cost: Estimate, scale: Scale, y: float, colour: str) -> None:
    if cost.low is not None and cost.high is not None:
        ends = scale(100 * cost.low), scale(100 * cost.high)
        sheet.line(ends[0], y, ends[1], y, colour=colour, width=1.5, opacity=0.6)
    sheet.dot(scale(100 * cost.value), y, colour=colour)


def _draw_interval(sheet: Sheet, share: Estimate, scale: Scale, y: float) -> None:
    if share.low is None or share.high is None:
        return
    low, high = scale(100 * share.low), scale(100 * share.high)
    sheet.line(low, y, high, y, width=1.5)
    for end in (low, high):
        sheet.line(end, y - 5, end, y + 5, width=1.5)


def _draw_axis(sheet: Sheet, scale: Scale, top: float, bottom: float) -> None:
    for value in _ticks(scale.low, scale.high):
        x = scale(value)
        sheet.line(x, top, x, bottom, opacity=0.5 if value == 0 else 0.15)
        sheet.text(x, bottom + 15, f"{value:g}".replace("-", MINUS), anchor="middle", size=11)
    sheet.text(scale.left - 14, bottom + 15, "points", anchor="end", faint=True, size=11)


def _scale(apart: Apart) -> Scale:
    """Return the scale in points, the same for all that is drawn on one."""
    each = [one for factor in apart.factors for one in (factor.share, factor.added, factor.removed)]
    drawn = [*each, *apart.only_added.values()]
    ends = [end for one in drawn for end in (one.value, one.low, one.high) if end is not None]
    ends.append(apart.fall.value)
    low, high = 100 * min(0.0, *ends), 100 * max(0.0, *ends)
    room = 0.03 * max(high - low, 1.0)
    return Scale(low - room, high + room, *PLOT)


def _ticks(low: float, high: float) -> Sequence[int]:
    step = next((one for one in TICKS if (high - low) / one <= MOST_TICKS), 100)
    return range(-int(-low // step) * step, int(high // step) * step + 1, step)


def _points(one: Estimate) -> str:
    """Return a share in points with its interval, in words."""
    words = _signed(one.value, plus="")
    if one.low is None or one.high is None:
        return words
    return f"{words} [{_signed(one.low, plus='')}, {_signed(one.high, plus='')}]"


def _signed(value: float, plus: str = "+") -> str:
    rounded = round(100 * value, 1) + 0.0
    sign = plus if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def _leaves_out_0(one: Estimate) -> bool:
    return one.low is not None and one.high is not None and not one.low <= 0 <= one.high
