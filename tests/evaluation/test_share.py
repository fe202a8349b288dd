import numpy as np
import pytest

from anigifs.evaluation import share as sharing
from anigifs.evaluation.share import share_of_way
from anigifs.foundation import UsageError

RNG = np.random.default_rng(0)
GROUPS = np.repeat(np.arange(30), 3)


def answers(share: float, seeds: int = 3) -> np.ndarray:
    return (RNG.random((seeds, len(GROUPS))) < share).astype(float)


def slow_interval(three: list[np.ndarray], draws: int) -> np.ndarray:
    """Draw seeds and groups as one would by hand."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(draws):
        seeds = rng.integers(0, len(three[0]), len(three[0]))
        clips = np.concatenate([np.flatnonzero(g == GROUPS) for g in rng.integers(0, 30, 30)])
        own, first, ceiling = (one[np.ix_(seeds, clips)].mean() for one in three)
        found.append((own - first) / (ceiling - first))
    return np.asarray(np.quantile(found, [0.025, 0.975]))


def test_the_interval_is_that_of_drawing_seeds_and_groups_by_hand() -> None:
    three = [answers(0.7), answers(0.5), answers(0.95)]
    found = share_of_way(three[0], three[1], three[2], GROUPS)
    wanted = (three[0].mean() - three[1].mean()) / (three[2].mean() - three[1].mean())
    assert found.value == pytest.approx(wanted)
    assert (found.n, found.groups) == (90, 30)
    assert [found.low, found.high] == pytest.approx(list(slow_interval(three, 4000)), abs=0.02)
    again = share_of_way(three[0], three[1], three[2], GROUPS)
    assert again == found


def test_draws_in_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    three = [answers(0.7), answers(0.5), answers(0.95)]
    whole = share_of_way(three[0], three[1], three[2], GROUPS, replicates=500)
    monkeypatch.setattr(sharing, "BLOCK", 30 * 7)
    assert share_of_way(three[0], three[1], three[2], GROUPS, replicates=500) == whole


def test_the_ends_of_the_way_are_sure() -> None:
    first, ceiling = answers(0.4), answers(0.9)
    for own, share in ((first, 0.0), (ceiling, 1.0)):
        found = share_of_way(own, first, ceiling, GROUPS)
        assert (found.value, found.low, found.high) == (share, share, share)


def test_groups_of_clips_rise_and_fall_together() -> None:
    one_each = [np.repeat(answers(share)[:, ::3], 3, axis=1) for share in (0.6, 0.4, 0.9)]
    own, first, ceiling = one_each
    alone = share_of_way(own, first, ceiling, np.arange(90))
    together = share_of_way(own, first, ceiling, GROUPS)
    widths = [one.high - one.low for one in (alone, together) if one.high and one.low]
    assert widths[1] > 1.3 * widths[0]


def test_without_a_sure_way_there_is_no_interval() -> None:
    first = answers(0.5)
    barely = first.copy()
    barely[0, first[0].argmin()] = 1.0
    found = share_of_way(answers(0.6), first, barely, GROUPS)
    assert (found.low, found.high) == (None, None)
    one_group = share_of_way([[1, 0]], [[0, 0]], [[1, 1]], ["a", "a"])
    assert (one_group.value, one_group.low) == (0.5, None)


@pytest.mark.parametrize(
    ("three", "said"),
    [
        (([[1.0]], [[1.0, 0.0]], [[1.0]]), "equal clips and seeds"),
        (([[]], [[]], [[]]), "equal clips and seeds"),
        (([1.0], [0.0], [1.0]), "equal clips and seeds"),
        (([[1.0, 1.0]], [[1.0, 0.0]], [[0.0, 1.0]]), "a share of no way"),
    ],
)
def test_what_has_no_share_is_refused(three: tuple[list[list[float]], ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        share_of_way(three[0], three[1], three[2], list("ab"))
