"""What is to be seen in the demo's files: frames of cartoons and films, and tiny plain GIFs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from anigifs.media import GifPart, gif_bytes
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.film.render import Film, Shot
from anigifs.puppets.instance import Instance

FILM_FRAMES, FILM_DELAY_MS, FILM_STEP_S = 8, 80, 0.125
BAR = 18  # height of a caption's bar, in pixels
CROP = 0.1  # share of the width and height that a cropped copy has lost
SCALES = (0.5, 0.75, 1.5)


@dataclass(frozen=True)
class Clip:
    """Frames and how long each shows.

    Attributes:
        frames_THWC: uint8 RGB.
        delays_ms: Multiples of 10.
    """

    frames_THWC: np.ndarray
    delays_ms: tuple[int, ...]


def cartoon_clip(cartoon: Cartoon) -> Clip:
    """Return what a player shows of a cartoon."""
    return Clip(cartoon.frames(), cartoon.timing.delays_ms)


def film_clip(instance: Instance, size: int) -> Clip:
    """Return a few frames of a film of an instance, without motion blur, which takes long."""
    seconds_T = FILM_STEP_S * np.arange(FILM_FRAMES)
    shot = Shot(instance.film_figure(seconds_T), instance.camera, seconds_T, moments=1)
    frames_THWC = Film(instance, "demo film", 0.7, size, shot).frames()
    return Clip(frames_THWC, (FILM_DELAY_MS,) * FILM_FRAMES)


def plain_gif(seed: int, number: int) -> bytes:
    """Return a GIF of 8 x 8 pixels and two frames that is like no other of the seed.

    Example:
        >>> plain_gif(0, 1) == plain_gif(0, 1), plain_gif(0, 1) == plain_gif(0, 2)
        (True, False)
    """
    digest = np.frombuffer(hashlib.sha256(f"{seed}/{number}".encode()).digest(), np.uint8)
    palette = digest[:12].reshape(4, 3)
    quarters = digest[12:28, None] >> np.array([0, 2, 4, 6], np.uint8) & 3
    indices_HW = quarters.reshape(8, 8)
    return gif_bytes(8, 8, [GifPart(indices_HW), GifPart(3 - indices_HW)], palette=palette)


def _resized(clip: Clip, rng: np.random.Generator) -> Clip:
    scale = float(rng.choice(SCALES))
    height, width = (round(side * scale) for side in clip.frames_THWC.shape[1:3])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized = [cv2.resize(frame, (width, height), interpolation=way) for frame in clip.frames_THWC]
    return Clip(np.stack(sized), clip.delays_ms)


def _reversed(clip: Clip, rng: np.random.Generator) -> Clip:
    return Clip(clip.frames_THWC[::-1], clip.delays_ms[::-1])


def _shifted(clip: Clip, rng: np.random.Generator) -> Clip:
    count = len(clip.delays_ms)
    first = int(rng.integers(count // 4, count - count // 4))
    delays_ms = (*clip.delays_ms[first:], *clip.delays_ms[:first])
    return Clip(np.roll(clip.frames_THWC, -first, axis=0), delays_ms)


def _mirrored(clip: Clip, rng: np.random.Generator) -> Clip:
    return Clip(clip.frames_THWC[:, :, ::-1], clip.delays_ms)


def _captioned(clip: Clip, rng: np.random.Generator) -> Clip:
    ink = np.zeros((BAR, clip.frames_THWC.shape[2]), np.uint8)
    words = ("WHEN YOU TRY", "MONDAY MOOD", "SO TRUE", "ME AGAIN")[int(rng.integers(4))]
    cv2.putText(ink, words, (3, BAR - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (255,))
    # Black and white alone: greys would take the place of the cartoon's colours in the palette.
    bar = np.where(ink[..., None] < 128, np.uint8(255), np.uint8(0))
    bars = np.broadcast_to(bar, (len(clip.frames_THWC), *ink.shape, 3))
    return Clip(np.concatenate([bars, clip.frames_THWC], axis=1), clip.delays_ms)


def _cropped(clip: Clip, rng: np.random.Generator) -> Clip:
    edges = [round(side * CROP / 2) for side in clip.frames_THWC.shape[1:3]]
    top, left = edges
    return Clip(clip.frames_THWC[:, top:-top, left:-left], clip.delays_ms)


def _thinned(clip: Clip, rng: np.random.Generator) -> Clip:
    pairs = zip(clip.delays_ms[::2], (*clip.delays_ms[1::2], 0), strict=False)
    return Clip(clip.frames_THWC[::2], tuple(map(sum, pairs)))


#: How a copy is made of its original, by its kind.
COPIES: dict[str, Callable[[Clip, np.random.Generator], Clip]] = {
    "copy-resized": _resized,
    "copy-reversed": _reversed,
    "copy-shifted": _shifted,
    "copy-mirrored": _mirrored,
    "copy-captioned": _captioned,
    "copy-cropped": _cropped,
    "copy-thinned": _thinned,
}
