"""What is known of a file before any pixel is decoded, and how much it may cost."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from anigifs.foundation import MediaError
from anigifs.media.formats import Format

MILLISECOND = Fraction(1, 1000)
TOO_FAST_MS = 10
BROWSER_DEFAULT_MS = 100


@dataclass(frozen=True)
class Budget:
    """The most that an animated image may cost; beyond it a file is refused undecoded.

    No decoder limits frames times canvas, so a file of 12 KB can ask for gigabytes of work.

    Attributes:
        canvas_px: Pixels of the canvas, and of any one frame's rectangle.
        frames: Number of frames.
        total_px: Canvas pixels times frames, and the rectangles' pixels in all.
        file_bytes: Size of the file itself.
    """

    canvas_px: int = 16 * 1024**2
    frames: int = 2_000
    total_px: int = 1024**3
    file_bytes: int = 512 * 1024**2

    def check_file(self, path: Path) -> None:
        """Raise MediaError when the file itself is larger than this budget."""
        size = path.stat().st_size
        if size > self.file_bytes:
            limit = f"{self.file_bytes / 1e6:.0f} MB"
            raise MediaError(f"{path}: {size / 1e6:.0f} MB, above the limit of {limit} for images")

    def check(self, path: Path, width: int, height: int, frames: int, drawn_px: int = 0) -> None:
        """Raise MediaError, naming the limit, when a file asks for more than this budget."""
        canvas_px = width * height
        if canvas_px > self.canvas_px:
            asked, most = f"a canvas of {width} x {height}", f"{self.canvas_px:,} pixels"
        elif frames > self.frames:
            asked, most = f"{frames:,} frames", f"{self.frames:,}"
        elif (total_px := max(canvas_px * frames, drawn_px)) > self.total_px:
            asked, most = f"{total_px:,} pixels over its frames", f"{self.total_px:,}"
        else:
            return
        raise MediaError(f"{path}: asks for {asked}, above the limit of {most}; it was not decoded")


BUDGET = Budget()


class DamagedFrame(Exception):  # noqa: N818 - not an error where frames before it can be used
    """A frame cannot be decoded, and so neither can those after it.

    Attributes:
        index: The frame, counted from 0: as many as it are sound.
    """

    def __init__(self, index: int) -> None:
        super().__init__(f"frame {index + 1} is damaged")
        self.index = index


@dataclass(frozen=True)
class MediaInfo:
    """A file's size, timing and state, from a walk over its container.

    Attributes:
        path: Where the file lies.
        format: What its first bytes say.
        width: Canvas width in pixels; of a video, as it is coded. One that a phone has turned is
            read upright, so its frames may be this high.
        height: Canvas height in pixels, likewise.
        delays: How long each frame shows when played, in ticks. Whole numbers, so that sampling in
            time is exact.
        tick: Seconds in a tick.
        raw_delays_ms: The delays as the file states them (images only): players do not honour
            those of 0 and 10 ms.
        loops: How often it plays; 0 is for ever, None where the file does not say.
        warnings: What a user should know, such as frames that were cut off.
        layout: What the walk found, for the reader of this format.
    """

    path: Path
    format: Format
    width: int
    height: int
    delays: tuple[int, ...]
    tick: Fraction = MILLISECOND
    raw_delays_ms: tuple[int, ...] | None = None
    loops: int | None = None
    warnings: tuple[str, ...] = ()
    layout: object = field(default=None, repr=False, compare=False)

    @property
    def frames(self) -> int:
        """The number of whole frames."""
        return len(self.delays)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The tick at which each frame begins to show; the first is 0."""
        return tuple(accumulate(self.delays, initial=0))[:-1]

    @property
    def duration_ms(self) -> float:
        """The length of one play, in milliseconds."""
        return float(sum(self.delays) * self.tick * 1000)

    def with_warning(self, text: str) -> "MediaInfo":
        """Return a copy with one more warning."""
        return replace(self, warnings=(*self.warnings, text))

    def first(self, frames: int) -> "MediaInfo":
        """Return what the file would be if it ended after its first ``frames`` frames."""
        raw = None if self.raw_delays_ms is None else self.raw_delays_ms[:frames]
        warning = f"frame {frames + 1} of {self.frames} is damaged; only those before it were used"
        cut = replace(self, delays=self.delays[:frames], raw_delays_ms=raw)
        return cut.with_warning(warning)


class ImageLayout(Protocol):
    """What the walks over images find."""

    @property
    def width(self) -> int:
        """Of the canvas, in pixels."""

    @property
    def height(self) -> int:
        """Of the canvas, in pixels."""

    @property
    def loops(self) -> int | None:
        """How often it plays."""

    @property
    def truncated(self) -> bool:
        """Whether the file ends before it should."""


def describe_image(
    path: Path, kind: Format, layout: ImageLayout, raw_delays_ms: tuple[int, ...]
) -> MediaInfo:
    """Return what a walk over an image found, with a warning if the file was cut.

    Raises:
        MediaError: There is no whole frame, or no canvas.
    """
    if not raw_delays_ms or layout.width * layout.height == 0:
        raise MediaError(f"{path}: a {kind.upper()} file without one whole frame")
    info = MediaInfo(
        path=path,
        format=kind,
        width=layout.width,
        height=layout.height,
        delays=tuple(map(played_ms, raw_delays_ms)),
        raw_delays_ms=raw_delays_ms,
        loops=layout.loops,
        layout=layout,
    )
    if layout.truncated:
        return info.with_warning(f"truncated: {info.frames} whole frames were used")
    return info


def played_ms(raw_ms: int) -> int:
    """Return the delay at which browsers show a frame: 0 and 10 ms play as 100 ms.

    Example:
        >>> [played_ms(raw) for raw in (0, 10, 17, 100)]
        [100, 100, 17, 100]
    """
    return raw_ms if raw_ms > TOO_FAST_MS else BROWSER_DEFAULT_MS
