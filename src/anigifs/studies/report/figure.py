"""The figure of the tables: the top-1 of every row with its interval, as SVG inside a page."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from anigifs.studies.paper.table import Line, PaperTable
from anigifs.studies.sections import percent, row_title, share_words

#: A phone shows it as large as it is.
WIDTH = 330
LEFT, RIGHT = 6, 212
TITLE_PX, NAME_PX, PLOT_PX, NUMBER_PX = 30, 19, 19, 26
LONGEST_NAME = 46
TICKS = (0, 20, 40, 60, 80, 100)
DIAMOND = ((-6, 0), (0, -6), (6, 0), (0, 6))
SQUARE = ((-4, -4), (4, -4), (4, 4), (-4, 4))
#: In the place of the longer mark, for which a phone has no room; the caption says it in full.
SEES = "(sees target)"


def draw_rows(tables: Sequence[PaperTable], chance: float | None = None) -> Markup:
    """Return the figure as an ``<svg>`` element, coloured by the page's style sheet.

    A row is a dot with a line across its interval; an oracle is a hollow diamond, what has seen a
    target without labels a hollow square, and their names say so, too.

    Args:
        tables: Of the studies; rows that have not been tested are left out.
        chance: Top-1 of blind guessing, 0..1, drawn as a dashed line; None draws none.
    """
    shapes: list[Markup] = []
    y = 0.0
    for table in tables:
        lines = [line for line in table.lines if line.cell is not None]
        sets = list(dict.fromkeys(line.row.test for line in lines))
        where = f", tested on {sets[0]}" if len(sets) == 1 else ""
        shapes.append(_text(LEFT, y + 20, f"{table.study.title.partition(':')[0]}{where}", "title"))
        y += TITLE_PX
        top = y
        y += len(lines) * (NAME_PX + PLOT_PX)
        shapes += _grid(top, y, chance)
        for place, line in enumerate(lines):
            shapes += _row(top + place * (NAME_PX + PLOT_PX), line, len(sets) > 1)
        shapes += [_text(_x(tick / 100), y + 14, str(tick), "tick") for tick in TICKS]
        y += 20
    said = "Top-1 accuracy of every row with its interval; the tables below have the same numbers."
    return Markup(
        '<svg class="rows" viewBox="0 0 {} {:g}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, y, said, Markup("\n").join(shapes))


def _grid(top: float, bottom: float, chance: float | None) -> Iterator[Markup]:
    for tick in TICKS:
        yield _line("grid", _x(tick / 100), top, _x(tick / 100), bottom)
    if chance is not None:
        yield _line("chance", _x(chance), top, _x(chance), bottom)


def _row(top: float, line: Line, with_set: bool) -> Iterator[Markup]:
    if line.cell is None:
        return
    share = line.cell.top1
    words = share_words(share)
    ends = "" if share.low is None else words.detail.replace("-", "\N{MINUS SIGN}")
    middle = top + NAME_PX + PLOT_PX / 2 - 2
    yield _text(LEFT, top + NAME_PX - 5, line.row.number, "row")
    yield _text(LEFT + NUMBER_PX, top + NAME_PX - 5, _name(line, with_set), "name")
    yield _text(WIDTH - 2, middle + 4, f"{percent(share.value)} {ends}".strip(), "number")
    if share.low is not None and share.high is not None:
        yield _line("interval", _x(share.low), middle, _x(share.high), middle)
        for end in (end for end in (share.low, share.high) if 0 <= end <= 1):
            yield _line("interval", _x(end), middle - 4, _x(end), middle + 4)
    yield _mark(_x(share.value), middle, line)


def _name(line: Line, with_set: bool) -> str:
    """Return what a row is called: a long name is cut, but what it has seen is always said."""
    where = f" → {line.row.test}" if with_set else ""
    mark = f" {SEES}" if line.adapted else row_title("", line.oracle)
    name, room = f"{line.row.train}{where}", LONGEST_NAME - len(mark)
    return f"{name if len(name) <= room else f'{name[: room - 1]}…'}{mark}"


def _x(share: float) -> float:
    """Return where a share lies; an interval of Student's t may go past the ends."""
    return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)


def _mark(x: float, y: float, line: Line) -> Markup:
    if not (line.oracle or line.adapted):
        return Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(x, y)
    places = DIAMOND if line.oracle else SQUARE
    corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in places)
    return Markup('<polygon class="diamond" points="{}"/>').format(corners)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        kind, x1, y1, x2, y2
    )


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
        kind, x, y, escape(words)
    )
