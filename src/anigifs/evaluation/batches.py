"""Prepared clips through a model, over one process or several: every clip is counted once."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch

from anigifs.clips.batch import Batch
from anigifs.clips.processes import of_all
from anigifs.evaluation.predictions import Predictions
from anigifs.index import Row
from anigifs.models import Classifier


def predict_batches(
    model: Classifier,
    batches: Iterable[Batch],
    rows: Sequence[Row],
    classes: Sequence[str],
) -> Predictions:
    """Return what a model says of every row; all processes of a run get the same.

    Args:
        model: In evaluation mode.
        batches: This process's share of the rows' clips; the shares need not be equal.
        rows: All of them, in the order of the result.
        classes: The model's.
    """
    own: dict[str, np.ndarray] = {}
    device = next(model.parameters()).device
    with torch.inference_mode():
        for batch in batches:
            logits_BK, _ = model(batch.clips_BTHWC.to(device))
            own.update(zip(batch.clip_ids, logits_BK.float().cpu().numpy(), strict=True))
    logits_of = {clip_id: logits for part in of_all(own) for clip_id, logits in part.items()}
    return predictions_of(logits_of, rows, classes)


def predictions_of(
    logits_of: Mapping[str, np.ndarray], rows: Sequence[Row], classes: Sequence[str]
) -> Predictions:
    """Return the predictions that logits are.

    Args:
        logits_of: float32, by clip id.
        rows: In the order of the result.
        classes: Of the logits.
    """
    return Predictions(
        clip_ids=tuple(row.clip_id for row in rows),
        groups=tuple(row.group for row in rows),
        labels=tuple(row.label for row in rows),
        domains=tuple(row.domain for row in rows),
        styles=tuple(row.style for row in rows),
        frames=tuple(row.frames or 0 for row in rows),
        classes=tuple(classes),
        logits_NK=np.stack([logits_of[row.clip_id] for row in rows]),
    )
