from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.models.weights.seen import add_seen, seen_videos


@pytest.fixture(autouse=True)
def own_cache(anigifs_home: Path) -> Path:
    return anigifs_home


def test_nothing_is_known_before_a_list_is_added() -> None:
    assert seen_videos("kinetics-400") is None


def test_ids_of_csv_and_text_are_kept_beside_those_before(tmp_path: Path) -> None:
    table, lines = tmp_path / "train.csv", tmp_path / "more.txt"
    table.write_text("label,youtube_id,time_start,time_end\nyoga,abcdefghijk,0,10\n")
    lines.write_text("-bcdefghij_\nabcdefghijk\n")
    assert add_seen("kinetics-400", [table]) == 1
    assert add_seen("kinetics-400", [lines]) == 2
    assert seen_videos("kinetics-400") == frozenset({"abcdefghijk", "-bcdefghij_"})
    assert seen_videos("kinetics-600") is None


def test_what_is_no_id_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("abcdefghijk\n")
    bad.write_text("abcdefghijk\nhttps://youtu.be/abcdefghijk\n")
    add_seen("kinetics-400", [good])
    with pytest.raises(UsageError, match=r"bad.txt, line 2: 'https://youtu.be"):
        add_seen("kinetics-400", [bad])
    with pytest.raises(UsageError, match=r"none.txt: no such list"):
        add_seen("kinetics-400", [tmp_path / "none.txt"])
    assert seen_videos("kinetics-400") == frozenset({"abcdefghijk"})


def test_a_dataset_is_a_class_list() -> None:
    with pytest.raises(UsageError, match="no class list 'k400'; the lists are kinetics-400"):
        add_seen("k400", [])
