"""A GIF as a video without loss: H.264 of RGB in MP4, and when each frame shows."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from anigifs.foundation import MediaError, atomic_path
from anigifs.foundation.errors import is_no_room
from anigifs.media import DamagedFrame, MediaInfo, probe, read_frames

MILLISECOND = Fraction(1, 1000)
#: Pixels as they are (qp 0), and nothing in which two runs could differ. Frames keep the order of
#: showing, so that the first begins at 0.
OPTIONS = {"qp": "0", "preset": "veryfast", "x264-params": "bframes=0:mbtree=0"}


@dataclass(frozen=True)
class Timing:
    """When the frames of an animation show.

    Attributes:
        frames: How many there are.
        delays_ms: How long each shows, as browsers play it.
        raw_delays_ms: As its file states it.
        loops: How often it plays; 0 is for ever, None where the file does not say.
    """

    frames: int
    delays_ms: tuple[int, ...]
    raw_delays_ms: tuple[int, ...]
    loops: int | None

    @property
    def duration_ms(self) -> int:
        """The length of one play."""
        return sum(self.delays_ms)

    def record(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Timing":
        """Return the timing of a record; KeyError, TypeError or ValueError if it holds none."""
        return cls(
            int(record["frames"]),
            tuple(map(int, record["delays_ms"])),
            tuple(map(int, record["raw_delays_ms"])),
            record["loops"],
        )


def write_lossless_mp4(source: Path | str, target: Path | str) -> Timing:
    """Write an animation as MP4 whose decoded pixels are exactly its own.

    The stream is H.264 of RGB (High 4:4:4 Predictive, quantiser 0). Frames carry their true times;
    many readers count frames at a constant rate instead, for which the returned timing is. The file
    is decoded and compared before it appears. Transparent pixels are black, as everywhere here.

    Args:
        source: A GIF, WebP or APNG. If it is damaged after some frames, these are written.
        target: The file appears whole or not at all.

    Raises:
        MediaError: It cannot be decoded, or not be encoded without loss.
    """
    info = probe(Path(source))
    hashes: list[bytes] = []
    with atomic_path(target) as temporary:
        try:
            _encode(info, temporary, hashes)
            decoded = list(_decoded_hashes(temporary))
        except av.error.FFmpegError as error:
            if is_no_room(error):
                raise
            raise MediaError(f"{source}: cannot be encoded ({error.strerror})") from None
        if decoded != hashes:
            raise MediaError(f"{source}: its video would not have the same pixels")
    raw = info.raw_delays_ms or info.delays
    return Timing(
        len(hashes), tuple(info.delays[: len(hashes)]), tuple(raw[: len(hashes)]), info.loops
    )


def _encode(info: MediaInfo, path: Path, hashes: list[bytes]) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264rgb", rate=25, options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt = info.width, info.height, "rgb24"
        stream.time_base = stream.codec_context.time_base = MILLISECOND
        stream.codec_context.thread_count = 1  # the bytes depend on their number
        starts = iter(zip(info.starts, info.delays, strict=True))
        durations = []
        for start, delay, frame_HWC in _timed(info, starts):
            hashes.append(_hash(frame_HWC))
            durations.append(delay)
            frame = av.VideoFrame.from_ndarray(frame_HWC, format="rgb24")
            frame.pts, frame.time_base = start, MILLISECOND
            _mux(container, stream.encode(frame), durations)
        _mux(container, stream.encode(), durations)


def _timed(
    info: MediaInfo, times: Iterator[tuple[int, int]]
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield when each frame begins, for how long, and its pixels; end before a damaged one."""
    try:
        for _, frame_HWC in read_frames(info):
            yield *next(times), np.ascontiguousarray(frame_HWC)
    except DamagedFrame as damage:
        if damage.index == 0:
            raise MediaError(f"{info.path}: its first frame is damaged") from None


def _mux(
    container: av.container.OutputContainer,
    packets: "Iterable[av.Packet[Any]]",
    durations: list[int],
) -> None:
    """Write packets, which come in the order of showing, each with its frame's duration."""
    for packet in packets:
        packet.duration = durations.pop(0)
        container.mux(packet)


def _decoded_hashes(path: Path) -> Iterator[bytes]:
    with av.open(f"file:{path}", format="mov") as container:
        for frame in container.decode(video=0):
            yield _hash(frame.to_ndarray(format="rgb24"))


def _hash(frame_HWC: np.ndarray) -> bytes:
    return hashlib.blake2b(frame_HWC.tobytes()).digest()
