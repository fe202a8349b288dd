"""Intervals, against another implementation, and against how often they should hold the truth."""

import numpy as np
import pytest
from scipy import stats

from anigifs.curate.voting.answers import Answers, answers_of
from anigifs.curate.voting.bootstrap import measured
from anigifs.curate.voting.coefficients import NO_PAIR, ONE_ANSWER, pair_tally, tally


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def said(seed: int, items: int, people: int = 2, right: float = 0.85) -> np.ndarray:
    """Return answers 0 and 1 of people who err."""
    random = rng(seed)
    truth_U1 = random.random((items, 1)) < 0.7
    return np.asarray((truth_U1 ^ (random.random((items, people)) > right)).astype(int))


def test_the_interval_is_that_of_another_package() -> None:
    said_UP = said(3, 60)
    sums = pair_tally(said_UP[:, 0], said_UP[:, 1], np.arange(60), 2)
    (found,) = measured(sums, rng(), 20_000)
    theirs = stats.bootstrap(
        (said_UP[:, 0] == said_UP[:, 1],), np.mean, n_resamples=20_000, method="BCa", rng=rng()
    ).confidence_interval
    assert found.intervals["raw"] == pytest.approx((theirs.low, theirs.high), abs=0.02)

    def kappa(first: np.ndarray, second: np.ndarray, axis: int = -1) -> np.ndarray:
        alike = (first == second).mean(axis)
        a, b = first.mean(axis), second.mean(axis)
        chance = a * b + (1 - a) * (1 - b)
        return np.asarray((alike - chance) / (1 - chance))

    theirs = stats.bootstrap(
        (said_UP[:, 0], said_UP[:, 1]), kappa, paired=True, n_resamples=20_000, method="BCa",
        rng=rng(),
    ).confidence_interval  # fmt: skip
    assert found.intervals["cohen"] == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_families_may_be_drawn_one_by_one_or_by_their_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which is quicker depends on how many are alike; both give the same but for chance."""
    said_UP = said(5, 200)
    sums = pair_tally(said_UP[:, 0], said_UP[:, 1], np.arange(200), 2)
    found = []
    for cost in (0, 10_000):
        monkeypatch.setattr("anigifs.curate.voting.bootstrap._MULTINOMIAL_COST", cost)
        found += measured(sums, rng(), 20_000)
    assert found[0].values == found[1].values
    for name, ends in found[0].intervals.items():
        assert found[1].intervals[name] == pytest.approx(ends, abs=0.01), name
        assert found[1].intervals[name] != ends


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 200 intervals of 95 %, chance leaves 181 to 198 that do (binomial, 99.9 %)."""
    strata, items = 200, 80
    said_UP = said(7, strata * items, right=0.9)
    sums = pair_tally(
        said_UP[:, 0], said_UP[:, 1], np.arange(len(said_UP)), 2,
        np.repeat(np.arange(strata), items),
    )  # fmt: skip
    agree, yes = 0.9**2 + 0.1**2, 0.7 * 0.9 + 0.3 * 0.1
    chance = yes**2 + (1 - yes) ** 2
    truths = {
        "raw": agree,
        "cohen": (agree - chance) / (1 - chance),
        "ac1": (agree - 2 * yes * (1 - yes)) / (1 - 2 * yes * (1 - yes)),
    }
    found = measured(sums, rng(), 1000)
    for name, truth in truths.items():
        held = sum(low <= truth <= high for low, high in (one.intervals[name] for one in found))
        assert 181 <= held <= 198, name


def test_a_stratum_has_the_interval_that_it_would_have_alone() -> None:
    said_UP = said(9, 300)
    stratum_U = np.repeat([0, 1], [100, 200])
    first_U, second_U = said_UP[:, 0], said_UP[:, 1]
    both = measured(pair_tally(first_U, second_U, np.arange(300), 2, stratum_U), rng(), 8000)
    later = pair_tally(first_U[100:], second_U[100:], np.arange(200), 2)
    alone = measured(later, rng(), 8000)[0]
    for name, ends in alone.intervals.items():
        assert both[1].intervals[name] == pytest.approx(ends, abs=0.015), name


def test_strata_with_many_answers_and_with_few_are_told_together() -> None:
    """Their sums are of other widths."""
    random = rng(2)
    wide = [[one, one if random.random() < 0.7 else -1] for one in random.integers(0, 40, 150)]
    narrow = [["a", "a" if random.random() < 0.7 else "b"] for _ in range(150)]
    units = [*wide, *narrow]
    sums, _ = tally(answers_of(units, 41), np.repeat([0, 1], 150))
    found = measured(sums, rng(), 2000)
    for stratum, part in enumerate((wide, narrow)):
        alone = measured(tally(answers_of(part, 41))[0], rng(), 2000)[0]
        assert found[stratum].values == pytest.approx(alone.values)
        for name, ends in alone.intervals.items():
            assert found[stratum].intervals[name] == pytest.approx(ends, abs=0.04), name


@pytest.mark.parametrize(
    ("units", "why"),
    [
        (["a", "b"], dict.fromkeys(("raw", "fleiss", "alpha", "ac1"), NO_PAIR)),
        (["ab"] * 9, dict.fromkeys(("raw", "fleiss", "alpha", "ac1"), "there are fewer than 10")),
        (["aa"] * 10, {"raw": "every draw", "ac1": "every draw"}
         | dict.fromkeys(("fleiss", "alpha"), ONE_ANSWER)),
        (["aa"] * 40 + ["ab"], dict.fromkeys(("fleiss", "alpha"), "it is not defined in 3")),
    ],
)  # fmt: skip
def test_where_there_is_no_interval_it_is_said_why(units: list[str], why: dict[str, str]) -> None:
    (found,) = measured(tally(answers_of(units))[0], rng(), 500)
    assert found.why.keys() == why.keys()
    for name, reason in why.items():
        assert found.why[name].startswith(reason)
        assert name not in found.intervals


def test_without_draws_there_are_values_alone() -> None:
    (found,) = measured(tally(answers_of(["aa", "ab"]))[0])
    assert (found.values["raw"], found.intervals, found.why) == (0.5, {}, {})


def test_families_of_items_are_drawn_as_one() -> None:
    """Two items of a family are one draw: the interval is that of half as many."""
    said_UP = said(11, 200)
    doubled = np.repeat(said_UP, 2, axis=0)
    people_N = np.tile([0, 1], 400)
    value_N = doubled.ravel()
    unit_N = np.repeat(np.arange(400), 2)
    twice = Answers(unit_N, people_N, value_N, np.repeat(np.arange(200), 2), 2)
    (found,) = measured(tally(twice)[0], rng(), 4000)
    (once,) = measured(tally(answers_of(said_UP.tolist()))[0], rng(), 4000)
    assert found.intervals["raw"] == pytest.approx(once.intervals["raw"], abs=0.01)
    assert found.intervals["ac1"] == pytest.approx(once.intervals["ac1"], abs=0.02)
