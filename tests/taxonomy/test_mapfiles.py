"""Maps of one's own: what a file may say, and how a bad one is refused."""

from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.taxonomy import Cardinality, Relation, class_map

HEADER = {"version": "1", "source": "mine.txt", "target": "kinetics-600"}
HOE = "hoe,,none,no such class"
MOW = "mow,mowing lawn,renamed,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a class list of one's own."""
    (tmp_path / "mine.txt").write_text("mow\nhoe\nsleeping\n")
    return tmp_path


def write(
    folder: Path, *rows: str, columns: str = "source,target,relation,doubt", **more: str
) -> Path:
    header = HEADER | {"cardinality": "one-to-one", "verbatim": "yes"} | more
    lines = [f"# {key}: {value}" for key, value in header.items() if value]
    (folder / "map.csv").write_text("\n".join([*lines, columns, *rows]) + "\n")
    return folder / "map.csv"


def test_a_map_of_ones_own(folder: Path) -> None:
    mine = class_map(write(folder, MOW, HOE, notes="by ear: mostly"))
    assert mine.source_list.names == ("mow", "hoe", "sleeping")
    assert mine.target_list.name == "kinetics-600"
    assert mine.one_to_one() == {"mow": "mowing lawn", "sleeping": "sleeping"}
    assert mine.rows_of("hoe")[0].doubt == "no such class"
    assert (mine.version, mine.notes) == ("1", "by ear: mostly")
    assert mine.cardinality is Cardinality.ONE_TO_ONE


def test_a_row_stands_in_for_the_verbatim_one(folder: Path) -> None:
    mine = class_map(write(folder, MOW, HOE, "sleeping,waking up,overlapping,at the end"))
    assert [row.relation for row in mine.rows_of("sleeping")] == [Relation.OVERLAPPING]


def test_a_selection_may_leave_classes_out(folder: Path) -> None:
    mine = class_map(write(folder, MOW, verbatim="no", complete="no"))
    assert (mine.covered, mine.uncovered) == (("mow",), ("hoe", "sleeping"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([MOW], "1 classes have no row, the first is 'hoe'"),
        ([MOW, MOW, HOE], "'mow' -> 'mowing lawn' stands twice"),
        ([MOW, HOE, "hoe,clam digging,broader,"], "'hoe' has a target and a 'none' row"),
        ([MOW, "hoe,,none,"], "'hoe' has no target; say why"),
        ([MOW, "hoe,,renamed,"], "relation 'renamed' and the target ''"),
        ([MOW, "hoe,clam digging,none,x"], "relation 'none' and the target 'clam digging'"),
        ([MOW, "hoe,clam digging,same,"], "cannot be 'same'"),
        ([MOW, "hoe,clam digging,alike,"], "relation 'alike'; use one of same, renamed"),
        ([MOW, "hoe,clam diging,broader,"], "kinetics-600: no class 'clam diging'; did you mean"),
        ([MOW, "how,,none,x"], "mine.txt: no class 'how'; did you mean .*'hoe'"),
        ([MOW, "hoe,,none,no, never"], "'hoe' has too many cells"),
        ([MOW, "hoe"], "relation ''"),
        (
            [MOW, HOE, "mow,trimming shrubs,overlapping,"],
            "declared one-to-one, but its rows make it one-to-many",
        ),
        (
            [MOW, "hoe,mowing lawn,overlapping,"],
            "declared one-to-one, but its rows make it many-to-one",
        ),
    ],
)
def test_bad_rows_are_refused(rows: list[str], message: str, folder: Path) -> None:
    with pytest.raises(UsageError, match=message):
        class_map(write(folder, *rows))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"version": ""}, "the header has no 'version'"),
        ({"cardinality": ""}, "the header has no 'cardinality'"),
        ({"cardinality": "some"}, "no cardinality 'some'; write one of one-to-one"),
        ({"verbatim": "maybe"}, "'verbatim' is 'maybe'; write yes or no"),
        ({"source": "kinetics-500"}, "no class list .*kinetics-500"),
        ({"columns": "source,target,doubt,relation"}, "columns must be source,target,relation"),
    ],
)
def test_bad_headers_are_refused(header: dict[str, str], message: str, folder: Path) -> None:
    with pytest.raises(UsageError, match=message):
        class_map(write(folder, MOW, HOE, **header))


def test_an_unknown_map_names_the_known() -> None:
    with pytest.raises(UsageError, match=r"'ava-13'.*ava-12-kinetics-600, ava-80"):
        class_map("ava-13")
