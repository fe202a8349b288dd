"""The picture of a gap: looks as boxes with what they tell, distances beside their scales."""

from collections.abc import Sequence

from anigifs.gap.contrasts import Contrast
from anigifs.gap.endpoints import Distance, Measure
from anigifs.gap.measure import Gap
from anigifs.gap.svg import BLUE, INK, ORANGE, Scale, Sheet
from anigifs.gap.words import MEASURES, error_words, number

WIDTH, MARGIN = 960.0, 24.0
LONGEST_NAME = 40
LOOK_HEIGHT, DISTANCE_HEIGHT = 42.0, 38.0
PLOT, VALUES, GAUGE = (215.0, 590.0), 604.0, (720.0, 880.0)
LABELS = 100.0
SCALES: dict[Measure, str] = {
    "kid": "1 = two classes of {a}",
    "mmd": "1 = two classes of {a}",
    "mmd-within-classes": "1 = two classes of {a}",
    "coral": "1 = {a}'s covariance",
    "a-distance": "1 = never wrong",
}


def draw_gap(gap: Gap) -> str:
    """Return the picture as an SVG file that a browser shows on light or dark paper."""
    sheet = Sheet(WIDTH)
    y = _draw_sides(sheet, gap)
    y = _draw_looks(sheet, gap, y + 30)
    if gap.distances:
        y = _draw_distances(sheet, gap, y + 40)
    return sheet.svg(y + MARGIN, f"What separates {gap.a.name} and {gap.b.name}")


def _draw_sides(sheet: Sheet, gap: Gap) -> float:
    title = f"What separates {_short(gap.a.name)} and {_short(gap.b.name)}"
    sheet.text(MARGIN, 36, title, bold=True, size=17)
    for place, (side, colour) in enumerate(((gap.a, BLUE), (gap.b, ORANGE))):
        y = 60 + 20 * place
        sheet.box(MARGIN, MARGIN + 12, y - 4, 12, colour=colour)
        clips = f"{len(side.rows):,} clips, {side.groups:,} groups"
        sheet.text(MARGIN + 20, y, f"{_short(side.name)}: {clips}")
    return 80.0


def _draw_looks(sheet: Sheet, gap: Gap, y: float) -> float:
    sheet.text(MARGIN, y, "Looks", bold=True, size=15)
    sheet.text(PLOT[0], y, "5 to 95 %, quartiles, median", faint=True, size=12)
    sheet.text(VALUES, y, "median", faint=True, size=12)
    higher = f"chance that {_short(gap.b.name, 24)}'s is higher"
    sheet.text(GAUGE[0], y, higher, faint=True, size=12)
    y += 10
    for one in gap.contrasts:
        _draw_look(sheet, one, y)
        y += LOOK_HEIGHT
    gauge = Scale(0, 1, *GAUGE)
    for value in (0, 0.5, 1):
        sheet.text(gauge(value), y + 12, f"{value:g}", anchor="middle", faint=True, size=11)
    return y + 12


def _draw_look(sheet: Sheet, one: Contrast, top: float) -> None:
    middle = top + LOOK_HEIGHT / 2
    sheet.text(MARGIN, middle + 4, one.title)
    scale = Scale(min(one.a[0], one.b[0]), max(one.a[-1], one.b[-1]), *PLOT)
    for values, colour, y in ((one.a, BLUE, middle - 7), (one.b, ORANGE, middle + 7)):
        sheet.line(scale(values[0]), y, scale(values[4]), y, colour=colour, width=1.5)
        sheet.box(scale(values[1]), scale(values[3]), y, 9, colour=colour, opacity=0.55)
        sheet.box(scale(values[2]) - 1.5, scale(values[2]) + 1.5, y, 11, colour=colour)
        sheet.text(VALUES, y + 4, number(values[2]), colour=colour, size=12)
    gauge = Scale(0, 1, *GAUGE)
    sheet.line(gauge(0), middle, gauge(1), middle, opacity=0.3)
    sheet.line(gauge(0.5), top + 4, gauge(0.5), top + LOOK_HEIGHT - 4, opacity=0.3, dashed=True)
    if one.low is not None and one.high is not None:
        sheet.line(gauge(one.low), middle, gauge(one.high), middle, width=3, opacity=0.6)
    sheet.dot(gauge(one.auc), middle, 5)
    sheet.text(GAUGE[1] + 14, middle + 4, f"{one.auc:.2f}")


def _draw_distances(sheet: Sheet, gap: Gap, y: float) -> float:
    sheet.text(MARGIN, y, "Features", bold=True, size=15)
    sheet.text(LABELS + 14, y, f"of {_short(gap.facts['weights'])}", faint=True, size=12)
    measures = list(dict.fromkeys(one.measure for one in gap.distances))
    endpoints = list(dict.fromkeys(one.endpoint for one in gap.distances))
    top = y + 48
    for place, endpoint in enumerate(endpoints):
        sheet.text(MARGIN, top + (place + 0.68) * DISTANCE_HEIGHT, endpoint)
    column = (WIDTH - MARGIN - LABELS) / len(measures)
    for place, measure in enumerate(measures):
        found = [one for one in gap.distances if one.measure == measure]
        left = LABELS + place * column + 14
        sheet.text(left, y + 22, MEASURES[measure])
        sheet.text(left, y + 38, _scale_words(gap, found), faint=True, size=11)
        _draw_panel(sheet, found, top, left, left + column - 24)
    y = top + len(endpoints) * DISTANCE_HEIGHT + 38
    sheet.box(LABELS + 14, LABELS + 38, y - 4, 12, colour=INK, opacity=0.2)
    meant = "up to the largest between two random halves of one side: what chance makes of nothing"
    sheet.text(LABELS + 46, y, meant, faint=True, size=12)
    return y


def _draw_panel(
    sheet: Sheet, found: Sequence[Distance], top: float, left: float, right: float
) -> None:
    """Draw one measure at every endpoint, as multiples of its scale."""
    rows = [[_scaled(one, end) for end in (one.low, one.high, one.halves)] for one in found]
    most = 1.0 if _has_scales(found) else 0.0
    scale = Scale(min(0.0, *map(min, rows)), max(most, *map(max, rows)), left, right)
    bottom = top + len(found) * DISTANCE_HEIGHT
    for value in (0.0, most or scale.high):
        sheet.line(scale(value), top, scale(value), bottom, opacity=0.4, dashed=value != 0)
        sheet.text(scale(value), bottom + 14, number(value), anchor="middle", faint=True, size=11)
    for place, (one, (low, high, halves)) in enumerate(zip(found, rows, strict=True)):
        middle = top + (place + 0.7) * DISTANCE_HEIGHT
        sheet.box(scale(0), scale(max(halves, 0.0)), middle, 14, colour=INK, opacity=0.2)
        sheet.line(scale(low), middle, scale(high), middle, width=2)
        sheet.dot(scale(_scaled(one, one.value)), middle)
        words = next(error_words(one), f"{round(_scaled(one, one.value), 2) + 0.0:.2f}")
        sheet.text(scale(0) + 4, middle - 11, words, size=11)


def _scaled(one: Distance, value: float | None) -> float:
    return (one.value if value is None else value) / (one.scale or 1)


def _has_scales(found: Sequence[Distance]) -> bool:
    return all(one.scale is not None for one in found)


def _scale_words(gap: Gap, found: Sequence[Distance]) -> str:
    if not _has_scales(found):
        return "as it is"
    return SCALES[found[0].measure].format(a=_short(gap.a.name, 14))


def _short(name: str, longest: int = LONGEST_NAME) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
