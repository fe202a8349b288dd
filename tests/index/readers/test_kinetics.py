import csv
import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import check, journal_of, split
from anigifs.index.readers import from_kinetics
from tests.index.readers.kinetics_trees import (
    GOLF,
    LINES,
    NAMES,
    TIE,
    YOGA,
    touch,
    write_list,
    write_video,
)
from tests.index.trees import column


@pytest.fixture
def lists(tmp_path: Path) -> list[Path]:
    return [write_list(tmp_path / "kinetics.csv")]


def test_the_real_list_is_listed_whole(shared_labels: Path) -> None:
    path = shared_labels / "kinetics600_val.csv"
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    index, account = from_kinetics([path])
    assert (len(index), account.lines, account.repeated) == (29_093, 29_093, 0)
    assert column(index, "label") == [line["label"] for line in lines]
    assert column(index, "group") == [line["youtube_id"] for line in lines]
    names = [
        f"{line['youtube_id']}_{int(line['time_start']):06}_{int(line['time_end']):06}"
        for line in lines
    ]
    ids = [hashlib.sha256(f"0::{name}".encode()).hexdigest() for name in names]
    assert column(index, "clip_id") == ids
    assert set(column(index, "split")) == {"val"}
    assert set(column(index, "path")) == {None}
    assert (index.taxonomy, len(index.labels)) == ("kinetics-600", 600)
    assert account.shared == account.contradicted == account.unlabelled == 0


def test_a_row_says_what_the_list_says(tmp_path: Path, lists: list[Path]) -> None:
    touch(tmp_path / "k", f"{NAMES[0]}.mp4")
    index, _ = from_kinetics(lists, tmp_path / "k", licence="CC BY")
    row, other = list(index.rows())[:2]
    assert row.path == f"{NAMES[0]}.mp4"
    assert (row.start_ms, row.end_ms, row.state, row.error) == (0, None, "listed", None)
    assert (row.label, row.split, row.group) == ("yoga", "train", YOGA)
    assert (row.domain, row.licence) == ("video", "CC BY")
    assert row.source == f"https://www.youtube.com/embed/{YOGA}?start=38&end=48"
    assert (other.path, other.group, other.state) == (None, YOGA, "listed")


LAYOUTS = {
    "a folder a class": ["yoga/{0}.mp4", "yoga/{1}.mp4", "golf driving/{2}.mp4"],
    "underscores": ["Yoga/{0}.mp4", "Yoga/{1}.mp4", "golf_driving/{2}.mp4"],
    "splits and classes": ["train/yoga/{0}.mp4", "train/yoga/{1}.mp4", "val/x/{3}.mp4"],
    "flat splits": ["train/{0}.mp4", "train/{1}.mp4", "train/{2}.mp4", "val/{3}.mp4"],
    "flat, all kinds": ["{0}.MKV", "{1}.webm", "{2}.avi", "{3}.mov"],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_clips_are_found_in_any_tree(tmp_path: Path, lists: list[Path], layout: list[str]) -> None:
    files = [name.format(*NAMES) for name in layout]
    touch(tmp_path / "k", *files, ".hidden/x.mp4", ".x")
    index, account = from_kinetics(lists, tmp_path / "k")
    found = [path for path in column(index, "path") if path is not None]
    assert sorted(map(str, found)) == sorted(files)
    assert account.files == len(files)
    assert (account.unlisted, account.others, account.extra) == (0, 0, 0)


def test_links_are_followed_and_may_lead_back(tmp_path: Path, lists: list[Path]) -> None:
    touch(tmp_path / "disk", f"yoga/{NAMES[0]}.mp4")
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "train").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "again").symlink_to(tmp_path / "k")
    (tmp_path / "k" / f"{NAMES[1]}.mp4").symlink_to("nowhere")
    index, account = from_kinetics(lists, tmp_path / "k")
    assert column(index, "path")[:2] == [f"train/yoga/{NAMES[0]}.mp4", f"{NAMES[1]}.mp4"]
    assert (account.files, account.extra) == (2, 0)


def test_what_else_lies_in_the_tree_is_counted(tmp_path: Path, lists: list[Path]) -> None:
    stranger = "stranger___1_000001_000011"[1:]
    touch(
        tmp_path / "k",
        f"a/{NAMES[0]}.mp4",
        f"yoga/{NAMES[0]}.mp4",
        f"{stranger}.mp4",
        f"{NAMES[1]}.mp4.part",
        "notes.txt",
        f"{GOLF}.mp4",
    )
    index, account = from_kinetics(lists, tmp_path / "k")
    assert column(index, "path")[:2] == [f"yoga/{NAMES[0]}.mp4", None]  # not the copy in a/
    assert (account.files, account.extra) == (2, 1)
    assert (account.unlisted, account.first_unlisted) == (1, f"{stranger}.mp4")
    assert (account.others, account.first_other) == (2, "notes.txt")


def test_an_empty_tree_lists_everything(tmp_path: Path, lists: list[Path]) -> None:
    (tmp_path / "k").mkdir()
    index, account = from_kinetics(lists, tmp_path / "k")
    assert column(index, "path") == [None] * 4
    assert account.files == 0


def test_a_wrong_tree_is_named_with_what_it_holds(tmp_path: Path, lists: list[Path]) -> None:
    said = {
        "none": "no such folder",
        "jpg": r"holds 0 files named <id>_<start>_<end>\.mp4; the first of 2 others is a/1\.jpg",
        "whole": rf"holds 0 files named <id>_<start>_<end>\.mp4, but 1 named <id>\.mp4, such as "
        rf"{GOLF}\.mp4; list whole videos by `anigifs index kinetics --untrimmed`",
        "gifs": rf"holds 0 files named .*; the first of 2 others is x/{NAMES[0]}\.gif",
        "other": rf"none of its 1 files is listed; the first is AAAAAAAAAAA_000001_000011\.mp4, "
        rf"and the first that is listed {NAMES[0]}",
    }
    touch(tmp_path / "jpg", "a/1.jpg", "b.mp4")
    touch(tmp_path / "whole", f"{GOLF}.mp4")
    touch(tmp_path / "gifs", "index.parquet", f"x/{NAMES[0]}.gif")
    touch(tmp_path / "other", "AAAAAAAAAAA_000001_000011.mp4")
    for name, text in said.items():
        with pytest.raises(UsageError, match=f"{name}: {text}"):
            from_kinetics(lists, tmp_path / name)
    with pytest.raises(UsageError, match=r"holds 0 files named <id>\.mp4; the first of 2 others"):
        from_kinetics(lists, tmp_path / "jpg", untrimmed=True)
    with pytest.raises(UsageError, match="no list of clips"):
        from_kinetics([])
    with pytest.raises(UsageError, match="one of video, video-gif"):
        from_kinetics(lists, domain="gif")
    with pytest.raises(UsageError, match="names no clip"):
        from_kinetics([write_list(tmp_path / "empty.csv", [])])


def test_what_is_said_twice_is_one_row(tmp_path: Path) -> None:
    paths = [write_list(tmp_path / "a.csv"), write_list(tmp_path / "b.csv", reversed(LINES))]
    index, account = from_kinetics(paths)
    alone, _ = from_kinetics(paths[:1])
    assert (account.lines, account.repeated, account.contradicted) == (8, 4, 0)
    assert index.identity == alone.identity


def test_a_contradiction_is_rows_in_error_that_no_check_undoes(tmp_path: Path) -> None:
    lines = [
        *LINES,
        ("golf driving", YOGA, 38, 48, "train"),
        ("tying necktie", TIE, 7, 17, "test"),
    ]
    root = tmp_path / "k"
    for name in NAMES:
        write_video(root / f"{name}.mp4", 1)
    index, account = from_kinetics([write_list(tmp_path / "a.csv", lines)], root)
    assert (account.contradicted, account.unlisted) == (2, 0)
    checked, _ = check(index, journal=tmp_path / "journal", executor=Local(1))
    wrong = [row for row in checked.rows() if row.state == "error"]
    assert [(row.label, row.split, row.path) for row in wrong] == [
        ("yoga", "train", None),
        ("golf driving", "train", None),
        ("tying necktie", "val", None),
        ("tying necktie", "test", None),
    ]
    assert wrong[0].error == "listed as 'yoga' in 'train' and as 'golf driving' in 'train'"
    assert sum(row.state == "probed" for row in checked.rows()) == 2


def test_a_video_in_two_splits_is_counted_and_may_be_dropped(tmp_path: Path) -> None:
    lines = [
        *LINES,
        ("yoga", YOGA, 5, 15, "val"),
        ("yoga", YOGA, 60, 70, "test"),
        ("golf driving", GOLF, 60, 70, "val"),
    ]
    path = write_list(tmp_path / "a.csv", lines)
    index, account = from_kinetics([path])
    assert account.shared == 2
    assert set(column(index, "state")) == {"listed"}
    index, _ = from_kinetics([path], drop_shared=True)
    kept = {(row.group, row.split) for row in index.rows() if row.state == "listed"}
    assert kept == {(YOGA, "test"), (GOLF, "val"), (TIE, "val")}
    errors = Counter(row.error for row in index.rows())
    assert errors == {
        "its video has a clip in 'test', too": 3,
        "its video has a clip in 'val', too": 1,
        None: 3,
    }


def test_clips_of_one_video_are_never_split_apart(tmp_path: Path) -> None:
    lines = [
        ("yoga", f"{n:011}", 20 * part, 20 * part + 10, "") for n in range(30) for part in (0, 1)
    ]
    index, _ = from_kinetics([write_list(tmp_path / "a.csv", lines)])
    divided = split(index, {"a": 1, "b": 1}, seed=3)
    splits = {(row.group, row.split) for row in divided.rows()}
    assert len(splits) == 30
    assert {one for _, one in splits} == {"a", "b"}


def test_the_identity_is_that_of_the_list_wherever_files_lie(
    tmp_path: Path, lists: list[Path]
) -> None:
    touch(tmp_path / "k", f"yoga/{NAMES[0]}.mp4")
    bare, found = from_kinetics(lists)[0], from_kinetics(lists, tmp_path / "k")[0]
    assert bare.identity == found.identity
    fewer = from_kinetics([write_list(tmp_path / "b.csv", LINES[:-1])])[0]
    assert fewer.identity != bare.identity


def test_whole_videos_hold_clips_at_their_times(tmp_path: Path) -> None:
    lines = [("yoga", YOGA, 2, 5, "train"), ("yoga", YOGA, 8, 18, "train"), *LINES[2:]]
    root = tmp_path / "whole"
    write_video(root / f"yoga/{YOGA}.mp4", 7)
    index, account = from_kinetics([write_list(tmp_path / "a.csv", lines)], root, untrimmed=True)
    rows = list(index.rows())
    assert [(row.start_ms, row.end_ms) for row in rows[:2]] == [(2000, 5000), (8000, 18000)]
    assert [row.path for row in rows] == [f"yoga/{YOGA}.mp4"] * 2 + [None] * 2
    assert account.files == 1
    checked, _ = check(index, journal=tmp_path / "journal", executor=Local(1))
    states = [(row.state, row.error) for row in checked.rows()][:2]
    assert states[0] == ("probed", None)
    assert states[1] == ("error", "the clip begins at 8000 ms, but its file ends at 7000 ms")


def test_a_tree_of_gifs_is_of_its_own_domain(tmp_path: Path, lists: list[Path]) -> None:
    touch(tmp_path / "k", f"yoga/{NAMES[0]}.gif", f"yoga/{NAMES[1]}.mp4")
    index, account = from_kinetics(lists, tmp_path / "k", domain="video-gif")
    assert column(index, "path")[:2] == [f"yoga/{NAMES[0]}.gif", None]
    assert set(column(index, "domain")) == {"video-gif"}
    assert account.others == 1


def test_a_folder_whose_name_is_not_utf8_is_a_row_in_error(
    tmp_path: Path, lists: list[Path]
) -> None:
    touch(tmp_path / "k", os.fsdecode(b"yog\xe9/") + f"{NAMES[0]}.mp4")
    index, _ = from_kinetics(lists, tmp_path / "k")
    index.write(tmp_path / "index.parquet")
    row = next(index.rows())
    assert (row.path, row.state) == (f"yog\\xe9/{NAMES[0]}.mp4", "error")
    assert "not valid UTF-8" in str(row.error)


def test_labels_are_of_the_stated_list(tmp_path: Path) -> None:
    lines = [("tying tie", YOGA, 1, 11, "train")]
    path = write_list(tmp_path / "a.csv", lines)
    index, _ = from_kinetics([path], taxonomy="kinetics-400")
    assert (index.taxonomy, column(index, "label")) == ("kinetics-400", ["tying tie"])
    said = r"a\.csv, line 2: kinetics-600: no class 'tying tie'; .*; kinetics-400 has it: see --tax"
    with pytest.raises(UsageError, match=said):
        from_kinetics([path])


def test_rows_lead_to_their_files_once_written(tmp_path: Path, lists: list[Path]) -> None:
    write_video(tmp_path / "k" / "yoga" / f"{NAMES[0]}.mp4")
    out = tmp_path / "indexes" / "k.parquet"
    index, _ = from_kinetics(lists, tmp_path / "k")
    index.write(out)
    checked, account = check(index.read(out), "decode", journal=journal_of(out), executor=Local(1))
    first = next(checked.rows())
    assert (first.state, first.duration_ms, first.frames) == ("decoded", 10_000, 50)
    assert account.states["listed"] == 3
