"""Every score of one predictions file, and of several against the first, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from anigifs.evaluation.accuracy import TOP, score_all_readings
from anigifs.evaluation.calibration import calibration
from anigifs.evaluation.intervals import LEVEL, REPLICATES, bootstrap_interval
from anigifs.evaluation.metrics import (
    Breakdown,
    accuracy,
    broken_down,
    confusion,
    mean_class,
    most_confused,
    worst_class,
)
from anigifs.evaluation.paired import holm, paired_permutation
from anigifs.evaluation.predictions import Predictions
from anigifs.evaluation.ranking import Ranking
from anigifs.foundation import UsageError
from anigifs.taxonomy import normalise

BREAKDOWNS: tuple[Breakdown, ...] = ("class", "style", "domain", "length")
METRICS = ("top1", "top5", "mean_class")


def scorecard(
    predictions: Predictions | Ranking,
    reference: Predictions | Ranking | None = None,
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return all scores of one set of predictions, with intervals where a number has one.

    Args:
        predictions: Of any model.
        reference: Another run on the same clips; its difference and a paired test are added.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap, and of the paired test.
        seed: The same seed gives the same numbers.

    Returns:
        What docs/scores.md lists: numbers, text, None, and dicts and lists of them.

    Raises:
        UsageError: There are no clips, or the reference's are others.
    """
    ranking = as_ranking(predictions)
    if not len(ranking):
        raise UsageError("predictions of no clips; there is nothing to score")
    options: dict[str, Any] = {"level": level, "replicates": replicates, "seed": seed}
    counts = confusion(ranking)
    name, lowest = worst_class(ranking)
    card = {
        "n": len(ranking),
        "groups": len(set(ranking.groups)),
        "classes": len(set(ranking.labels)),
        "sha256": predictions.sha256 if isinstance(predictions, Predictions) else None,
        **{metric: _estimate(ranking, metric, options) for metric in METRICS},
        "worst_class": {"class": name, "top1": lowest, "n": ranking.labels.count(name)},
        **{f"by_{by}": _breakdown(ranking, by, options) for by in BREAKDOWNS},
        "confusion": {"pairs": [asdict(pair) for pair in most_confused(counts)], "counts": counts},
        "calibration": _calibration(ranking),
        "readings": _readings(predictions),
        "interval": {"kind": "bootstrap over groups, BCa", **options},
    }
    if reference is not None:
        runs = [("the reference", as_ranking(reference)), ("the predictions", ranking)]
        card["against_reference"] = compare(runs, **options)[0]
    return card


def compare(
    runs: Sequence[tuple[str, Ranking]],
    *,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Compare runs on the same clips with the first of them.

    For top-1, top-5 and mean-class: the difference (run minus first) with a bootstrap interval, the
    p-value of a paired permutation test, and that p-value after Holm over all runs compared. Groups
    are the first run's.

    Args:
        runs: Names, such as those of files, and what was said.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap, and of the test.
        seed: The same seed gives the same numbers.

    Raises:
        UsageError: Two runs hold other clips, or other labels of them.
    """
    name, first = runs[0]
    options: dict[str, Any] = {"level": level, "replicates": replicates, "seed": seed}
    rows: list[dict[str, Any]] = [
        {"name": run[0], "reference": name, **_differences(first, _aligned(runs[0], run), options)}
        for run in runs[1:]
    ]
    for metric in METRICS:
        tested = [row[metric] for row in rows if row[metric] is not None]
        for one, p_holm in zip(tested, holm([one["p"] for one in tested]), strict=True):
            one["p_holm"] = p_holm
    return rows


def as_ranking(predictions: Predictions | Ranking) -> Ranking:
    """Return predictions as a ranking; a ranking is returned as it is."""
    return predictions.ranking() if isinstance(predictions, Predictions) else predictions


def _values(ranking: Ranking, metric: str) -> np.ndarray | None:
    """Return what a metric is the mean of."""
    within_N = ranking.within(TOP if metric == "top5" else 1)
    return None if within_N is None else within_N.astype(np.float64)


def _estimate(ranking: Ranking, metric: str, options: Mapping[str, Any]) -> dict[str, Any] | None:
    values_N = _values(ranking, metric)
    if values_N is None:
        return None
    labels = ranking.labels if metric == "mean_class" else None
    return asdict(bootstrap_interval(values_N, ranking.group_N, labels, **options))


def _breakdown(
    ranking: Ranking, by: Breakdown, options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    rows = {}
    for name, index_N in broken_down(ranking, by).items():
        part = ranking.take(index_N)
        rows[name] = {
            "n": len(part),
            "groups": len(set(part.groups)),
            "top1": _estimate(part, "top1", options),
            "top5": accuracy(part, TOP),
            "mean_class": mean_class(part),
        }
    return rows


def _calibration(ranking: Ranking) -> dict[str, Any] | None:
    measured = calibration(ranking)
    if measured is None:
        return None
    return {"ece": measured.ece, "nll": measured.nll, "bins": [asdict(b) for b in measured.bins]}


def _readings(predictions: Predictions | Ranking) -> list[dict[str, Any]]:
    """Return the scores of every honest reading, where the data's classes are not the model's."""
    if not isinstance(predictions, Predictions):
        return []
    data = set(predictions.labels)
    if data == set(predictions.classes):
        return []
    index_of = {name: index for index, name in enumerate(predictions.classes) if name in data}
    scores = score_all_readings(predictions.logits_NK, predictions.labels, index_of)
    return [asdict(score) for score in scores]


def _differences(first: Ranking, other: Ranking, options: Mapping[str, Any]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for metric in METRICS:
        a_N, b_N = _values(other, metric), _values(first, metric)
        if a_N is None or b_N is None:
            rows[metric] = None
            continue
        labels = first.labels if metric == "mean_class" else None
        interval = bootstrap_interval(a_N - b_N, first.group_N, labels, **options)
        weight_N = 1.0 if labels is None else _class_weights(labels)
        test = paired_permutation(
            a_N * weight_N,
            b_N * weight_N,
            first.group_N,
            permutations=options["replicates"],
            seed=options["seed"],
        )
        rows[metric] = {
            "difference": interval.value,
            "low": interval.low,
            "high": interval.high,
            "p": test.p,
            "exact": test.exact,
        }
    return rows


def _class_weights(labels: Sequence[str]) -> np.ndarray:
    """Return weights under which a mean over clips is the mean over classes of their means."""
    _, code_N, count_K = np.unique(np.array(labels), return_inverse=True, return_counts=True)
    return np.asarray(len(labels) / (len(count_K) * count_K[code_N]))


def _aligned(first: tuple[str, Ranking], other: tuple[str, Ranking]) -> Ranking:
    """Return the other run's clips in the order of the first's."""
    (name, one), (other_name, two) = first, other
    there = set(two.clip_ids)
    missing = [clip_id for clip_id in one.clip_ids if clip_id not in there]
    more = len(two) - (len(one) - len(missing))
    if missing or more:
        raise UsageError(
            f"{other_name}: its clips are not those of {name}: {len(missing)} are missing and "
            f"{more} are more; a paired test needs the same clips"
        )
    two = two.in_order(one.clip_ids)
    pairs = zip(one.clip_ids, one.labels, two.labels, strict=True)
    differ = [clip_id for clip_id, a, b in pairs if normalise(a) != normalise(b)]
    if differ:
        raise UsageError(
            f"{other_name}: {len(differ)} clips have another label than in {name}, "
            f"{differ[0]!r} for example; score both against the same labels"
        )
    return two
