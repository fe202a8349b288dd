from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.clips.order import balanced_order, epoch_order, share_of

seeds = st.integers(0, 2**32)
label_lists = st.lists(st.integers(0, 5), min_size=1, max_size=60)


@given(st.integers(0, 200), seeds, st.integers(0, 50))
def test_an_epoch_holds_every_clip_once(count: int, seed: int, epoch: int) -> None:
    order = epoch_order(count, seed, epoch, shuffle=True)
    assert sorted(order.tolist()) == list(range(count))
    np.testing.assert_array_equal(order, epoch_order(count, seed, epoch, shuffle=True))
    assert epoch_order(count, seed, epoch, shuffle=False).tolist() == list(range(count))


def test_seeds_and_epochs_give_other_orders() -> None:
    orders = {
        tuple(epoch_order(50, seed, epoch, shuffle=True).tolist())
        for seed in range(5)
        for epoch in range(5)
    }
    assert len(orders) == 25


@given(label_lists, seeds, st.integers(0, 20))
def test_each_class_is_shown_equally_often(labels: list[int], seed: int, epoch: int) -> None:
    order = balanced_order(labels, seed, epoch)
    shown = Counter(labels[clip] for clip in order)
    assert set(shown) == set(labels)
    assert set(shown.values()) == {max(1, round(len(labels) / len(set(labels))))}


@given(label_lists, seeds, st.integers(1, 12))
def test_over_epochs_the_clips_of_a_class_are_shown_equally_often(
    labels: list[int], seed: int, epochs: int
) -> None:
    shown = Counter(
        int(clip) for epoch in range(epochs) for clip in balanced_order(labels, seed, epoch)
    )
    for label in set(labels):
        times = [shown[clip] for clip, own in enumerate(labels) if own == label]
        assert max(times) - min(times) <= 1


@given(st.integers(0, 100), st.integers(1, 9))
def test_shares_cut_a_batch_into_parts_that_differ_by_one(count: int, world_size: int) -> None:
    shares = [share_of(rank, world_size, count) for rank in range(world_size)]
    assert [place for share in shares for place in share] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("shuffle", [True, False])
def test_no_clips_are_an_empty_order(shuffle: bool) -> None:
    assert epoch_order(0, 0, 0, shuffle=shuffle).tolist() == []
