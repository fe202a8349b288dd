"""One door to every format: describe a file, decode the frames that are needed."""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from anigifs.foundation import MediaError
from anigifs.media.apng import probe_png, read_png
from anigifs.media.formats import Format, sniff
from anigifs.media.gif import probe_gif, read_gif
from anigifs.media.info import BUDGET, Budget, DamagedFrame, MediaInfo
from anigifs.media.video import probe_video, read_video
from anigifs.media.webp import probe_webp, read_webp

BLACK = (0, 0, 0)
_IMAGES = {
    Format.GIF: (probe_gif, read_gif),
    Format.WEBP: (probe_webp, read_webp),
    Format.PNG: (probe_png, read_png),
}


def probe(path: Path | str, budget: Budget = BUDGET) -> MediaInfo:
    """Describe a file from a walk over its container; no pixel is decoded.

    Args:
        path: A GIF, WebP, APNG or video file, whatever its name.
        budget: The most that an image may cost. Videos are streamed, so it does not bind them.

    Raises:
        MediaError: The file cannot be answered; the text says why.

    Example:
        >>> info = probe("wave.gif")  # doctest: +SKIP
        >>> info.frames, info.duration_ms, (info.width, info.height)  # doctest: +SKIP
        (24, 1200.0, (320, 240))
    """
    path = Path(path)
    kind = sniff(path)
    if kind in _IMAGES:
        return _IMAGES[kind][0](path, budget)
    return probe_video(path, kind)


def read_frames(
    info: MediaInfo,
    wanted: Collection[int] | None = None,
    background: tuple[int, int, int] = BLACK,
    remarks: list[str] | None = None,
) -> Iterator[tuple[int, np.ndarray]]:
    """Decode the wanted frames, in order, holding one at a time.

    Args:
        info: What :func:`probe` said of the file.
        wanted: Indices in 0..frames-1; None is all.
        background: RGB, 0..255: what transparent pixels show. It is stated because decoders
            differ: left to them, it is white in one and black in another.
        remarks: Takes what only decoding can tell a user, in words.

    Yields:
        ``(index, frame_HWC)``: uint8 RGB.

    Raises:
        DamagedFrame: A frame on the way cannot be decoded; those before it have been yielded.
        MediaError: The file cannot be decoded at all.
    """
    wanted = range(info.frames) if wanted is None else wanted
    if info.format in _IMAGES:
        return _IMAGES[info.format][1](info, wanted, background)
    return read_video(info, wanted, background, [] if remarks is None else remarks)


def read(
    path: Path | str, budget: Budget = BUDGET, background: tuple[int, int, int] = BLACK
) -> tuple[np.ndarray, MediaInfo]:
    """Decode every frame of a short file at its own size.

    Returns:
        ``frames_THWC``, uint8 RGB, and the file's description, whose timing has as many frames.

    Raises:
        MediaError: The file cannot be answered, or all its frames are more than the budget.
    """
    info = probe(path, budget)
    budget.check(info.path, info.width, info.height, info.frames)
    frames: list[np.ndarray] = []
    remarks: list[str] = []
    try:
        frames.extend(frame for _, frame in read_frames(info, None, background, remarks))
    except DamagedFrame as damage:
        if damage.index == 0:
            raise MediaError(f"{info.path}: its first frame is damaged") from None
        info = info.first(damage.index)
    for remark in remarks:
        info = info.with_warning(remark)
    if len({frame.shape for frame in frames}) > 1:
        raise MediaError(f"{info.path}: its pictures change their size")
    return np.stack(frames[: info.frames]), info
