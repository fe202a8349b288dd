"""Video through PyAV: timing from a walk over its packets, pictures streamed one at a time.

The container's format is told to FFmpeg and never guessed by it, and files are named by the
``file:`` protocol: otherwise a crafted text could make FFmpeg open other files or addresses.
"""

import statistics
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import av.container
import av.error
import av.video.frame
import av.video.stream
import numpy as np
from av.stream import Disposition
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media.formats import Format
from anigifs.media.info import MediaInfo

MOST_VIDEO_PX = 64 * 1024**2  # one picture; 8K is half of it
TRUNCATED_SHARE = 0.9  # headers are often off by a picture or by the length of the sound
HOLE_SECONDS, HOLE_RATIO = 0.5, 8  # a wait that long, and that many times the usual one
_DEMUXERS = {Format.MP4: "mov", Format.MATROSKA: "matroska", Format.AVI: "avi"}


@dataclass(frozen=True)
class VideoLayout:
    """When each picture begins to show, in ticks, in the order of showing.

    Attributes:
        starts: The ticks.
        timed: Whether decoded pictures carry these times; else they are counted.
    """

    starts: tuple[int, ...]
    timed: bool


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
        step = max(1, round(1 / ((stream.average_rate or Fraction(25)) * tick)))
        stated_ms = _stated_ms(container, stream, tick)
        layout = _packet_times(container, stream, kind, step)
    if not layout.starts:
        raise MediaError(f"{path}: a video without frames")
    delays = _delays(layout.starts, fallback=step)
    info = MediaInfo(path, kind, width, height, delays, tick, layout=layout)
    if info.duration_ms < TRUNCATED_SHARE * stated_ms:
        there, stated = info.duration_ms / 1000, stated_ms / 1000
        return info.with_warning(f"truncated: it holds {there:.1f} of {stated:.1f} s")
    longest = max(delays[:-1], default=0)
    if longest * tick > HOLE_SECONDS and longest > HOLE_RATIO * statistics.median(delays):
        seconds = float(longest * tick)
        return info.with_warning(f"a hole of {seconds:.1f} s without pictures: perhaps damaged")
    return info


def read_video(
    info: MediaInfo,
    wanted: Collection[int],
    background: tuple[int, int, int],
    remarks: list[str],
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield ``(index, frame_HWC)`` for the wanted frames in order; see ``read_frames``.

    Where a picture cannot be decoded, the one before it stands in for it, as in a player, and
    ``remarks`` is told of it at the end.

    Raises:
        MediaError: No picture at all can be decoded.
    """
    assert isinstance(info.layout, VideoLayout)  # noqa: S101 - what probe_video put there
    pending = sorted(wanted)[::-1]
    showing: av.video.frame.VideoFrame | None = None
    replaced = 0
    with _opened(info.path, info.format) as (container, stream):
        for index, frame in _decoded(container, stream, info.layout):
            # A picture's turn is over when the next one comes.
            while pending and pending[-1] < index and showing is not None:
                replaced += 1
                yield pending.pop(), _rgb(showing, background)
            showing = frame
            if pending and pending[-1] == index:
                yield pending.pop(), _rgb(showing, background)
            if not pending:
                break
    if showing is None:
        raise MediaError(f"{info.path}: none of its pictures can be decoded")
    replaced += len(pending)
    while pending:
        yield pending.pop(), _rgb(showing, background)
    if replaced:
        remarks.append(f"damaged: {replaced} pictures could not be decoded and show others")


@contextmanager
def _opened(
    path: Path, kind: Format
) -> Iterator[tuple[av.container.InputContainer, av.video.stream.VideoStream]]:
    try:
        with av.open(f"file:{path}", format=_DEMUXERS[kind]) as container:
            stream = _video_stream(container)
            if stream is None:
                raise MediaError(f"{path}: a {kind} file without a video stream")
            if stream.codec_context is None:
                raise MediaError(f"{path}: its video's codec is not known")
            stream.thread_type = "NONE"  # files are decoded side by side instead
            # The container's header may state another size than the pictures have.
            stream.codec_context.options = {"max_pixels": str(MOST_VIDEO_PX)}
            yield container, stream
    except (av.error.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"{path}: cannot be read as {kind} video ({reason})") from error


def _video_stream(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """Return the first stream of moving pictures: a song's cover is a video stream, too."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def _stated_ms(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, tick: Fraction
) -> float:
    """Return how long the pictures should last; 0 where only the sound's length may be stated."""
    if stream.duration is not None:
        return float(stream.duration * tick * 1000)
    if len(container.streams) == 1 and container.duration is not None:
        return container.duration / 1000
    return 0.0


def _packet_times(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    kind: Format,
    step: int,
) -> VideoLayout:
    """Read when each picture begins to show from the packets, keeping no packet."""
    times = [p.pts for p in container.demux(stream) if p.size and not p.is_discard]
    known = [time for time in times if time is not None]
    # AVI knows no time of showing: what is given for it follows the order of storing.
    if kind is Format.AVI or len(known) < len(times):
        return VideoLayout(tuple(range(0, step * len(times), step)), timed=False)
    return VideoLayout(tuple(sorted(set(known))), timed=True)


def _delays(starts: tuple[int, ...], fallback: int) -> tuple[int, ...]:
    gaps = [after - before for before, after in pairwise(starts)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else fallback
    return (*gaps, usual)


def _decoded(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    layout: VideoLayout,
) -> Iterator[tuple[int, av.video.frame.VideoFrame]]:
    """Yield each decoded picture with its index; damaged packets are passed over.

    Decoders give pictures in the order of showing, so a time that goes back is not believed.
    """
    index_at = {start: index for index, start in enumerate(layout.starts)} if layout.timed else {}
    last = -1
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            index = index_at.get(frame.pts, last + 1) if frame.pts is not None else last + 1
            last = max(index, last + 1)
            yield last, frame


def _rgb(frame: av.video.frame.VideoFrame, background: tuple[int, int, int]) -> np.ndarray:
    """Return the picture upright: phones store it turned and say so beside it."""
    if any(component.is_alpha for component in frame.format.components):
        picture = _composed(frame.to_ndarray(format="rgba"), background)
    else:
        picture = frame.to_ndarray(format="rgb24")
    quarter_turns = round(frame.rotation / 90) % 4
    return np.rot90(picture, quarter_turns) if quarter_turns else picture


def _composed(pixels_HWC: np.ndarray, background: tuple[int, int, int]) -> np.ndarray:
    above = Image.fromarray(pixels_HWC)
    paper = Image.new("RGBA", above.size, (*background, 255))
    return np.asarray(Image.alpha_composite(paper, above).convert("RGB"))
