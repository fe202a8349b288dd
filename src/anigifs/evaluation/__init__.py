"""How good a model is: predictions of files, and the scores made from them.

Scores are pure functions of logits and labels. Nothing here imports torch but
:mod:`anigifs.evaluation.predict`, which runs a model.
"""

from anigifs.evaluation.accuracy import Score, score, score_all_readings
from anigifs.evaluation.coverage import Coverage, cover
from anigifs.evaluation.files import labelled_files, media_files

__all__ = [
    "Coverage",
    "Score",
    "cover",
    "labelled_files",
    "media_files",
    "score",
    "score_all_readings",
]
