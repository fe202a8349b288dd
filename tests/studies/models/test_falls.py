"""The difference of two falls, against sums by hand and the plain bootstrap over groups."""

import numpy as np
import pytest

from anigifs.evaluation import Ranking
from anigifs.studies.models.falls import deeper, deeper_falls
from tests.studies.made import outcome

OPTIONS = {"level": 0.95, "replicates": 4000, "seed": 0}


def rankings(model: str, film: np.ndarray, cartoon: np.ndarray) -> tuple[Ranking, Ranking]:
    return outcome(model, "film", film).ranking, outcome(model, "cartoon", cartoon).ranking


def test_it_is_the_fall_of_one_minus_that_of_the_other() -> None:
    one = rankings("one", np.repeat([1, 0], [9, 1]), np.repeat([1, 0], [3, 7]))
    other = rankings("other", np.repeat([1, 0], [8, 2]), np.repeat([1, 0], [7, 3]))
    found = deeper(one, other, OPTIONS)
    assert found.share.value == pytest.approx((0.9 - 0.3) - (0.8 - 0.7))
    assert (found.shared, found.groups) == (10, 10)
    back = deeper(other, one, OPTIONS)
    assert back.share.value == pytest.approx(-found.share.value)


def test_its_interval_is_that_of_the_bootstrap_over_groups() -> None:
    """scipy on one number a group: with equal groups in both sets that is the whole of it."""
    from scipy.stats import bootstrap

    rng = np.random.default_rng(1)
    answers = {key: rng.random(60) < share for key, share in zip("abcd", (0.9, 0.4, 0.8, 0.6))}  # noqa: B905
    a, b, c, d = answers.values()
    found = deeper(rankings("one", a, b), rankings("other", c, d), OPTIONS)
    per_group = a.astype(float) - b - c + d
    expected = bootstrap((per_group,), np.mean, n_resamples=4000, rng=rng).confidence_interval
    assert found.share.value == pytest.approx(per_group.mean())
    assert found.share.low == pytest.approx(expected.low, abs=0.02)
    assert found.share.high == pytest.approx(expected.high, abs=0.02)


def test_answers_are_paired_by_clip_whatever_their_order() -> None:
    film, cartoon = np.array([1, 1, 0, 1, 0, 1, 1]), np.array([0, 1, 0, 1, 0, 0, 0])
    one, other = rankings("one", film, cartoon), rankings("other", 1 - film, cartoon)
    order = np.random.default_rng(0).permutation(7)
    shuffled = other[0].take(order), other[1].take(order[::-1])
    assert deeper(one, shuffled, OPTIONS) == deeper(one, other, OPTIONS)


def test_every_model_is_compared_with_the_first_on_every_target() -> None:
    rng = np.random.default_rng(0)
    outcomes = [
        outcome(model, of_set, rng.random(20) < 0.5)
        for model in ("first", "second", "third")
        for of_set in ("film", "flat", "toy")
    ]
    found = deeper_falls(outcomes, "data", OPTIONS)
    assert [(one.model, one.reference, one.of_set) for one in found] == [
        ("second", "first", "flat"),
        ("second", "first", "toy"),
        ("third", "first", "flat"),
        ("third", "first", "toy"),
    ]
    top1 = {(one.model, one.set): one.ranking.right_N.mean() for one in outcomes}
    last = (top1["third", "film"] - top1["third", "toy"]) - (
        top1["first", "film"] - top1["first", "toy"]
    )
    assert found[-1].gap.share.value == pytest.approx(last)
