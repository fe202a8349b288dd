"""Predictions that the tests make."""

import numpy as np

from anigifs.evaluation import Predictions


def made_predictions(
    clips: int = 60, classes: int = 7, seed: int = 0, strength: float = 1.5
) -> Predictions:
    """Random logits that lean towards the truth; three clips a group, a label a group."""
    rng = np.random.default_rng(seed)
    group_N = np.arange(clips) // 3
    truth_N = np.random.default_rng(99).integers(0, classes, clips)[group_N]
    logits_NK = rng.normal(size=(clips, classes)).astype(np.float32)
    logits_NK[np.arange(clips), truth_N] += strength
    names = tuple(f"class {index}" for index in range(classes))
    return Predictions(
        clip_ids=tuple(f"clip {index:03}" for index in range(clips)),
        groups=tuple(f"group {index}" for index in group_N),
        labels=tuple(names[index] for index in truth_N),
        domains=tuple("animated-gif" if index % 2 else "video" for index in range(clips)),
        styles=tuple(f"style {index % 3}" for index in range(clips)),
        frames=tuple(5 + 2 * index for index in range(clips)),
        classes=names,
        logits_NK=logits_NK,
    )
