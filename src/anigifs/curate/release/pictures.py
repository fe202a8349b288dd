"""The pictures of a release: examples with the failing criterion, and the most frequent classes."""

import textwrap
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anigifs.curate.release.examples import FRAMES, Example, Group
from anigifs.foundation import atomic_path
from anigifs.index import draw_classes

INK, PALE = "#1a1a1a", "#5c5c5c"
DPI = 150
#: In inches: a frame's side, the words at its left, the rest.
SIDE, WORDS, GAP, ROW_GAP, HEADING, MARGIN = 0.9, 1.9, 0.04, 0.08, 0.34, 0.12
EMPTY = 0.25  # height of a group without examples
LETTERS = 30  # of a line beside the frames
_STYLE: dict[Any, Any] = {"font.size": 8, "text.parse_math": False}  # a "$" is a dollar


def draw_most_frequent(classes: Mapping[str, int], path: Path, top: int) -> None:
    """Draw the most frequent classes, as the paper's Figure 3; the same counts, the same bytes."""
    from PIL import Image

    draw_classes(classes, path, top)
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    with atomic_path(path) as temporary:
        # Anew, without the text in which the drawing program names itself and its version.
        Image.frombytes("RGB", picture.size, picture.tobytes()).save(temporary, format="png")


def draw_examples(groups: Sequence[Group], path: Path) -> None:
    """Draw accepted and rejected items, as the paper's Figure 2, as a PNG."""
    import matplotlib as mpl

    with (
        mpl.rc_context(_STYLE),
        atomic_path(path) as temporary,
        warnings.catch_warnings(),
    ):
        # A sign that the font lacks is drawn as a box; there is nothing that a user could do.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = _Sheet(groups).figure
        figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})


class _Sheet:
    """The figure of examples, filled from above; lengths are inches."""

    def __init__(self, groups: Sequence[Group]) -> None:
        from matplotlib.figure import Figure

        rows = sum(len(group.examples) * (SIDE + ROW_GAP) or EMPTY for group in groups)
        self._height = 2 * MARGIN + len(groups) * HEADING + rows
        self._width = 2 * MARGIN + WORDS + FRAMES * (SIDE + GAP)
        self.figure = Figure(figsize=(self._width, self._height), dpi=DPI)
        top = MARGIN
        for group in groups:
            self._write(MARGIN, top + 0.08, group.heading, weight="bold", size=9)
            top += HEADING
            if not group.examples:
                self._write(MARGIN, top, _none_of(group.items), color=PALE)
                top += EMPTY
            for example in group.examples:
                self._show(example, top)
                top += SIDE + ROW_GAP

    def _show(self, example: Example, top: float) -> None:
        label = textwrap.wrap(example.label, LETTERS - 4, max_lines=3, placeholder="…")
        credit = [
            line
            for text, most in zip(example.credit, (2, 1), strict=True)
            for line in textwrap.wrap(text, LETTERS, max_lines=most, placeholder="…")
        ]
        self._write(MARGIN, top, "\n".join(label))
        self._write(MARGIN, top + 0.16 * len(label) + 0.02, "\n".join(credit), color=PALE, size=7)
        for place, frame_HWC in enumerate(example.frames_THWC):
            left = MARGIN + WORDS + place * (SIDE + GAP)
            axes = self.figure.add_axes(
                (left / self._width, 1 - (top + SIDE) / self._height,
                 SIDE / self._width, SIDE / self._height),
                zorder=5,  # above words that are too long
            )  # fmt: skip
            axes.set_axis_off()
            axes.set_anchor("NW")
            axes.imshow(frame_HWC, interpolation="antialiased")

    def _write(
        self,
        left: float,
        top: float,
        text: str,
        **how: Any,  # noqa: ANN401 - matplotlib's own
    ) -> None:
        x, y = left / self._width, 1 - top / self._height
        self.figure.text(x, y, text, ha="left", va="top", **{"color": INK, **how})


def _none_of(items: int) -> str:
    return f"of {items:,}, none may be shown to others" if items else "none"
