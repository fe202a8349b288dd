"""How a prepared clip is seen in one batch: which frames, which part, which way round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.clips.prepared import PreparedClips
from anigifs.clips.samplers import Sampler, sample_delays
from anigifs.clips.tubes import PLAIN, TubeRule, box_tube, kept_instants_ms
from anigifs.foundation import UsageError
from anigifs.index import Box


@dataclass(frozen=True)
class View:
    """One way to see a clip.

    Attributes:
        indices: Which of the kept frames.
        top: First row.
        left: First column, before any flip.
        size: Height and width.
        flip: Whether left and right are turned round.
    """

    indices: tuple[int, ...]
    top: int
    left: int
    size: int
    flip: bool

    def clip(self, prepared: PreparedClips, clip_id: str, out_THWC: np.ndarray) -> None:
        """Copy what is seen of a clip into an array."""
        prepared.take(clip_id, self.indices, out_THWC, top=self.top, left=self.left, flip=self.flip)

    def tube(
        self,
        prepared: PreparedClips,
        clip_id: str,
        boxes: Sequence[Box],
        start_ms: int = 0,
        rule: TubeRule = PLAIN,
    ) -> np.ndarray:
        """Return where boxes lie in what is seen.

        Args:
            prepared: Holds the clip.
            clip_id: The clip.
            boxes: On the clock of the clip's file.
            start_ms: Where the clip begins in its file.
            rule: How boxes become tubes.

        Returns:
            bool ``(T, size, size)``; all false where no box is left in what is seen.
        """
        clip = prepared.stored(clip_id)
        delays, most = prepared.delays(clip_id), prepared.rule.max_frames
        kept_ms = start_ms + kept_instants_ms(delays, clip.tick, clip.available, most)
        seen_ms = kept_ms[list(self.indices)]
        frame, geometry = (clip.height, clip.width), prepared.rule.geometry
        part = (slice(self.top, self.top + self.size), slice(self.left, self.left + self.size))
        seen_THW = box_tube(boxes, seen_ms, *frame, geometry, rule, part)
        return seen_THW[:, :, ::-1] if self.flip else seen_THW


@dataclass(frozen=True)
class ViewRule:
    """How the views of a data set are chosen.

    Attributes:
        frames: T, for the samplers that use it.
        sampler: Which of the kept frames.
        size: Height and width of a view.
        flip: Turn every other clip round, at random.
        random_crop: Take the part of ``size`` anywhere, rather than from the centre.
        snippets: Let ``dense`` draw a snippet, as in training.
    """

    frames: int
    sampler: Sampler
    size: int
    flip: bool = False
    random_crop: bool = False
    snippets: bool = False

    def check(self, prepared: PreparedClips, clip_ids: list[str], at_once: int) -> None:
        """Refuse clips that cannot be seen so.

        Args:
            prepared: Holds the clips.
            clip_ids: All that will be seen.
            at_once: How many a process stacks into one batch.

        Raises:
            UsageError: They are too small, too thin, or of several lengths.
        """
        if not 1 <= self.size <= prepared.rule.size:
            raise UsageError(
                f"clips of {self.size} pixels cannot be cut from prepared ones of "
                f"{prepared.rule.size}"
            )
        uneven = self.sampler == "native" or (self.sampler == "dense" and not self.snippets)
        if uneven and at_once > 1:
            raise UsageError(
                f"the sampler {self.sampler!r} gives clips of several lengths here, so a process "
                f"can take one at a time, not {at_once}"
            )
        if self.sampler != "whole":
            stored = [prepared.stored(clip_id) for clip_id in clip_ids]
            thinned = [clip.available for clip in stored if clip.available > clip.frames]
            if thinned:
                count = f"{len(thinned):,} clips were thinned"
                raise UsageError(
                    f"the sampler {self.sampler!r} needs every frame, and {count}: prepare them "
                    f"with max_frames of {max(thinned)}"
                )

    def draw(self, rng: np.random.Generator, delays: tuple[int, ...], stored_size: int) -> View:
        """Draw a view; everything is drawn always, so that no option shifts another.

        Args:
            rng: For this clip in this epoch alone.
            delays: How long each kept frame stands for.
            stored_size: Height and width of the prepared clip.
        """
        room = stored_size - self.size
        turned = bool(rng.random() < 0.5)
        drawn_top, drawn_left = (int(edge) for edge in rng.integers(0, room + 1, 2))
        indices = sample_delays(delays, self.sampler, self.frames, rng if self.snippets else None)
        return View(
            indices=indices,
            top=drawn_top if self.random_crop else room // 2,
            left=drawn_left if self.random_crop else room // 2,
            size=self.size,
            flip=self.flip and turned,
        )
