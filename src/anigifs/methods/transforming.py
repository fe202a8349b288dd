"""A batch under a tuple of operations."""

from dataclasses import replace

import torch

from anigifs.clips.batch import Batch
from anigifs.transforms import Operations, Statistics, apply


def transformed(batch: Batch, operations: Operations, statistics: Statistics) -> Batch:
    """Return the batch with the same operations applied to every frame of every clip."""
    if not operations:
        return batch
    clips_BTHWC = apply(operations, batch.clips_BTHWC.cpu().numpy(), statistics)
    clips = torch.from_numpy(clips_BTHWC).to(batch.clips_BTHWC.device)
    return replace(batch, clips_BTHWC=clips)
