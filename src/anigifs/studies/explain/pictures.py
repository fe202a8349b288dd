"""Clips with heat over them and words under it: GIF, MP4, and a strip of frames as PNG."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image
from torch import Tensor

from anigifs.foundation import write_bytes
from anigifs.media import write_gif, write_mp4
from anigifs.saliency import heat_of, outlined, overlay
from anigifs.studies.explain.captions import MARGIN_PX, PAPER, STRIP_TEXT_PX, Answer, bar, inline
from anigifs.studies.explain.timing import MP4_FPS, at_rate, gif_delays

Form = Literal["gif", "png", "mp4"]
LEAST_PX = 224  # height of a shown frame: smaller clips are enlarged
SPACE_PX = 4
STRIP_FRAMES = 8


@dataclass(frozen=True, eq=False)
class Subject:
    """A clip to be shown, as the models saw it.

    Attributes:
        frames_THWC: uint8 RGB, square.
        shown_ms: How long each frame plays.
        label: What the clip shows, where that is known.
        tube_THW: bool, where the labelled people are; None where that is not known.
    """

    frames_THWC: np.ndarray
    shown_ms: tuple[float, ...]
    label: str | None = None
    tube_THW: np.ndarray | None = None

    @property
    def pixels(self) -> int:
        """Height and width of a shown frame: a multiple of the model's."""
        size = int(self.frames_THWC.shape[1])
        return size * math.ceil(LEAST_PX / size)

    @cached_property
    def enlarged_THWC(self) -> np.ndarray:
        """The frames at the size at which they are shown."""
        side = (self.pixels, self.pixels)
        return np.stack(
            [cv2.resize(f, side, interpolation=cv2.INTER_CUBIC) for f in self.frames_THWC]
        )

    def outlined(self, frames_THWC: np.ndarray) -> np.ndarray:
        """Return shown frames with a line around the labelled people, where those are known."""
        return frames_THWC if self.tube_THW is None else outlined(frames_THWC, self.tube_THW)


@dataclass(frozen=True, eq=False)
class Side:
    """What one model said of a clip, and where it looked.

    Attributes:
        title: The model's name.
        answers: The likeliest, best first.
        map_THW: Evidence, on an endpoint's grid.
    """

    title: str
    answers: tuple[Answer, ...]
    map_THW: Tensor

    def laid_over(self, subject: Subject) -> np.ndarray:
        """Return the clip's frames with this model's heat over them."""
        heat_THW = heat_of(self.map_THW, len(subject.frames_THWC), subject.pixels)
        return subject.outlined(overlay(subject.enlarged_THWC, heat_THW))


def write_pictures(
    stem: Path, subject: Subject, sides: Sequence[Side], about: str, forms: Sequence[Form]
) -> list[Path]:
    """Write a clip in the forms that are asked for, and return the files.

    Args:
        stem: Of the files' paths, without an ending.
        subject: The clip.
        sides: The models, one or several, which stand beside each other.
        about: What the heat is evidence of, in words.
        forms: ``gif`` and ``mp4`` move as the clip does; ``png`` is a strip of frames.
    """
    files = {form: stem.with_name(f"{stem.name}.{form}") for form in forms}
    if "gif" in files or "mp4" in files:
        moving_THWC = moving(subject, sides, about)
        if "gif" in files:
            write_gif(files["gif"], moving_THWC, gif_delays(subject.shown_ms))
        if "mp4" in files:
            # One of an hour has 180,000 frames, which no memory would hold.
            write_mp4(files["mp4"], moving_THWC, MP4_FPS, order=at_rate(subject.shown_ms))
    if "png" in files:
        buffer = io.BytesIO()
        Image.fromarray(strip_of(subject, sides, about)).save(buffer, format="PNG", optimize=True)
        write_bytes(files["png"], buffer.getvalue())
    return list(files.values())


def moving(subject: Subject, sides: Sequence[Side], about: str) -> np.ndarray:
    """Return the frames of an animation: the clip, each model's heat, and words.

    Returns:
        uint8 RGB, as many frames as the clip's.
    """
    panels = [subject.outlined(subject.enlarged_THWC), *(side.laid_over(subject) for side in sides)]
    size = subject.pixels
    width = len(panels) * (size + SPACE_PX) - SPACE_PX
    head = bar(width, 1)
    head.write(0, _heading(subject, about), MARGIN_PX, width - 2 * MARGIN_PX, bold=True)
    foot = bar(width, 1 + max(2, *(len(side.answers) for side in sides)))
    inner = size - 2 * MARGIN_PX
    foot.show_heats(0, MARGIN_PX, inner)
    foot.write(1, "of the evidence in this clip", MARGIN_PX, inner, pale=True)
    if subject.tube_THW is not None:
        foot.write(2, "white line: labelled people", MARGIN_PX, inner, pale=True)
    for number, side in enumerate(sides, start=1):
        left = number * (size + SPACE_PX) + MARGIN_PX
        foot.write(0, side.title, left, inner, bold=True)
        for line, answer in enumerate(side.answers, start=1):
            foot.write_answer(line, answer, left, inner)
    still = [
        np.broadcast_to(one.pixels, (len(panels[0]), *one.pixels.shape)) for one in (head, foot)
    ]
    return np.concatenate([still[0], _joined(panels, axis=2), still[1]], axis=1)


def strip_of(subject: Subject, sides: Sequence[Side], about: str) -> np.ndarray:
    """Return some frames side by side, and below them as each model sees them; uint8 RGB."""
    frames = len(subject.frames_THWC)
    shown = np.rint(np.linspace(0, frames - 1, min(frames, STRIP_FRAMES))).astype(int)
    rows = [_joined(list(subject.outlined(subject.enlarged_THWC)[shown]), axis=1)]
    lines = [(_heading(subject, about), "")]
    for side in sides:
        rows.append(_joined(list(side.laid_over(subject)[shown]), axis=1))
        lines.append((side.title, inline(side.answers)))
    width = rows[0].shape[1]
    parts = []
    for row, (title, text) in zip(rows, lines, strict=True):
        above = bar(width, 1, STRIP_TEXT_PX)
        end = above.write(0, title, MARGIN_PX, width - 2 * MARGIN_PX, bold=True) + STRIP_TEXT_PX
        above.write(0, text, end, width - end - MARGIN_PX)
        parts += [above.pixels, row]
    return np.concatenate(parts)


def _heading(subject: Subject, about: str) -> str:
    truth = f"true: {subject.label}  ·  " if subject.label is not None else ""
    return f"{truth}heat: evidence for {about}"


def _joined(parts: list[np.ndarray], axis: int) -> np.ndarray:
    """Return pictures side by side, with paper between."""
    shape = list(parts[0].shape)
    shape[axis] = SPACE_PX
    space = np.broadcast_to(np.array(PAPER, np.uint8), shape)
    spaced = [one for part in parts for one in (space, part)][1:]
    return np.concatenate(spaced, axis=axis)
