import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.evaluation import Estimate, bootstrap_interval
from anigifs.foundation import UsageError
from anigifs.gap.apart import Apart, take_apart

Right = dict[frozenset[str], np.ndarray]
FEW = 200


def subsets(factors: str) -> list[frozenset[str]]:
    counts = range(len(factors) + 1)
    return [frozenset(some) for count in counts for some in combinations(factors, count)]


def game(factors: str, right: Callable[[frozenset[str]], object]) -> Right:
    """Return answers as a rule has them."""
    return {some: np.asarray(right(some), float) for some in subsets(factors)}


def apart(right: Mapping[frozenset[str], np.ndarray], factors: str) -> Apart:
    return take_apart(right, range(len(right[frozenset()])), factors, replicates=FEW)


def values(found: Apart, name: str) -> list[float]:
    return [getattr(one, name).value for one in found.factors]


def test_clips_that_one_factor_each_spoils_are_its_share_whichever_way_it_is_asked() -> None:
    spoilt_by = np.array(list("aaabbc---"))
    found = apart(game("abc", lambda some: [one not in some for one in spoilt_by]), "abc")
    assert found.fall.value == pytest.approx(6 / 9)
    for name in ("share", "added", "removed"):
        assert values(found, name) == pytest.approx([3 / 9, 2 / 9, 1 / 9])
    assert [one.value.value for one in found.interactions] == pytest.approx([0, 0, 0])
    for factor in found.factors:  # and as certain
        assert factor.share.low == pytest.approx(factor.added.low)
        assert factor.share.high == pytest.approx(factor.removed.high)


def test_two_factors_that_only_spoil_together_share_it_and_interact_wholly() -> None:
    found = apart(game("abc", lambda some: [not {"a", "b"} <= some] * 4), "abc")
    assert values(found, "share") == pytest.approx([0.5, 0.5, 0])
    assert values(found, "added") == [0, 0, 0]
    assert values(found, "removed") == [1, 1, 0]
    pairs = {(one.one, one.other): one.value.value for one in found.interactions}
    assert pairs == pytest.approx({("a", "b"): 1, ("a", "c"): 0, ("b", "c"): 0})


def test_two_factors_of_which_either_spoils_do_what_the_other_does() -> None:
    found = apart(game("abc", lambda some: [not {"a", "b"} & some] * 4), "abc")
    assert values(found, "share") == pytest.approx([0.5, 0.5, 0])
    assert values(found, "added") == [1, 1, 0]
    assert values(found, "removed") == [0, 0, 0]
    assert found.interactions[0].value.value == pytest.approx(-1)


@st.composite
def answers(draw: st.DrawFn) -> tuple[Right, str]:
    factors = "abcd"[: draw(st.integers(1, 4))]
    count = draw(st.integers(1, 5))
    right = st.lists(st.booleans(), min_size=count, max_size=count)
    return {some: np.array(draw(right), float) for some in subsets(factors)}, factors


@settings(max_examples=60)
@given(answers())
def test_shares_sum_to_the_whole_fall(made: tuple[Right, str]) -> None:
    right, factors = made
    found = take_apart(right, range(len(right[frozenset()])), factors, replicates=2)
    assert sum(values(found, "share")) == pytest.approx(found.fall.value)
    whole = right[frozenset()].mean() - right[frozenset(factors)].mean()
    assert found.fall.value == pytest.approx(whole)


@settings(max_examples=20)
@given(answers())
def test_shares_and_interactions_are_means_over_all_orders(made: tuple[Right, str]) -> None:
    right, factors = made
    found = take_apart(right, range(len(right[frozenset()])), factors, replicates=2)

    def fall(some: set[str]) -> float:
        return float(right[frozenset()].mean() - right[frozenset(some)].mean())

    for factor in found.factors:
        gains = [
            fall(before | {factor.name}) - fall(before)
            for order in permutations(factors)
            for before in [set(order[: order.index(factor.name)])]
        ]
        assert factor.share.value == pytest.approx(np.mean(gains), abs=1e-12)
    for pair in found.interactions:
        both = pair.one + pair.other  # the pair comes as one player
        players = [both, *(one for one in factors if one not in both)]
        gains = [
            fall(before | set(both)) - fall(before | {pair.one}) - fall(before | {pair.other})
            + fall(before)
            for order in permutations(players)
            for before in [set("".join(order[: order.index(both)]))]
        ]  # fmt: skip
        assert pair.value.value == pytest.approx(np.mean(gains), abs=1e-12)


def random_answers(seed: int, clips: int) -> Right:
    rng = np.random.default_rng(seed)
    return game("ab", lambda some: rng.random(clips) < 0.9 - 0.2 * len(some))


def test_intervals_are_those_of_differences_on_the_same_clips() -> None:
    right = random_answers(0, 60)
    groups = np.repeat(np.arange(30), 2)
    found = take_apart(right, groups, "ab", replicates=FEW, seed=3)
    none, a, b, both = (right[some] for some in subsets("ab"))

    def interval(values_N: np.ndarray) -> Estimate:
        return bootstrap_interval(values_N, groups, replicates=FEW, seed=3)

    assert found.factors[0].added == interval(none - a)
    assert found.factors[1].removed == interval(a - both)
    assert found.factors[0].share == interval((none - a) / 2 + (b - both) / 2)
    assert found.accuracy == {
        "none": interval(none), "a": interval(a), "b": interval(b), "a+b": interval(both)
    }  # fmt: skip
    assert (found.fall.n, found.fall.groups) == (60, 30)


def test_a_factor_that_changes_nothing_has_no_doubt_about_it() -> None:
    rng = np.random.default_rng(1)
    real, spoilt = rng.random(40) < 0.9, rng.random(40) < 0.6
    found = apart(game("ab", lambda some: spoilt if "a" in some else real), "ab")
    idle = found.factors[1]
    assert [idle.share.value, idle.added.value, idle.removed.value] == [0, 0, 0]
    assert idle.share.low is idle.added.high is None
    assert found.factors[0].share.low is not None


def test_what_is_only_added_is_compared_with_the_source() -> None:
    right = random_answers(2, 50)
    worse = right[frozenset()] * (np.arange(50) % 5 > 0)
    found = take_apart(right, range(50), "ab", added={"dither": worse}, replicates=FEW)
    cost = right[frozenset()].mean() - worse.mean()
    assert found.only_added["dither"].value == pytest.approx(cost)
    assert cost > 0


def test_it_can_be_written_as_json_with_combinations_in_the_order_of_factors() -> None:
    found = take_apart(random_answers(3, 20), range(20), "ba", replicates=FEW)
    assert list(json.loads(json.dumps(asdict(found)))["accuracy"]) == ["none", "b", "a", "b+a"]


def test_lacking_or_other_clips_are_refused() -> None:
    right = random_answers(4, 8)
    del right[frozenset("b")]
    with pytest.raises(UsageError, match="the combination 'b' is lacking"):
        apart(right, "ab")
    right[frozenset("b")] = np.ones(7)
    with pytest.raises(UsageError, match="b: 7 answers for 8 clips"):
        apart(right, "ab")
