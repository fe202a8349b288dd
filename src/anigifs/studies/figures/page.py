"""How figures look and are written: white paper, colours for all eyes, print that fits."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.foundation import UsageError, atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 200
INK, PALE, FAINT, PAPER = "#1a1a1a", "#5c5c5c", "#d9d9d9", "#ffffff"
#: Okabe and Ito's colours, which colour-blind people tell apart, without those too light on white.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, INK)
FORMS = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
POINTS = 8  # size of the print
STYLE: dict[Any, Any] = {
    "font.size": POINTS,
    "axes.titlesize": POINTS + 1,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.parse_math": False,  # a "$" in a name is a dollar
    "svg.hashsalt": "anigifs",
    "pdf.fonttype": 42,  # publishers refuse matplotlib's own kind of fonts
}


@contextmanager
def in_style() -> Iterator[None]:
    """Draw as all figures are drawn; a decorator, too."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE), _without_glyph_warnings():
        yield


def form_of(path: Path | str) -> str:
    """Return the format that a file's name asks for.

    Raises:
        UsageError: None that is written.

    Example:
        >>> form_of("figures/hits.SVG")
        'svg'
    """
    form = FORMS.get(Path(path).suffix.lower())
    if form is None:
        raise UsageError(f"{path}: let its name end in {', '.join(FORMS)}")
    return form


@in_style()
def save(figure: "Figure", path: Path | str) -> None:
    """Write a figure as PNG, SVG or PDF, by its name; the same figure is the same bytes.

    Raises:
        UsageError: The name ends otherwise.
    """
    form = form_of(path)
    nameless = {
        "png": {"Software": None},
        "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
        "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
    }
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=form, dpi=DPI, metadata=nameless[form])


def head(figure: "Figure", text: str) -> None:
    """Write a heading at the upper left, in as many lines as it needs.

    The figure is laid out by matplotlib's constrained layout, which makes room for it.
    """
    margin = 0.1  # on both sides, since print on a grid of pixels is a little wider or narrower
    width = float(figure.get_figwidth())
    lines = [
        line for part in text.splitlines() for line in wrapped(part, width - 2 * margin, POINTS + 1)
    ]
    figure.suptitle("\n".join(lines), x=0.6 * margin / width, ha="left", size=POINTS + 1)


def rows_down(axes: "Axes", names: Sequence[str]) -> None:
    """Give axes a named row for each name, at 0, 1 and so on, the first uppermost."""
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.4)
    axes.spines[["top", "right", "left"]].set_visible(False)


def changes_beside(axes: "Axes", changes: Iterable[float], x: float) -> None:
    """Write a change of a share in points beside each row, ending at so many widths of the axes."""
    across = axes.get_yaxis_transform()
    for place, change in enumerate(changes):
        words = in_points(change)
        axes.text(x, place, words, transform=across, ha="right", va="center", color=INK)


def short(name: str, most: int = 40) -> str:
    """Return a name in one line of at most so many characters.

    Example:
        >>> short("arranging flowers", 12)
        'arranging f…'
    """
    name = " ".join(name.split())
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def in_points(change: float) -> str:
    """Return a change of a share in points, with its sign and no sign before a zero.

    Example:
        >>> in_points(0.1234), in_points(-0.0001)
        ('+12.3', '0.0')
    """
    words = f"{100 * change:+.1f}"
    return "0.0" if float(words) == 0 else words.replace("-", "\N{MINUS SIGN}")


def wrapped(text: str, inches: float, points: float = POINTS, *, bold: bool = False) -> list[str]:
    """Return a text in lines no wider than so many inches; what has no space is cut anywhere.

    Example:
        >>> wrapped("contrast 0.60, grayscale", 1.0)
        ['contrast 0.60,', 'grayscale']
    """

    def fits(line: str) -> bool:
        return inches_of(line, points, bold=bold) <= inches

    lines: list[str] = []
    for word in text.split():
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines += _cut(word, fits)
    return lines


def _cut(word: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield the parts of a word that fit on a line, of at least one letter each."""
    while word:
        length = len(word)
        while length > 1 and not fits(word[:length]):
            length -= 1
        yield word[:length]
        word = word[length:]


def inches_of(text: str, points: float = POINTS, *, bold: bool = False) -> float:
    """Return how wide a line of print is."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=points, weight="bold" if bold else "normal")
    with _without_glyph_warnings():
        width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


@contextmanager
def _without_glyph_warnings() -> Iterator[None]:
    """Let a sign that the font lacks be a box: there is nothing that a user could do about it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        yield
