"""Prepared clips: decoded once, read at memory speed ever after.

:func:`prepare` writes them, :class:`PreparedClips` reads them. A prepared clip holds more frames
than a model takes, each with the time it stands for, so samplers and temporal operations choose
from it as they would from the file.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from anigifs.clips.compact import COLOURS, expand
from anigifs.clips.planning import ClipSource, Plan, plan
from anigifs.clips.preparing import Report, prepare
from anigifs.clips.rule import PrepareRule
from anigifs.clips.shards import DELAY, Stored, read_journals, shard_path
from anigifs.foundation import UsageError

__all__ = [
    "ClipSource",
    "Plan",
    "PrepareRule",
    "PreparedClip",
    "PreparedClips",
    "Report",
    "plan",
    "prepare",
]


@dataclass(frozen=True)
class PreparedClip:
    """A prepared clip.

    Attributes:
        frames_FHWC: uint8 RGB, read-only.
        delays: How long each frame stands for, in ticks; they sum to the clip's duration.
        tick: Seconds in a tick.
        available: How many frames the clip had in its file; more than F where it was thinned.
    """

    frames_FHWC: np.ndarray
    delays: tuple[int, ...]
    tick: Fraction
    available: int

    @property
    def duration_ms(self) -> float:
        """The length of the clip, in milliseconds."""
        return float(sum(self.delays) * self.tick * 1000)


class PreparedClips:
    """The clips that were prepared by one rule; safe to read from several threads.

    Args:
        folder: What :func:`prepare` was given.
        rule: By which the clips were prepared.

    Attributes:
        rule: As given.
        errors: Why clips that are not here could not be prepared, by clip id.

    Example:
        >>> clips = PreparedClips("prepared", PrepareRule())  # doctest: +SKIP
        >>> clips.get(clip_id).frames_FHWC.shape  # doctest: +SKIP
        (64, 224, 224, 3)
    """

    def __init__(self, folder: Path | str, rule: PrepareRule) -> None:
        self.rule = rule
        self._folder = Path(folder) / rule.key
        self._stored, self.errors = read_journals(self._folder, rule.size)
        self._shards: dict[int, np.ndarray] = {}

    def __contains__(self, clip_id: str) -> bool:
        return clip_id in self._stored

    def __len__(self) -> int:
        return len(self._stored)

    def stored(self, clip_id: str) -> Stored:
        """Return what is known of a clip without touching its bytes.

        Raises:
            UsageError: It was not prepared by this rule; its error says why, where there is one.
        """
        try:
            return self._stored[clip_id]
        except KeyError:
            why = self.errors.get(clip_id, "prepare it first")
            raise UsageError(f"{self._folder}: no clip {clip_id} ({why})") from None

    def delays(self, clip_id: str) -> tuple[int, ...]:
        """Return how long each kept frame stands for, in the clip's ticks."""
        clip = self.stored(clip_id)
        delays = self._bytes(clip.shard, clip.offset, clip.frames * DELAY.itemsize).view(DELAY)
        return tuple(delays.tolist())

    def get(self, clip_id: str) -> PreparedClip:
        """Return all kept frames of a clip: a view of the file where its form is raw."""
        clip = self.stored(clip_id)
        frames_FHWC, palettes = self._pixels(clip)
        if palettes is not None:
            frames_FHWC = np.empty((clip.frames, self.rule.size, self.rule.size, 3), np.uint8)
            self.take(clip_id, range(clip.frames), frames_FHWC)
            frames_FHWC.flags.writeable = False
        return PreparedClip(frames_FHWC, self.delays(clip_id), clip.tick, clip.available)

    def take(
        self,
        clip_id: str,
        indices: tuple[int, ...] | range,
        out_THWC: np.ndarray,
        *,
        top: int = 0,
        left: int = 0,
        flip: bool = False,
    ) -> None:
        """Copy some frames of a clip, or a part of each, into an array.

        Args:
            clip_id: The clip.
            indices: Which of the kept frames; one may stand there more than once.
            out_THWC: uint8, contiguous. Its height and width are those of the part.
            top: First row of the part.
            left: First column of the part, before any flip.
            flip: Turn left and right round.
        """
        clip = self.stored(clip_id)
        pixels, palettes = self._pixels(clip)
        height, width = out_THWC.shape[1:3]
        part = pixels[:, top : top + height, left : left + width]
        before = -1
        for place, index in enumerate(indices):
            out_HWC = out_THWC[place]
            if index == before:
                out_HWC[:] = out_THWC[place - 1]
                continue
            if palettes is None:
                out_HWC[:] = part[index]
            else:
                expand(part[index], palettes[index], out_HWC)
            if flip:
                cv2.flip(out_HWC, 1, out_HWC)  # in place, where it is in the processor's cache
            before = index

    def _pixels(self, clip: Stored) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the stored frames, and their palettes where those frames are indices."""
        size = self.rule.size
        shape = (clip.frames, size, size)
        begin, end = clip.offset + clip.frames * DELAY.itemsize, clip.end(size)
        if clip.form == "raw":
            return self._bytes(clip.shard, begin, end - begin).reshape(*shape, 3), None
        colours = clip.frames * COLOURS * 3
        palettes = self._bytes(clip.shard, begin, colours).reshape(clip.frames, COLOURS, 3)
        begin += colours
        return self._bytes(clip.shard, begin, end - begin).reshape(shape), palettes

    def _bytes(self, shard: int, begin: int, count: int) -> np.ndarray:
        if shard not in self._shards:
            path = shard_path(self._folder, shard)
            self._shards[shard] = np.asarray(np.memmap(path, np.uint8, "r"))
        return self._shards[shard][begin : begin + count]
