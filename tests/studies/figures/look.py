"""What a person would object to in a figure: print that runs into other print, or off the page."""

from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from anigifs.studies.figures.page import DPI

SLACK = 2.0  # pixels: boxes of print are larger than its ink
SMALLEST = 6  # points


def print_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return every piece of print with its box in pixels, as the figure is drawn."""
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    unseen = {label for axis in figure.findobj(Axis) for label in _beyond(axis)}
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_visible() and text.get_text() and text not in unseen
    ]


def assert_legible(figure: Figure) -> None:
    """Fail where print overlaps, leaves the page, or is too small to be read."""
    found = print_of(figure)
    assert found
    page = figure.bbox
    for text, box in found:
        inside = (
            box.x0 >= -SLACK
            and box.y0 >= -SLACK
            and box.x1 <= page.x1 + SLACK
            and box.y1 <= page.y1 + SLACK
        )
        assert inside, f"{text!r} leaves the page: {box} of {page}"
    for (first, one), (second, other) in combinations(found, 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(width, height) <= SLACK, f"{first!r} runs into {second!r}"
    sizes = [float(text.get_fontsize()) for text in figure.findobj(Text) if isinstance(text, Text)]
    assert min(sizes) >= SMALLEST


def _beyond(axis: object) -> list[Text]:
    """Return labels of ticks that lie beyond an axis's ends, or are switched off: not drawn."""
    assert isinstance(axis, Axis)
    low, high = sorted(axis.get_view_interval())
    ticks = axis.get_major_ticks() + axis.get_minor_ticks()
    return [
        label
        for tick in ticks
        for label, on in ((tick.label1, tick.label1.get_visible()), (tick.label2, False))
        if not on or not low <= tick.get_loc() <= high
    ]
