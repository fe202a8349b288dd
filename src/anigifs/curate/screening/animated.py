"""Drawn or filmed: a logistic model over six cheap statistics.

The model that comes with the package has only seen rendered puppets
(:mod:`anigifs.curate.screening.animated_default`). Its AUC is 1.000 on those that it was not fitted
on, which is easy, as one program draws both sides; on real cartoons it is not known. It puts a
queue in order until reviewers have voted; :func:`fit` then makes one of their votes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from anigifs.curate.screening.measures import STATISTICS, Statistics
from anigifs.curate.votes import Vote
from anigifs.foundation import UsageError, write_text

#: The name of a collection's own model in its folder.
MODEL = "animated.json"
#: Raised by one whenever a statistic or the form of the file changes.
VERSION = 1
#: Beyond so many standard deviations a statistic tells no more.
FURTHEST = 3.0
#: Files of each kind that votes have to name, at least.
LEAST = 5
FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """What a model was fitted on.

    Attributes:
        on: In words.
        drawn: Files that are drawn.
        filmed: Files that are filmed.
        auc: The area under the ROC curve on files that it was not fitted on; None if unknown.
    """

    on: str
    drawn: int
    filmed: int
    auc: float | None = None


@dataclass(frozen=True)
class Animated:
    """A logistic model: P(drawn) = 1 / (1 + exp(-(w'z + c))), z the standardised statistics.

    Each statistic has its mean taken off, is divided by its standard deviation, and is held within
    3 of them. Drawings and films count as equally frequent.

    Attributes:
        means: Of the statistics, in their order.
        scales: Their standard deviations.
        weights: w.
        bias: c.
        fitted: On what.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    fitted: Fitted

    def probability(self, rows: Sequence[Statistics]) -> np.ndarray:
        """Return the probability that each file is drawn and not filmed, float64, 0..1."""
        return self.scores(table_of(rows))

    def scores(self, x_ND: np.ndarray) -> np.ndarray:
        """Return the same of a table of statistics, in their order."""
        from scipy.special import expit

        z_ND = _standardised(x_ND, np.array(self.means), np.array(self.scales))
        return np.asarray(expit(z_ND @ np.array(self.weights) + self.bias))

    def write(self, path: Path | str) -> None:
        """Write the model as JSON."""
        record = {"version": VERSION, "statistics": STATISTICS, **asdict(self)}
        write_text(path, json.dumps(record, indent=1) + "\n")


def read_model(path: Path | str) -> Animated:
    """Return the model of a file.

    Raises:
        UsageError: There is no such file, or it is no model over these statistics.
    """
    return _from_json(_text_of(Path(path)), str(path))


def default_model() -> Animated:
    """Return the model that comes with the package.

    Example:
        >>> cartoon = Statistics(1.5, 0.6, 0.7, 0.01, 0.3, 0.95)
        >>> film = Statistics(5.5, 0.0, 0.05, 0.2, 0.3, 0.4)
        >>> default_model().probability([cartoon, film]).round(1).tolist()
        [1.0, 0.0]
    """
    file = resources.files("anigifs.curate.screening") / "data" / MODEL
    return _from_json(file.read_text("utf-8"), MODEL)


def fit(rows: Mapping[str, Statistics], votes: Iterable[Vote]) -> Animated:
    """Fit the model to reviewers' votes.

    A file is drawn where it was accepted or fails only at ``action``, which is asked after
    ``animated``; it is filmed where it fails at ``animated``. The last vote of each person counts,
    of several people the majority, and of adjudicators theirs alone; files of which as many say
    the one as the other, those that fail at ``gif`` and those that were skipped tell nothing.

    Args:
        rows: What was measured of files, by their sha256; votes on others tell nothing.
        votes: In the order in which they were cast.

    Raises:
        UsageError: Fewer than five files are voted drawn, or filmed.
    """
    drawn = {item: is_it for item, is_it in drawn_by_vote(votes).items() if item in rows}
    names = sorted(drawn)
    drawn_N = np.array([drawn[name] for name in names], bool)
    count = int(drawn_N.sum())
    if min(count, len(names) - count) < LEAST:
        raise UsageError(
            f"votes on files that were screened say of {count} that they are drawn and of "
            f"{len(names) - count} that they are filmed; at least {LEAST} of each are needed"
        )
    x_ND = table_of([rows[name] for name in names])
    return fit_table(x_ND, drawn_N, "votes", _held_out_auc(x_ND, drawn_N))


def drawn_by_vote(votes: Iterable[Vote]) -> dict[str, bool]:
    """Return whether each file is drawn, where votes say so; see :func:`fit`.

    Example:
        >>> votes = [
        ...     Vote(item="a", annotator="x", verdict="reject", criterion="animated"),
        ...     Vote(item="a", annotator="x", verdict="accept"),
        ...     Vote(item="b", annotator="x", verdict="reject", criterion="gif"),
        ... ]
        >>> drawn_by_vote(votes)
        {'a': True}
    """
    last: dict[str, dict[tuple[str, str], Vote]] = defaultdict(dict)
    for vote in sorted(votes, key=lambda one: one.when):
        last[vote.item][vote.annotator, vote.role] = vote
    sums = {item: _sum(list(people.values())) for item, people in last.items()}
    return {item: total > 0 for item, total in sums.items() if total}


def _sum(votes: Sequence[Vote]) -> int:
    adjudicating = [vote for vote in votes if vote.role == "adjudicator"]
    return sum(map(_drawn, adjudicating or votes))


def _drawn(vote: Vote) -> int:
    """Return 1 for drawn, -1 for filmed, 0 where a vote tells nothing of it."""
    if vote.verdict == "reject":
        return {"animated": -1, "action": 1}.get(vote.criterion, 0)
    return int(vote.verdict == "accept")


def auc(scores_N: np.ndarray, drawn_N: np.ndarray) -> float:
    """Return the chance that a drawn file has the higher score of it and a filmed one; ties half.

    Example:
        >>> auc(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]))
        0.75
    """
    from scipy.stats import rankdata

    ranks_N, count = rankdata(scores_N), int(drawn_N.sum())
    above = ranks_N[drawn_N].sum() - count * (count + 1) / 2
    return float(above / (count * (len(drawn_N) - count)))


def logistic(z_ND: np.ndarray, drawn_N: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Return weights and then bias of a logistic model, both kinds weighing alike.

    The loss is |w|^2 / 2 + strength * (sum of the weighted log losses), found by L-BFGS: that of
    scikit-learn's ``LogisticRegression(C=strength, class_weight="balanced")``.

    Args:
        z_ND: Standardised statistics.
        drawn_N: bool; some of each.
        strength: How much the files count against the wish for small weights.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    sign_N = np.where(drawn_N, 1.0, -1.0)
    weight_N = strength / (2 * np.where(drawn_N, drawn_N.mean(), 1 - drawn_N.mean()))

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        margin_N = sign_N * (z_ND @ values[:-1] + values[-1])
        slope_N = -weight_N * sign_N * expit(-margin_N)
        gradient = np.append(z_ND.T @ slope_N + values[:-1], slope_N.sum())
        total = values[:-1] @ values[:-1] / 2 + weight_N @ np.logaddexp(0, -margin_N)
        return float(total), gradient

    start = np.zeros(z_ND.shape[1] + 1)
    options = {"maxiter": 1_000, "gtol": 1e-6}
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x)


def fit_table(
    x_ND: np.ndarray, drawn_N: np.ndarray, on: str = "", area: float | None = None
) -> Animated:
    """Fit the model to a table of statistics.

    Args:
        x_ND: In their order, a row for each file.
        drawn_N: bool; some of each.
        on: What these files are, in words.
        area: The AUC on others, if it is known.
    """
    means_D, scales_D = x_ND.mean(axis=0), x_ND.std(axis=0)
    scales_D[scales_D == 0] = 1.0
    *weights, bias = logistic(_standardised(x_ND, means_D, scales_D), drawn_N).tolist()
    count = int(drawn_N.sum())
    about = Fitted(on, count, len(drawn_N) - count, area)
    return Animated(tuple(means_D.tolist()), tuple(scales_D.tolist()), tuple(weights), bias, about)


def _held_out_auc(x_ND: np.ndarray, drawn_N: np.ndarray) -> float:
    """Return the AUC where each fifth of either kind is scored by a model of the other four."""
    scores_N, fold_N = np.empty(len(x_ND)), np.empty(len(x_ND), int)
    for kind_N in (drawn_N, ~drawn_N):
        fold_N[kind_N] = np.arange(kind_N.sum()) % FOLDS
    for fold in range(FOLDS):
        inside_N = fold_N == fold
        scores_N[inside_N] = fit_table(x_ND[~inside_N], drawn_N[~inside_N]).scores(x_ND[inside_N])
    return auc(scores_N, drawn_N)


def table_of(rows: Sequence[Statistics]) -> np.ndarray:
    """Return statistics as a float64 table, a row for each file."""
    return np.array([astuple(row) for row in rows], np.float64).reshape(-1, len(STATISTICS))


def _standardised(x_ND: np.ndarray, means_D: np.ndarray, scales_D: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip((x_ND - means_D) / scales_D, -FURTHEST, FURTHEST))


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{path}: cannot be read ({reason})") from None


def _from_json(text: str, name: str) -> Animated:
    try:
        record = json.loads(text)
        if (record.pop("version"), record.pop("statistics")) != (VERSION, list(STATISTICS)):
            raise ValueError
        means, scales, weights = (
            tuple(float(one) for one in record.pop(name)) for name in ("means", "scales", "weights")
        )
        if not len(means) == len(scales) == len(weights) == len(STATISTICS):
            raise ValueError
        bias, fitted = float(record.pop("bias")), Fitted(**record.pop("fitted"))
        return Animated(means, scales, weights, bias, fitted)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UsageError(f"{name}: no model over the statistics of this version") from None
