"""How the web's GIFs are written: local palettes, partial frames, holes, every disposal method."""

from collections.abc import Sequence

import numpy as np

from anigifs.media.gif_encode import GifPart, bounds
from anigifs.puppets.cartoon.drawing import Drawing

#: What an encoder may do; a sticker has a way of its own.
HABITS = ("whole", "changes", "local", "returns")


def parts_of(
    drawing: Drawing, delays_ms: Sequence[int], habit: str, *, interlaced: bool = False
) -> tuple[list[GifPart], np.ndarray | None]:
    """Return the frames of a GIF that shows a drawing, and its global palette, if it has one.

    Args:
        drawing: What every frame shows.
        delays_ms: How long.
        habit: ``whole`` frames; ``changes``, the rectangle that changed with holes where it did
            not; ``local``, the same with a palette a frame; ``returns``, each frame over the first
            one, which comes back after it; or ``sticker``, which leaves nothing behind.
        interlaced: Whether rows are stored in four passes.
    """
    if habit == "sticker":
        return _sticker(drawing, delays_ms, interlaced=interlaced), drawing.palette
    frames = drawing.indices_THW
    hole = len(drawing.palette)
    first = GifPart(frames[0], delay_ms=delays_ms[0], interlaced=interlaced)
    parts = [first if habit != "local" else _with_own_palette(first, drawing.palette)]
    for number in range(1, len(frames)):
        before = frames[0] if habit == "returns" else frames[number - 1]
        if habit == "whole":
            parts.append(GifPart(frames[number], delay_ms=delays_ms[number], interlaced=interlaced))
            continue
        area = bounds(frames[number] != before)
        now, was = frames[number][area], before[area]
        part = GifPart(
            np.where(now == was, hole, now).astype(np.uint8),
            left=area[1].start,
            top=area[0].start,
            delay_ms=delays_ms[number],
            disposal=3 if habit == "returns" else 1,
            transparent=hole,
            interlaced=interlaced,
        )
        parts.append(part if habit != "local" else _with_own_palette(part, drawing.palette))
    if habit == "local":
        return parts, None
    return parts, np.concatenate([drawing.palette, np.zeros((1, 3), np.uint8)])


def _sticker(drawing: Drawing, delays_ms: Sequence[int], *, interlaced: bool) -> list[GifPart]:
    """Return frames of the figure alone; each is cleared when its time is over."""
    parts = []
    for indices, delay_ms in zip(drawing.indices_THW, delays_ms, strict=True):
        area = bounds(indices != drawing.nothing)
        parts.append(
            GifPart(
                indices[area],
                left=area[1].start,
                top=area[0].start,
                delay_ms=delay_ms,
                disposal=2,
                transparent=drawing.nothing,
                interlaced=interlaced,
            )
        )
    return parts


def _with_own_palette(part: GifPart, palette: np.ndarray) -> GifPart:
    """Return a frame with a palette of just the colours that it shows, in another order."""
    used, own = np.unique(part.indices_HW, return_inverse=True)
    colours = np.concatenate([palette, np.zeros((1, 3), np.uint8)])[used]
    hole = None
    if part.transparent is not None and part.transparent in used:
        hole = int(np.searchsorted(used, part.transparent))
    own = own.reshape(part.indices_HW.shape).astype(np.uint8)
    return GifPart(
        own, colours, part.left, part.top, part.delay_ms, part.disposal, hole, part.interlaced
    )
