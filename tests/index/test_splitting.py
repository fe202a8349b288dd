import dataclasses
import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.index import Index, Row, split
from tests.index.trees import column, index_of, row

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}

#: Rows as (label, group, file): few of each, so that groups and files interlock.
triples = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 12), st.integers(0, 25)), max_size=60
)


def rows_from(triples: list[tuple[str, int, int]], *, hashed: bool) -> list[Row]:
    return [
        row(
            f"{number}",
            label,
            path=f"{number if hashed else file}.gif",
            sha256=f"{file:064x}" if hashed else None,
            group=f"g{group}",
            start_ms=number,
        )
        for number, (label, group, file) in enumerate(triples)
    ]


@given(triples, st.booleans(), st.integers(0, 99))
def test_no_group_and_no_file_crosses_a_split(
    triples: list[tuple[str, int, int]], hashed: bool, seed: int
) -> None:
    rows = rows_from(triples, hashed=hashed)
    index = split(index_of(*rows), SHARES, seed)
    by_group, by_file = defaultdict(set), defaultdict(set)
    for one in index.rows():
        by_group[one.group].add(one.split)
        by_file[one.sha256 if hashed else one.path].add(one.split)
    assert all(len(splits) == 1 for splits in [*by_group.values(), *by_file.values()])
    assert set(column(index, "split")) <= set(SHARES)
    assert [dataclasses.replace(one, split="") for one in index.rows()] == rows


@given(triples, st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(
    triples: list[tuple[str, int, int]], seed: int
) -> None:
    rows = rows_from(triples, hashed=True)
    shuffled = random.Random(seed).sample(rows, len(rows))
    places = [
        {one.clip_id: one.split for one in split(index_of(*order), SHARES, 5).rows()}
        for order in (rows, shuffled)
    ]
    assert places[0] == places[1]


def counts(index: Index) -> Counter[tuple[str, str]]:
    return Counter((one.label, one.split) for one in index.rows())


def test_every_class_gets_its_shares_where_groups_allow() -> None:
    sizes = {"yoga": 200, "golf": 50, "dance": 10}
    rows = [row(f"{label}/{n}", label) for label, size in sizes.items() for n in range(size)]
    found = counts(split(index_of(*rows), SHARES, seed=3))
    for label, size in sizes.items():
        for name, share in SHARES.items():
            assert abs(found[label, name] - share * size) <= 1, (label, name)


def test_groups_of_many_sizes_come_near_the_shares() -> None:
    rng = random.Random(0)
    rows = []
    for group in range(300):
        label = rng.choice(["yoga", "golf", "dance"])
        rows += [row(f"{group}-{n}", label, group=f"{group}") for n in range(rng.randint(1, 9))]
    index = split(index_of(*rows), {"a": 6, "b": 3, "c": 1})
    found, sizes = counts(index), Counter(one.label for one in rows)
    for label, size in sizes.items():
        for name, share in {"a": 0.6, "b": 0.3, "c": 0.1}.items():
            assert found[label, name] / size == pytest.approx(share, abs=0.01)


def test_small_classes_do_not_starve_the_small_splits() -> None:
    rows = [row(f"{label}-{n}", f"{label}") for label in range(200) for n in range(3)]
    sizes = Counter(column(split(index_of(*rows), SHARES), "split"))
    assert sizes["train"] == pytest.approx(480, abs=10)
    assert min(sizes["validation"], sizes["test"]) >= 55


def test_the_seed_decides_and_old_splits_go() -> None:
    rows = [row(f"{n}", split="old") for n in range(40)]
    first, again, other = (column(split(index_of(*rows), SHARES, s), "split") for s in (1, 1, 2))
    assert first == again != other
    assert "old" not in first


@pytest.mark.parametrize("shares", [{}, {"a": 0}, {"a": 1, "b": -1}, {"a": float("nan")}])
def test_senseless_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="each with more than 0"):
        split(index_of(row("a")), shares)


def test_one_split_is_divided_and_the_others_keep_theirs() -> None:
    given = ["val", "train", "val", "", "val", "val"]
    rows = [row(f"{number}", split=name) for number, name in enumerate(given)]
    divided = split(index_of(*rows), {"val": 1, "test": 1}, of="val")
    names = column(divided, "split")
    assert [name for name, old in zip(names, given, strict=True) if old != "val"] == ["train", ""]
    of_val = [name for name, old in zip(names, given, strict=True) if old == "val"]
    assert Counter(of_val) == {"val": 2, "test": 2}
    assert column(divided, "clip_id") == [one.clip_id for one in rows]


def test_a_split_that_is_not_there_cannot_be_divided() -> None:
    with pytest.raises(UsageError, match="no rows of split 'val' to divide"):
        split(index_of(row("1", split="train")), SHARES, of="val")
