"""What a training step is given."""

from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Clips and what is known of them.

    Attributes:
        clips_BTHWC: uint8, RGB.
        labels_B: int64, indices into the classes.
        clip_ids: The clips' names.
        domains: Where each comes from.
        tubes_BTHW: bool, where the labelled people are in each frame, by the annotated instant
            nearest to it; see :func:`anigifs.clips.tubes.box_tube`. All false for a clip without
            boxes, or with none in what is seen. None where no clip of the data set has any.
    """

    clips_BTHWC: Tensor
    labels_B: Tensor
    clip_ids: tuple[str, ...]
    domains: tuple[str, ...]
    tubes_BTHW: Tensor | None = None

    def __len__(self) -> int:
        return len(self.clip_ids)

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch with its tensors on a device."""
        return replace(
            self,
            clips_BTHWC=self.clips_BTHWC.to(device),
            labels_B=self.labels_B.to(device),
            tubes_BTHW=None if self.tubes_BTHW is None else self.tubes_BTHW.to(device),
        )

    def parts(self, count: int) -> tuple["Batch", ...]:
        """Return the batch cut into at most ``count`` parts of nearly equal size, none empty.

        Example:
            >>> clips = torch.zeros(3, 9, 8, 8, 3, dtype=torch.uint8)
            >>> batch = Batch(clips, torch.arange(3), ("a", "b", "c"), ("gif",) * 3)
            >>> [part.clip_ids for part in batch.parts(2)]
            [('a',), ('b', 'c')]
        """
        count = min(count, len(self))
        edges = [len(self) * number // count for number in range(count + 1)] if count else []
        return tuple(self._slice(slice(*pair)) for pair in pairwise(edges))

    def _slice(self, part: slice) -> "Batch":
        return Batch(
            self.clips_BTHWC[part],
            self.labels_B[part],
            self.clip_ids[part],
            self.domains[part],
            None if self.tubes_BTHW is None else self.tubes_BTHW[part],
        )
