"""A batch under a tuple of operations."""

from dataclasses import replace

import torch

from anigifs.clips.batch import Batch
from anigifs.transforms import Operations, Statistics, transform


def transformed(batch: Batch, operations: Operations, statistics: Statistics) -> Batch:
    """Return the batch with the same operations applied to every clip, people going along."""
    if not operations:
        return batch
    tubes_BTHW = None if batch.tubes_BTHW is None else batch.tubes_BTHW.cpu().numpy()
    clips_BTHWC = batch.clips_BTHWC.cpu().numpy()
    clips_BTHWC, tubes_BTHW = transform(operations, clips_BTHWC, tubes_BTHW, statistics)
    device = batch.clips_BTHWC.device
    return replace(
        batch,
        clips_BTHWC=torch.from_numpy(clips_BTHWC).to(device),
        tubes_BTHW=None if tubes_BTHW is None else torch.from_numpy(tubes_BTHW).to(device),
    )
