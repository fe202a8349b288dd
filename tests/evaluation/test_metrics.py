import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    balanced_accuracy_score,
    confusion_matrix,
    log_loss,
    recall_score,
    top_k_accuracy_score,
)

from anigifs.evaluation import Ranking
from anigifs.evaluation.calibration import calibration
from anigifs.evaluation.metrics import (
    accuracy,
    broken_down,
    confusion,
    length_bin,
    mean_class,
    most_confused,
    per_class,
    worst_class,
)
from tests.evaluation.made import made_predictions


def ranked(pairs: list[tuple[str, str]]) -> Ranking:
    """First answers only, from pairs of a label and an answer."""
    labels = tuple(label for label, _ in pairs)
    ids = tuple(map(str, range(len(pairs))))
    nothing = ("",) * len(pairs)
    answers = tuple(answer for _, answer in pairs)
    rank_N = np.array([int(label != answer) for label, answer in pairs])
    return Ranking(ids, ids, labels, nothing, nothing, (0,) * len(pairs), answers, rank_N, 1)


@given(st.integers(0, 10_000), st.integers(150, 200))
def test_accuracies_are_those_of_scikit_learn(seed: int, clips: int) -> None:
    said = made_predictions(clips, seed=seed)
    ranking, k = said.ranking(), range(len(said.classes))
    truth_N = [said.classes.index(label) for label in said.labels]
    for places in (1, 5):
        expected = top_k_accuracy_score(truth_N, said.logits_NK, k=places, labels=list(k))
        assert accuracy(ranking, places) == pytest.approx(expected)
    assert mean_class(ranking) == pytest.approx(
        balanced_accuracy_score(ranking.labels, ranking.answers)
    )
    names = sorted(set(said.labels))
    recalls = recall_score(ranking.labels, ranking.answers, labels=names, average=None)
    assert per_class(ranking) == pytest.approx(dict(zip(names, recalls, strict=True)))
    name, value = worst_class(ranking)
    assert value == pytest.approx(recalls.min())
    assert name == names[int(recalls.argmin())]


def test_the_confusion_matrix_is_that_of_scikit_learn() -> None:
    said = made_predictions()
    ranking = said.ranking()
    counts = confusion(ranking)
    full = [[counts.get(a, {}).get(b, 0) for b in said.classes] for a in said.classes]
    expected = confusion_matrix(ranking.labels, ranking.answers, labels=list(said.classes))
    assert full == expected.tolist()
    assert all(times > 0 for row in counts.values() for times in row.values())


def test_the_most_confused_pairs_come_by_count_share_and_name() -> None:
    pairs = [("a", "b")] * 2 + [("a", "a")] * 2 + [("b", "c")] * 2 + [("c", "a"), ("c", "b")]
    found = most_confused(confusion(ranked(pairs)), top=3)
    assert [(pair.label, pair.answer, pair.n, pair.share) for pair in found] == [
        ("b", "c", 2, 1.0),
        ("a", "b", 2, 0.5),
        ("c", "a", 1, 0.5),
    ]


def test_the_worst_class_of_several_is_the_first_by_name() -> None:
    assert worst_class(ranked([("b", "x"), ("a", "x"), ("c", "c")])) == ("a", 0.0)


def test_breakdowns_hold_every_clip_once_and_name_what_is_not_stated() -> None:
    ranking = made_predictions().ranking()
    for by in ("class", "style", "domain", "length"):
        places = np.concatenate(list(broken_down(ranking, by).values()))
        assert sorted(places.tolist()) == list(range(60))
    styles = broken_down(ranking, "style")
    assert list(styles) == ["style 0", "style 1", "style 2"]
    assert styles["style 1"].tolist() == list(range(1, 60, 3))
    assert list(broken_down(ranking, "length")) == ["1-8", "9-16", "17-40", "41-64", "65-"]
    assert broken_down(ranked([("a", "a")]), "domain") == {}
    half = ranking.take([0, 1])
    half = Ranking(**{**vars(half), "styles": ("cartoon", "")})
    assert {k: v.tolist() for k, v in broken_down(half, "style").items()} == {
        "cartoon": [0],
        "unstated": [1],
    }


@given(st.integers(1, 3000))
def test_a_length_lies_in_the_bin_that_is_named(frames: int) -> None:
    low, high = length_bin(frames).split("-")
    assert int(low) <= frames <= int(high or frames)


def test_accuracy_that_cannot_be_known_is_none() -> None:
    assert accuracy(ranked([("a", "a")]), 5) is None
    assert accuracy(ranked([])) is None
    assert mean_class(ranked([])) is None
    assert calibration(ranked([("a", "a")])) is None


@given(st.integers(0, 10_000), st.floats(0, 6))
def test_calibration_is_that_of_scikit_learn(seed: int, strength: float) -> None:
    said = made_predictions(200, seed=seed, strength=strength)
    ranking = said.ranking()
    found = calibration(ranking)
    assert found is not None
    assert ranking.confidence_N is not None
    filled = [one for one in found.bins if one.n]
    right, stated = calibration_curve(ranking.right_N, ranking.confidence_N, n_bins=15)
    assert [one.accuracy for one in filled] == pytest.approx(right.tolist())
    assert [one.confidence for one in filled] == pytest.approx(stated.tolist())
    share = np.histogram(ranking.confidence_N, bins=15, range=(0, 1))[0] / 200
    assert found.ece == pytest.approx(float((np.abs(right - stated) * share[share > 0]).sum()))
    shares_NK = np.exp(said.logits_NK.astype(float))
    shares_NK /= shares_NK.sum(axis=1, keepdims=True)
    truth_N = [said.classes.index(label) for label in said.labels]
    assert found.nll == pytest.approx(log_loss(truth_N, shares_NK, labels=list(range(7))))


def test_a_bin_holds_its_upper_end_and_unknown_classes_have_no_likelihood() -> None:
    pairs = [("a", "a"), ("a", "b"), ("unknown", "b")]
    one = Ranking(
        **{
            **vars(ranked(pairs)),
            "confidence_N": np.array([3 / 15, 1.0, 0.0]),
            "log_likelihood_N": np.array([np.log(3 / 15), -2.0, -np.inf]),
        }
    )
    found = calibration(one)
    assert found is not None
    assert [(b, bin_.n) for b, bin_ in enumerate(found.bins) if bin_.n] == [(0, 1), (2, 1), (14, 1)]
    assert found.ece == pytest.approx(((1 - 0.2) + 1.0 + 0.0) / 3)
    assert found.nll == pytest.approx((2 - np.log(0.2)) / 2)
