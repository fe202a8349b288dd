"""Video through PyAV: timing from a walk over its packets, pictures streamed one at a time.

The container's format is told to FFmpeg and never guessed by it, and files are named by the
``file:`` protocol: otherwise a crafted text could make FFmpeg open other files or addresses.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import av.container
import av.error
import av.video.frame
import av.video.stream
import numpy as np

from anigifs.foundation import MediaError
from anigifs.media.formats import Format
from anigifs.media.info import MediaInfo

MOST_VIDEO_PX = 64 * 1024**2  # one picture; 8K is half of it
_DEMUXERS = {Format.MP4: "mov", Format.MATROSKA: "matroska", Format.AVI: "avi"}


def probe_video(path: Path, kind: Format) -> MediaInfo:
    """Describe a video: its size, and when each picture shows, without decoding any.

    Raises:
        MediaError: It cannot be opened, has no video stream, or that stream has no frame.
    """
    with _opened(path, kind) as (container, stream):
        width, height = stream.width, stream.height
        if not 0 < width * height <= MOST_VIDEO_PX:
            raise MediaError(f"{path}: pictures of {width} x {height} pixels are not read")
        tick = stream.time_base or Fraction(1, 1000)
        rate = stream.average_rate or Fraction(25)
        starts = _packet_starts(container, stream)
    if not starts:
        raise MediaError(f"{path}: a video without frames")
    delays = _delays(starts, fallback=max(1, round(1 / (rate * tick))))
    return MediaInfo(path, kind, width, height, delays, tick, layout=starts)


def read_video(info: MediaInfo, wanted: Collection[int]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Where a picture cannot be decoded, the one before it stands in for it, as in a player.

    Raises:
        MediaError: No picture at all can be decoded.
    """
    assert isinstance(info.layout, tuple)  # noqa: S101 - what probe_video put there
    pending = sorted(wanted)[::-1]
    showing: av.video.frame.VideoFrame | None = None
    with _opened(info.path, info.format) as (container, stream):
        for index, frame in _decoded(container, stream, info.layout):
            # A picture's turn is over when the next one comes.
            while pending and pending[-1] < index and showing is not None:
                yield pending.pop(), _rgb(showing)
            showing = frame
            if pending and pending[-1] == index:
                yield pending.pop(), _rgb(showing)
            if not pending:
                return
    if showing is None:
        raise MediaError(f"{info.path}: none of its pictures can be decoded")
    last = _rgb(showing)
    while pending:
        yield pending.pop(), last


@contextmanager
def _opened(
    path: Path, kind: Format
) -> Iterator[tuple[av.container.InputContainer, av.video.stream.VideoStream]]:
    try:
        with av.open(f"file:{path}", format=_DEMUXERS[kind]) as container:
            if not container.streams.video:
                raise MediaError(f"{path}: a {kind} file without a video stream")
            stream = container.streams.video[0]
            stream.thread_type = "NONE"  # files are decoded side by side instead
            yield container, stream
    except (av.error.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"{path}: cannot be read as {kind} video ({reason})") from error


def _packet_starts(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream
) -> tuple[int, ...]:
    """Return when each picture begins to show, in ticks, in the order of showing."""
    packets = [
        packet for packet in container.demux(stream) if packet.size and not packet.is_discard
    ]
    times = [packet.pts for packet in packets]
    if any(time is None for time in times):
        times = [packet.dts for packet in packets]
    known = [time for time in times if time is not None]
    if len(known) < len(packets):
        return tuple(range(len(packets)))
    return tuple(sorted(set(known)))


def _delays(starts: tuple[int, ...], fallback: int) -> tuple[int, ...]:
    gaps = [after - before for before, after in pairwise(starts)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else fallback
    return (*gaps, usual)


def _decoded(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    starts: tuple[int, ...],
) -> Iterator[tuple[int, av.video.frame.VideoFrame]]:
    """Yield each decoded picture with its index; damaged packets are passed over."""
    index_at = {start: index for index, start in enumerate(starts)}
    index = -1
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            index = index_at.get(frame.pts, index + 1) if frame.pts is not None else index + 1
            yield index, frame


def _rgb(frame: av.video.frame.VideoFrame) -> np.ndarray:
    """Return the picture upright: phones store it turned and say so beside it."""
    picture = frame.to_ndarray(format="rgb24")
    quarter_turns = round(frame.rotation / 90) % 4
    return np.rot90(picture, quarter_turns) if quarter_turns else picture
