import os
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row, check
from anigifs.index.readers.found import found_by
from anigifs.index.readers.ucf_hmdb import UcfHmdbAccount, from_ucf_hmdb
from anigifs.index.readers.ucf_hmdb_lists import PROTOCOLS
from anigifs.index.readers.ucf_hmdb_names import HMDB, UCF, clip_of, shared_classes
from tests.index.readers.videos import write_video

ARCHERY = [f"v_Archery_g{group:02d}_c{clip:02d}" for group, clip in ((1, 1), (1, 2), (2, 1))]
ROPE = "v_RopeClimbing_g25_c03"
#: Clips of HMDB-51 under their real names, in the order of the names' bytes.
CLIMBS = [
    "(HQ)_Rock_Climbing_-_Free_Solo_climb_f_cm_np1_ba_med_0",
    "(HQ)_Rock_Climbing_-_Free_Solo_climb_f_cm_np1_fr_med_4",
    "Axel_beim_Klettern_climb_f_cm_np1_ba_med_3",
    "speed_rope_climbing_competition_climb_f_cm_np1_ri_med_0",
]
KICKS = [
    "Amazing_Soccer_#2_kick_ball_f_cm_np1_ba_bad_5",
    "Goal_1_&_2_kick_ball_f_cm_np1_fr_goo_2",
]


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Both trees, unpacked: UCF-101 below a folder, HMDB-51 with each class folder twice."""
    ucf, hmdb = tmp_path / "ucf", tmp_path / "hmdb"
    for stem in (*ARCHERY, ROPE, "v_Surfing_g01_c01"):
        write_video(ucf / "UCF-101" / stem.split("_")[1] / f"{stem}.avi")
    for label, stems in (("climb", CLIMBS), ("kick_ball", KICKS)):
        for stem in stems:
            write_video(hmdb / label / label / f"{stem}.avi")
    write_video(hmdb / "climb_stairs" / "Axel_climb_stairs_f_cm_np1_ba_med_0.avi")
    return ucf, hmdb


def write_lists(folder: Path, **lists: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, lines in lists.items():
        (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
    return folder


def videodg(folder: Path) -> Path:
    """VideoDG's lists: UCF-101 by name, HMDB-51 by number; a train list, and the others."""
    ucf = "/data/UCF-HMDB/UCF"
    climbs = [f"/data/UCF-HMDB/HMDB/climb/video_{number:04d} 80 0" for number in range(4)]
    kicks = [f"/data/UCF-HMDB/HMDB/kick_ball/video_{number:04d} 40 3" for number in (0, 2)]
    return write_lists(
        folder,
        ucf_train=[f"{ucf}/Archery/{stem}.avi 164 10" for stem in ARCHERY[:2]],
        ucf_val=[
            f"{ucf}/Archery/{ARCHERY[2]}.avi 90 10",
            f"{ucf}/RopeClimbing/{ROPE}.avi 90 0",
            f"{ucf}/Archery/v_Archery_g09_c09.avi 90 10",
        ],
        hmdb_train=[climbs[3], climbs[0], kicks[1]],
        hmdb_val=[climbs[1], climbs[2], kicks[0]],
        hmdb_full=[*climbs, *kicks],
    )


def ta3n(folder: Path) -> Path:
    """TA3N's lists, which name folders of features."""
    return write_lists(
        folder,
        **{
            "list_ucf101_train_hmdb_ucf-feature": [f"d/ucf101/RGB-feature/{ARCHERY[0]} 164 10"],
            "list_ucf101_val_hmdb_ucf-feature": [f"d/ucf101/RGB-feature/{ARCHERY[1]}/ 164 10"],
            "list_hmdb51_train_hmdb_ucf-feature": [f"d/hmdb51/RGB-feature/{CLIMBS[2]} 80 0"],
            "list_hmdb51_val_hmdb_ucf-feature": [f"d/hmdb51/RGB-feature/{KICKS[1]} 40 3"],
            "list_hmdb51_val_hmdb_ucf_small-feature": ["d/hmdb51/RGB-feature/x 40 3"],
        },
    )


def by_path(index: Index) -> dict[str, Row]:
    return {row.path.rpartition("/")[2]: row for row in index.rows() if row.path}


def listed(trees: tuple[Path, Path], lists: Path, protocol: str) -> tuple[Index, UcfHmdbAccount]:
    return from_ucf_hmdb(*trees, [lists], protocol)


def test_the_lists_of_videodg_are_rows(trees: tuple[Path, Path], tmp_path: Path) -> None:
    index, account = listed(trees, videodg(tmp_path / "lists"), "videodg")
    assert (index.taxonomy, len(index)) == ("ucf-hmdb-12", 11)
    assert set(index.table["source"].to_pylist()) == {"videodg"}
    rows = by_path(index)
    archer = rows[f"{ARCHERY[0]}.avi"]
    assert (archer.label, archer.domain, archer.split) == ("shoot_bow", "ucf-101", "train")
    assert rows[f"{ROPE}.avi"].label == "climb"
    assert found_by(index, "domain", "split") == {
        ("ucf-101", "train"): (2, 2),
        ("ucf-101", "val"): (3, 2),
        ("hmdb-51", "train"): (3, 3),
        ("hmdb-51", "val"): (3, 3),
    }
    assert account.unlisted == {"ucf-101": 0, "hmdb-51": 0}
    assert account.lists == (
        "ucf_train.txt", "ucf_val.txt", "hmdb_full.txt", "hmdb_train.txt", "hmdb_val.txt",
    )  # fmt: skip
    assert "ucf-101 train: 2 clips are listed; videodg has 1,603" in account.off


def test_numbers_count_the_names_in_the_order_of_their_bytes(
    trees: tuple[Path, Path], tmp_path: Path
) -> None:
    index, account = listed(trees, videodg(tmp_path / "lists"), "videodg")
    splits = {name: row.split for name, row in by_path(index).items() if row.domain == HMDB}
    assert splits == {
        f"{CLIMBS[0]}.avi": "train",
        f"{CLIMBS[1]}.avi": "val",
        f"{CLIMBS[2]}.avi": "val",
        f"{CLIMBS[3]}.avi": "train",
        # Number 1 is nowhere listed, so that 2 is the second of two clips.
        f"{KICKS[0]}.avi": "val",
        f"{KICKS[1]}.avi": "train",
    }
    assert (account.numbered, account.unmatched) == (6, ())
    # With the clip that the lists leave out, 2 is the third of three.
    between = "Axel_kick_ball_f_cm_np1_fr_goo_2"
    write_video(trees[1] / "kick_ball" / f"{between}.avi")
    index, account = listed(trees, tmp_path / "lists", "videodg")
    assert by_path(index)[f"{KICKS[1]}.avi"].split == "train"
    assert f"{between}.avi" not in by_path(index)
    assert account.unlisted[HMDB] == 1


def test_numbers_that_fit_no_order_find_nothing(trees: tuple[Path, Path], tmp_path: Path) -> None:
    lists = videodg(tmp_path / "lists")
    (trees[1] / "climb" / "climb" / f"{CLIMBS[1]}.avi").unlink()
    index, account = listed(trees, lists, "videodg")
    assert found_by(index, "domain", "label")["hmdb-51", "climb"] == (4, 0)
    assert account.unmatched == (
        "climb: 4 clips are listed by numbers up to 3, but 3 are there, so that nobody knows which "
        "is which",
    )


def test_a_tree_that_was_renamed_itself_is_taken_by_number(tmp_path: Path) -> None:
    lists = videodg(tmp_path / "lists")
    hmdb = tmp_path / "renamed"
    for name in ("climb/video_0003", "climb/video_0001", "kick_ball/video_0002"):
        write_video(hmdb / f"{name}.mp4")
    index, account = from_ucf_hmdb(None, hmdb, [lists], "videodg")
    assert {str(row.path): row.split for row in index.rows() if row.path} == {
        "climb/video_0003.mp4": "train",
        "kick_ball/video_0002.mp4": "train",
        "climb/video_0001.mp4": "val",
    }
    assert account.numbered == 0


def test_full_lists_alone_are_of_the_split_test(trees: tuple[Path, Path], tmp_path: Path) -> None:
    lists = videodg(tmp_path / "lists")
    index, _ = from_ucf_hmdb(*trees, [lists / "hmdb_full.txt"], "videodg")
    assert found_by(index, "split") == {("test",): (6, 6)}


def test_lists_of_videodg_with_names_are_taken_as_well(
    trees: tuple[Path, Path], tmp_path: Path
) -> None:
    """The lists of STDN are VideoDG's with the names of HMDB-51, and no folder of the class."""
    lines = [f"HMDB51/frames/{stem} 77 {label}" for stem, label in ((CLIMBS[3], 0), (KICKS[0], 3))]
    lists = write_lists(tmp_path / "lists", hmdb_train=lines)
    index, account = listed(trees, lists, "videodg")
    assert set(by_path(index)) == {f"{CLIMBS[3]}.avi", f"{KICKS[0]}.avi"}
    assert account.numbered == 0
    assert account.unlisted == {"ucf-101": 4, "hmdb-51": 4}


def test_the_lists_of_ta3n_are_rows(trees: tuple[Path, Path], tmp_path: Path) -> None:
    index, account = listed(trees, ta3n(tmp_path / "lists"), "ta3n")
    assert {name: (row.split, row.source) for name, row in by_path(index).items()} == {
        f"{ARCHERY[0]}.avi": ("train", "ta3n"),
        f"{ARCHERY[1]}.avi": ("val", "ta3n"),
        f"{CLIMBS[2]}.avi": ("train", "ta3n"),
        f"{KICKS[1]}.avi": ("val", "ta3n"),
    }
    # One list is of another benchmark's five classes.
    assert len(account.lists) == 4
    assert "hmdb-51 val: 1 clips are listed; ta3n has 360" in account.off


def test_protocols_are_never_mixed(trees: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = videodg(tmp_path / "v"), ta3n(tmp_path / "t")
    lists = [first / "ucf_train.txt", second / "list_ucf101_val_hmdb_ucf-feature.txt"]
    with pytest.raises(UsageError, match=r"a list of ta3n, .* never mixed with videodg"):
        from_ucf_hmdb(*trees, lists, "videodg")
    with pytest.raises(UsageError, match=r"a list of videodg, .* never mixed with ta3n"):
        from_ucf_hmdb(*trees, lists, "ta3n")
    with pytest.raises(UsageError, match=r"holds no list of ta3n, .*hmdb_full.txt.*, of videodg"):
        listed(trees, first, "ta3n")
    ta3n(first)  # in one folder, those of the protocol are taken
    index, account = listed(trees, first, "videodg")
    assert set(index.table["source"].to_pylist()) == {"videodg"}
    assert not any(name.startswith("list_") for name in account.lists)


def test_groups_are_source_videos(trees: tuple[Path, Path], tmp_path: Path) -> None:
    lists = videodg(tmp_path / "lists")
    index, account = listed(trees, lists, "videodg")
    groups = {name: row.group for name, row in by_path(index).items()}
    assert groups[f"{ARCHERY[0]}.avi"] == groups[f"{ARCHERY[1]}.avi"] == "ucf-101/Archery_g01"
    assert groups[f"{ARCHERY[2]}.avi"] == "ucf-101/Archery_g02"
    film = "hmdb-51/(HQ)_Rock_Climbing_-_Free_Solo"
    assert groups[f"{CLIMBS[0]}.avi"] == groups[f"{CLIMBS[1]}.avi"] == film
    # One clip of that film is trained on, the other validated with.
    assert account.shared == {"hmdb-51": 1}
    alone, account = from_ucf_hmdb(*trees, [lists], "videodg", groups="clip")
    assert len(set(alone.table["group"].to_pylist())) == len(alone)
    assert account.shared == {"hmdb-51": 1}


def test_the_files_are_found_by_a_check(trees: tuple[Path, Path], tmp_path: Path) -> None:
    index, _ = listed(trees, videodg(tmp_path / "lists"), "videodg")
    index.write(tmp_path / "elsewhere" / "index.parquet")
    read = Index.read(tmp_path / "elsewhere" / "index.parquet")
    checked, account = check(read, "decode", journal=tmp_path / "journal", executor=Local(1))
    assert account.states == {"listed": 1, "probed": 0, "decoded": 10, "error": 0}
    assert {row.frames for row in checked.rows() if row.path} == {4}


def test_names_that_unpacking_changed_are_found(tmp_path: Path) -> None:
    write_video(tmp_path / "hmdb" / "kick_ball" / "Goal_1___2_kick_ball_f_cm_np1_fr_goo_2.mp4")
    lists = ta3n(tmp_path / "lists") / "list_hmdb51_val_hmdb_ucf-feature.txt"
    index, _ = from_ucf_hmdb(None, tmp_path / "hmdb", [lists], "ta3n")
    assert set(by_path(index)) == {"Goal_1___2_kick_ball_f_cm_np1_fr_goo_2.mp4"}


def test_a_name_that_is_not_utf8_is_a_row_in_error(tmp_path: Path) -> None:
    stem = "M_nner_kick_ball_f_cm_np1_fr_goo_2"
    lists = write_lists(tmp_path / "lists", hmdb_train=[f"x/kick_ball/{stem} 40 3"])
    path = tmp_path / "hmdb" / "kick_ball" / os.fsdecode(b"\xef") / f"{stem}.mp4"
    write_video(tmp_path / "video.mp4")
    path.parent.mkdir(parents=True)
    (tmp_path / "video.mp4").rename(path)
    index, account = from_ucf_hmdb(None, tmp_path / "hmdb", [lists], "videodg")
    row = next(index.rows())
    assert (row.state, row.path) == ("error", f"kick_ball/\\xef/{stem}.mp4")
    assert account.unlisted == {"hmdb-51": 0}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x/v_Archery_g01_c01 164", "line 1.*a line is such as <path> <frames> <label>"),
        ("x/v_Archery_g01_c01 many 10", "line 1.*a line is such as"),
        ("x/v_Archery_g01_c01 164 4", "shows shoot_bow, which is label 10, but the line says 4"),
        ("x/v_Surfing_g01_c01 164 4", "'v_Surfing_g01_c01' is no clip of ucf-101 and a shared"),
        ("x/climb/video_0001 164 0", "'video_0001' is no clip of ucf-101"),
    ],
)
def test_a_line_that_is_no_sense_is_named(tmp_path: Path, line: str, said: str) -> None:
    lists = write_lists(tmp_path / "lists", ucf_train=[line])
    with pytest.raises(UsageError, match=said):
        from_ucf_hmdb(None, None, [lists], "videodg")


def test_a_clip_in_two_splits_is_named(tmp_path: Path) -> None:
    line = f"x/{ARCHERY[0]} 164 10"
    lists = write_lists(tmp_path / "lists", ucf_train=[line, line], ucf_val=[line])
    with pytest.raises(UsageError, match=r"ucf_val.txt, line 1: the same clip as in .*ucf_train"):
        from_ucf_hmdb(None, None, [lists], "videodg")
    (lists / "ucf_val.txt").unlink()
    index, account = from_ucf_hmdb(None, None, [lists], "videodg")
    assert (len(index), account.repeated) == (1, 1)


def test_wrong_trees_say_what_was_found(trees: tuple[Path, Path], tmp_path: Path) -> None:
    lists = videodg(tmp_path / "lists")
    ucf, hmdb = trees
    with pytest.raises(UsageError, match=r"no clip of ucf-101.*expected .*Archery/.*found climb/"):
        from_ucf_hmdb(hmdb, ucf, [lists], "videodg")
    frames = tmp_path / "frames" / "v_Archery_g01_c01"
    frames.mkdir(parents=True)
    (frames / "img_00001.jpg").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"img_00001.jpg, none of which ends like a video"):
        from_ucf_hmdb(frames.parent, hmdb, [lists], "videodg")
    with pytest.raises(UsageError, match="no such folder"):
        from_ucf_hmdb(tmp_path / "nowhere", hmdb, [lists], "videodg")
    other = tmp_path / "other"
    write_video(other / "Archery" / "v_Archery_g24_c01.avi")
    with pytest.raises(UsageError, match=r"none of the 5 listed clips.*is v_Archery_g01_c01"):
        from_ucf_hmdb(other, hmdb, [lists], "videodg")


def test_wrong_lists_say_what_was_found(trees: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such list or folder; give one with ucf_train.txt"):
        from_ucf_hmdb(*trees, [tmp_path / "nowhere"], "videodg")
    with pytest.raises(UsageError, match=r"holds no list of videodg.*it holds no file"):
        from_ucf_hmdb(*trees, [write_lists(tmp_path / "none")], "videodg")
    lists = write_lists(tmp_path / "lists", train=["x"], **{"ucf_train": []})
    with pytest.raises(UsageError, match=r"no list of videodg, which are ucf_train.txt"):
        from_ucf_hmdb(*trees, [lists / "train.txt"], "videodg")
    with pytest.raises(UsageError, match="names no clip"):
        from_ucf_hmdb(*trees, [lists], "videodg")
    with pytest.raises(UsageError, match=r"both list train of ucf-101; leave one out"):
        from_ucf_hmdb(*trees, [lists, lists / "ucf_train.txt"], "videodg")
    with pytest.raises(UsageError, match="no protocol 'stdn'; there are videodg and ta3n"):
        from_ucf_hmdb(*trees, [lists], "stdn")


def test_published_counts_are_whole_datasets() -> None:
    """VideoDG splits every clip of the classes; TA3N's HMDB-51 has 70 and 30 clips a class."""
    first, second = PROTOCOLS["videodg"].counts, PROTOCOLS["ta3n"].counts
    assert first[UCF, "train"] + first[UCF, "val"] == 2009
    assert second[UCF, "train"] + second[UCF, "val"] == 2009
    assert first[HMDB, "train"] + first[HMDB, "val"] == 1800
    assert (second[HMDB, "train"], second[HMDB, "val"]) == (12 * 70, 12 * 30)


def test_names_agree_with_the_published_class_lists(shared_labels: Path) -> None:
    for dataset, name in ((UCF, "ucf"), (HMDB, "hmdb")):
        text = (shared_labels / f"ta3n_{name}_class_list_hmdb_ucf.txt").read_text()
        pairs = [line.split() for line in text.splitlines() if line.strip()]
        classes = {source: int(number) for number, source in pairs}
        names = {
            UCF: "v_{}_g01_c01",
            HMDB: "Some_Film_{}_u_cm_np1_fr_med_3",
        }
        labels = {source: clip_of(dataset, names[dataset].format(source)) for source in classes}
        from anigifs.index.readers.ucf_hmdb_names import label_number

        assert {s: label_number(c.label) for s, c in labels.items() if c} == classes
        assert set(shared_classes(dataset)) == set(classes)
