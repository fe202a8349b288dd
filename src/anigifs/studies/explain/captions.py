"""Words under pictures: bars of text, drawn once for a clip."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anigifs.saliency.overlays import heat_colours

PAPER, INK, PALE = (255, 255, 255), (20, 20, 20), (95, 95, 95)
MARGIN_PX = 6
TEXT_PX, STRIP_TEXT_PX = 13, 18
RIGHT, WRONG = "\N{CHECK MARK}", "\N{BALLOT X}"


@dataclass(frozen=True)
class Answer:
    """One answer of a model.

    Attributes:
        label: The class.
        share: Its probability, 0..1.
        mark: Whether it is right; None where nobody knows, or it was not the first.
    """

    label: str
    share: float
    mark: bool | None = None

    @property
    def sign(self) -> str:
        """The mark as a character: right and wrong differ in shape, not in colour."""
        return {True: RIGHT, False: WRONG, None: ""}[self.mark]


def bar(width: int, lines: int, text_px: int = TEXT_PX) -> "Bar":
    """Return an empty bar of so many lines of text of a size."""
    return Bar(Image.new("RGB", (width, lines * _line_px(text_px) + MARGIN_PX), PAPER), text_px)


@dataclass(frozen=True, eq=False)
class Bar:
    """A strip of white, to be written on line by line."""

    picture: Image.Image
    text_px: int

    def write(
        self, line: int, text: str, left: int, width: int, *, bold: bool = False, pale: bool = False
    ) -> int:
        """Write text from a place on, cut to a width, and return where it ends."""
        font = font_of(bold, self.text_px)
        text = fitted(text, width, font)
        middle = self._top(line) + _line_px(self.text_px) // 2
        draw = ImageDraw.Draw(self.picture)
        draw.text((left, middle), text, PALE if pale else INK, font, anchor="lm")
        return left + round(font.getlength(text))

    def write_answer(self, line: int, answer: Answer, left: int, width: int) -> None:
        """Write a mark, the class, and at the right end of the width the probability."""
        share, mark_px = f"{100 * answer.share:.1f} %", round(1.25 * self.text_px)
        taken = int(font_of(False, self.text_px).getlength(share)) + 1
        self.write(line, answer.sign, left, mark_px, bold=True)
        self.write(line, answer.label, left + mark_px, width - mark_px - taken - MARGIN_PX)
        self.write(line, share, left + width - taken, taken)

    def show_heats(self, line: int, left: int, width: int) -> None:
        """Draw the colours from the least heat to the most, between two words."""
        start = self.write(line, "less", left, width, pale=True) + MARGIN_PX
        more = int(font_of(False, self.text_px).getlength("more")) + 1
        end = left + width - more - MARGIN_PX
        self.write(line, "more", end + MARGIN_PX, more, pale=True)
        if end > start:
            high = _line_px(self.text_px) // 2
            places = np.linspace(0, 255, end - start).astype(int)
            ramp_HWC = np.broadcast_to(heat_colours()[places], (high, end - start, 3))
            ramp = Image.fromarray(np.ascontiguousarray(ramp_HWC))
            self.picture.paste(ramp, (start, self._top(line) + high // 2))

    @property
    def pixels(self) -> np.ndarray:
        """uint8 ``(H, W, 3)``."""
        return np.asarray(self.picture)

    def _top(self, line: int) -> int:
        return MARGIN_PX // 2 + line * _line_px(self.text_px)


def inline(answers: Sequence[Answer]) -> str:
    """Return answers in one line.

    Example:
        >>> inline([Answer("squat", 0.9, mark=False), Answer("lunge", 0.08)])
        '✗ squat 90.0 %    lunge 8.0 %'
    """
    return "    ".join(
        f"{answer.sign} {answer.label} {100 * answer.share:.1f} %".strip() for answer in answers
    )


def fitted(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """Return a text in one line, no wider than so many pixels: its end gives way to an ellipsis."""
    text = "".join(character if character.isprintable() else " " for character in text)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


@cache
def font_of(bold: bool, text_px: int) -> ImageFont.FreeTypeFont:
    """Return the font that matplotlib brings along: every machine has the same, with its marks."""
    import matplotlib as mpl

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(mpl.get_data_path(), "fonts", "ttf", name)
    # The other engine is not on every machine, and refuses some characters.
    return ImageFont.truetype(path, text_px, layout_engine=ImageFont.Layout.BASIC)


def _line_px(text_px: int) -> int:
    return round(1.45 * text_px)
