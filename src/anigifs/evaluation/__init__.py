"""How good a model is: predictions of files, the scores made from them, and their intervals.

Scores are pure functions of predictions: logits and labels, or ranked labels of any model. Nothing
here imports torch but :mod:`anigifs.evaluation.predict` and :mod:`anigifs.evaluation.batches`,
which run a model.
"""

from anigifs.evaluation.accuracy import Score, score, score_all_readings
from anigifs.evaluation.coverage import Coverage, cover
from anigifs.evaluation.files import labelled_files, media_files
from anigifs.evaluation.foreign import read_any, read_foreign
from anigifs.evaluation.intervals import Estimate, SeedInterval, bootstrap_interval, t_interval
from anigifs.evaluation.paired import PairedTest, holm, paired_permutation
from anigifs.evaluation.predictions import Predictions
from anigifs.evaluation.ranking import Ranking
from anigifs.evaluation.scorecard import compare, scorecard

__all__ = [
    "Coverage",
    "Estimate",
    "PairedTest",
    "Predictions",
    "Ranking",
    "Score",
    "SeedInterval",
    "bootstrap_interval",
    "compare",
    "cover",
    "holm",
    "labelled_files",
    "media_files",
    "paired_permutation",
    "read_any",
    "read_foreign",
    "score",
    "score_all_readings",
    "scorecard",
    "t_interval",
]
