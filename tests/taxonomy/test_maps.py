"""The shipped maps, against the published lists and the judgements that they record."""

from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.taxonomy import (
    CLASS_MAPS,
    Cardinality,
    ClassList,
    ClassMap,
    MapRow,
    Relation,
    ava_action,
    class_list,
    class_map,
)

# AVA's id, the Kinetics-600 class and its index in the published label map.
TWELVE = [
    (8, "sleeping", 474),
    (28, "driving car", 149),
    (48, "reading book", 405),
    (54, "smoking", 477),
    (57, "texting", 525),
    (61, "watching tv", 577),
    (63, "writing", 595),
    (67, "clapping", 92),
    (68, "shaking hands", 440),
    (70, "hugging (not baby)", 220),
    (72, "kissing", 247),
    (77, "singing", 460),
]


@pytest.mark.parametrize(
    ("name", "cardinality"),
    [
        ("ava-12-kinetics-600", Cardinality.ONE_TO_ONE),
        ("ava-80-kinetics-600", Cardinality.MANY_TO_MANY),
        ("kinetics-400-kinetics-600", Cardinality.MANY_TO_MANY),
        ("kinetics-600-kinetics-700", Cardinality.ONE_TO_MANY),
        ("ucf-101-ucf-hmdb-12", Cardinality.MANY_TO_ONE),
        ("hmdb-51-ucf-hmdb-12", Cardinality.ONE_TO_ONE),
    ],
)
def test_every_shipped_map_can_be_read(name: str, cardinality: Cardinality) -> None:
    assert name in CLASS_MAPS
    assert class_map(name).cardinality is cardinality


def test_the_12_classes() -> None:
    twelve = class_map("ava-12-kinetics-600")
    pairs = {ava_action(id_).name: target for id_, target, _ in TWELVE}
    assert twelve.single_targets() == pairs
    assert [class_list("kinetics-600").index(target) for _, target, _ in TWELVE] == [
        index for *_, index in TWELVE
    ]


def test_the_12_agree_with_the_80() -> None:
    """Every pair of the small map is a pair of the large one, judged alike."""
    judged = {(r.source, r.target): r.relation for r in class_map("ava-80-kinetics-600").rows}
    for row in class_map("ava-12-kinetics-600").rows:
        assert judged[row.source, row.target] is row.relation


@pytest.mark.parametrize(
    ("action_id", "word"),
    [(4, "dancing"), (13, "swimming"), (29, "eating "), (53, "shoveling"), (54, "smoking")],
)
def test_the_80_miss_no_class_that_bears_the_actions_own_word(action_id: int, word: str) -> None:
    named = {name for name in class_list("kinetics-600") if word in name}
    targets = class_map("ava-80-kinetics-600").targets(ava_action(action_id).name)
    assert named <= set(targets)


@pytest.mark.parametrize("action_id", [11, 12, 37, 74, 80])
def test_states_have_no_class_and_a_reason(action_id: int) -> None:
    ava = class_map("ava-80-kinetics-600")
    name = ava_action(action_id).name
    (row,) = ava.rows_of(name)
    assert ava.targets(name) == ()
    assert name in ava.uncovered
    assert row.relation is Relation.NONE
    assert row.doubt


@pytest.mark.parametrize("name", ["ava-80-kinetics-600", "kinetics-400-kinetics-600"])
def test_a_class_that_only_overlaps_says_why(name: str) -> None:
    rows = [row for row in class_map(name).rows if row.relation is Relation.OVERLAPPING]
    assert rows
    assert all(row.doubt for row in rows)


@pytest.mark.parametrize(("old", "new", "kept"), [("400", "600", 368), ("600", "700", 596)])
def test_kinetics_keeps_verbatim_names(old: str, new: str, kept: int, shared_labels: Path) -> None:
    lists = [
        set((shared_labels / f"kinetics{size}_label_map.txt").read_text().splitlines())
        for size in (old, new)
    ]
    rows = class_map(f"kinetics-{old}-kinetics-{new}").rows
    same = {row.source for row in rows if row.relation is Relation.SAME}
    assert same == lists[0] & lists[1]
    assert len(same) == kept
    assert {row.source for row in rows} == lists[0]


def test_kinetics_classes_that_changed() -> None:
    newer = class_map("kinetics-400-kinetics-600")
    assert newer.targets("hugging") == ("hugging (not baby)", "hugging baby")
    assert newer.targets("tying tie") == ("tying bow tie", "tying necktie")
    assert newer.targets("using computer") == ()
    assert newer.one_to_one()["dying hair"] == "dyeing hair"
    assert newer.sources("mopping floor") == ("cleaning floor", "mopping floor")


def test_kinetics_700_dropped_three_classes() -> None:
    """The note on Kinetics-700 says that all but three classes of Kinetics-600 were kept."""
    assert len(class_map("kinetics-600-kinetics-700").one_to_one()) == 600 - 3


def test_the_shared_ucf_classes_are_as_published(shared_labels: Path) -> None:
    lines = (shared_labels / "ta3n_ucf_class_list_hmdb_ucf.txt").read_text().splitlines()
    shared = class_list("ucf-hmdb-12").names
    published = {cells[1]: shared[int(cells[0])] for cells in map(str.split, lines) if cells}
    ucf = class_map("ucf-101-ucf-hmdb-12")
    assert ucf.single_targets() == published
    assert ucf.sources("punch") == ("BoxingPunchingBag", "BoxingSpeedBag", "Punch")


def test_the_shared_hmdb_classes_bear_their_own_names() -> None:
    hmdb = class_map("hmdb-51-ucf-hmdb-12")
    assert hmdb.one_to_one() == {name: name for name in class_list("ucf-hmdb-12")}
    assert len(hmdb.uncovered) == 51 - 12


def small_map(*rows: MapRow) -> ClassMap:
    letters = ClassList("letters", ("a", "b", "c"), "1", "here")
    digits = ClassList("digits", ("1", "2", "3"), "1", "here")
    return ClassMap("small", "1", letters, digits, rows)


def test_queries_of_a_small_map() -> None:
    small = small_map(
        MapRow("c", "3", Relation.RENAMED),
        MapRow("a", "1", Relation.RENAMED),
        MapRow("a", "2", Relation.NARROWER),
        MapRow("b", "", Relation.NONE, "why not"),
    )
    assert small.targets("a") == ("1", "2")
    assert small.sources("2") == ("a",)
    assert small.sources("1") == ("a",)
    assert (small.covered, small.uncovered) == (("a", "c"), ("b",))
    assert small.one_to_one() == {"c": "3"}, "a has a second target"
    assert small.single_targets() == {"c": "3"}
    assert small.cardinality is Cardinality.ONE_TO_MANY


@pytest.mark.parametrize(
    ("second", "scored"),
    [
        (MapRow("b", "1", Relation.RENAMED), {}),
        (MapRow("b", "1", Relation.NARROWER), {"a": "1"}),
        (MapRow("b", "2", Relation.OVERLAPPING), {"a": "1"}),
        (MapRow("b", "2", Relation.RENAMED), {"a": "1", "b": "2"}),
    ],
)
def test_only_certain_pairs_are_scored(second: MapRow, scored: dict[str, str]) -> None:
    assert small_map(MapRow("a", "1", Relation.RENAMED), second).one_to_one() == scored


def test_unknown_names_are_refused() -> None:
    small = small_map(MapRow("a", "1", Relation.RENAMED))
    with pytest.raises(UsageError, match=r"^letters: no class '1'"):
        small.targets("1")
    with pytest.raises(UsageError, match=r"^digits: no class 'a'"):
        small.sources("a")
    with pytest.raises(UsageError, match=r"^letters: no class 'z'"):
        small.rows_of("z")
