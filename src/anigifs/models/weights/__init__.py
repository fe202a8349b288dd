"""Pretrained weights: where they come from, how they are read, and where they are kept.

``list_weights`` says what there is, ``find`` fetches it, ``add`` converts a file of someone
else's, ``verify`` hashes it anew. Nothing here needs torch to be imported.
"""

from anigifs.models.weights.known import WEIGHTS, KnownWeights, pretraining_of
from anigifs.models.weights.record import WeightsRecord
from anigifs.models.weights.sources import READERS
from anigifs.models.weights.store import WeightsEntry, add, find, list_weights, verify

__all__ = [
    "READERS",
    "WEIGHTS",
    "KnownWeights",
    "WeightsEntry",
    "WeightsRecord",
    "add",
    "find",
    "list_weights",
    "pretraining_of",
    "verify",
]
