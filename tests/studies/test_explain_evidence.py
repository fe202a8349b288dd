"""Right answers against right evidence: by hand, and scipy's bootstrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from anigifs.studies.explain.evidence import FEWEST_GROUPS, evidence_of

#: Ten clips by hand: six with the peak inside, of which five are right; four outside, one right.
INSIDE = [place < 6 for place in range(10)]
RIGHT = [place < 5 or place == 6 for place in range(10)]


def groups_of(clips: int) -> list[str]:
    return [f"motion {place}" for place in range(clips)]


def test_two_by_two_by_hand() -> None:
    found = evidence_of(RIGHT, INSIDE, groups_of(10))
    assert (found.right_inside, found.wrong_inside) == (5, 1)
    assert (found.right_outside, found.wrong_outside) == (1, 3)
    assert (found.n, found.groups) == (10, 10)
    assert found.right_given_inside == pytest.approx(5 / 6)
    assert found.right_given_outside == pytest.approx(1 / 4)
    assert found.difference == pytest.approx(5 / 6 - 1 / 4)
    assert (found.low, found.high) == (None, None)  # too few groups to say
    assert found.to_json()["right_given_inside"] == pytest.approx(5 / 6)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9))
def test_counts_sum_to_the_clips_and_shares_follow_from_them(
    clips: list[tuple[bool, bool]],
) -> None:
    right, inside = zip(*clips, strict=True)
    found = evidence_of(right, inside, groups_of(len(clips)))
    assert found.n == len(clips)
    assert found.right_inside + found.right_outside == sum(right)
    assert found.inside == sum(inside)
    of_inside = [answer for answer, where in clips if where]
    of_outside = [answer for answer, where in clips if not where]
    if of_inside and of_outside:
        apart = np.mean(of_inside) - np.mean(of_outside)
        assert found.difference == pytest.approx(apart)
    else:
        assert found.difference is None
        assert (found.right_given_inside is None) == (not of_inside)


def test_the_interval_is_scipys() -> None:
    rng = np.random.default_rng(0)
    inside_N = rng.random(200) < 0.6
    right_N = rng.random(200) < np.where(inside_N, 0.8, 0.5)
    found = evidence_of(right_N, inside_N, groups_of(200))

    def apart(right_N: np.ndarray, inside_N: np.ndarray) -> float:
        return float(right_N[inside_N].mean() - right_N[~inside_N].mean())

    theirs = stats.bootstrap(
        (right_N, inside_N), apart, paired=True, vectorized=False, method="BCa", rng=1
    ).confidence_interval
    assert found.difference == pytest.approx(apart(right_N, inside_N))
    assert found.low == pytest.approx(theirs.low, abs=0.015)
    assert found.high == pytest.approx(theirs.high, abs=0.015)


def test_clips_of_one_group_are_one_piece_of_evidence() -> None:
    copies = 5
    inside, right = INSIDE * FEWEST_GROUPS, RIGHT * FEWEST_GROUPS
    groups = groups_of(len(inside))
    once = evidence_of(right, inside, groups)
    copied = evidence_of(right * copies, inside * copies, groups * copies)
    assert copied.n == copies * once.n
    assert copied.groups == once.groups
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    apart = evidence_of(right * copies, inside * copies, groups_of(copied.n))
    assert apart.high is not None
    assert apart.low is not None
    assert once.high is not None
    assert once.low is not None
    assert apart.high - apart.low < 0.7 * (once.high - once.low)
