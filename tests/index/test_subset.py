import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.index import Index, most_frequent, of_classes, per_class
from tests.index.trees import column, index_of, row


def index_with(**sizes: int) -> Index:
    return index_of(
        *(row(f"{name}/{n}", name) for name, size in sizes.items() for n in range(size))
    )


def test_classes_are_chosen_by_name() -> None:
    index = index_with(yoga=2, golf=1, dance=1)
    assert set(column(of_classes(index, ["golf", "yoga"]), "label")) == {"golf", "yoga"}
    with pytest.raises(UsageError, match="no clip of class 'ski' and 1 more"):
        of_classes(index, ["golf", "swim", "ski"])


def test_ties_among_frequent_classes_go_by_name_and_errors_do_not_count() -> None:
    good = index_with(yoga=3, golf=2, dance=2, ski=2)
    bad = [row(f"bad/{n}", "ski", state="error", error="x") for n in range(9)]
    index = Index.from_rows([*good.rows(), *bad])
    assert set(column(most_frequent(index, 2), "label")) == {"yoga", "dance"}
    assert len(most_frequent(index, 4)) == 9 + 9
    for count in (0, 5):
        with pytest.raises(UsageError, match="the index has 4"):
            most_frequent(index, count)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 12), min_size=1),
    st.integers(1, 15),
    st.booleans(),
)
def test_counts_are_of_what_is_in_the_subset(
    sizes: dict[str, int], count: int, replacement: bool
) -> None:
    subset, draws = per_class(index_with(**sizes), count, replacement=replacement)
    ids = Counter((one.label, one.clip_id) for one in subset.rows())
    assert [draw.label for draw in draws] == sorted(sizes)
    for draw in draws:
        own = [n for (label, _), n in ids.items() if label == draw.label]
        assert (draw.distinct, draw.total) == (len(own), sum(own))
        assert draw.available == sizes[draw.label]
        assert draw.distinct == min(count, draw.available)
        assert draw.total == (count if replacement else draw.distinct)
    names = [one.path for one in subset.rows()]
    order = [one.path for one in index_with(**sizes).rows()]
    assert names == sorted(names, key=order.index)


def test_a_larger_draw_holds_the_smaller_one_whatever_the_order_and_the_other_classes() -> None:
    index = index_with(yoga=30, golf=20)
    rows = [one for one in index.rows() if one.label == "yoga"]
    shuffled = index_of(*random.Random(0).sample(rows, len(rows)))
    drawn = {
        count: {one.clip_id for one in per_class(index, count, 7)[0].rows() if one.label == "yoga"}
        for count in (5, 12)
    }
    assert drawn[5] < drawn[12]
    assert {one.clip_id for one in per_class(shuffled, 5, 7)[0].rows()} == drawn[5]
    assert {one.clip_id for one in per_class(shuffled, 5, 8)[0].rows()} != drawn[5]


def test_every_clip_is_drawn_as_often_as_any_other() -> None:
    index = index_with(yoga=10)
    drawn = Counter(
        one.path for seed in range(400) for one in per_class(index, 3, seed)[0].rows()
    )  # binomial: 120 each, standard deviation 9
    assert len(drawn) == 10
    assert all(120 - 45 < times < 120 + 45 for times in drawn.values())


def test_rows_in_error_are_not_drawn() -> None:
    index = index_of(row("a"), row("b", state="error", error="x"), row("c", "golf"))
    subset, draws = per_class(index, 2, replacement=True)
    assert sorted(map(str, column(subset, "path"))) == ["a", "a", "c", "c"]
    assert [(draw.available, draw.distinct, draw.total) for draw in draws] == [(1, 1, 2)] * 2
    assert len(per_class(index.filter(label="x"), 2)[0]) == 0
    with pytest.raises(UsageError, match="at least 1"):
        per_class(index, 0)
