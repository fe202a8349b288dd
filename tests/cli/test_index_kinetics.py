from pathlib import Path

import pytest

from anigifs.index import Index
from tests.cli.conftest import Run
from tests.index.readers.kinetics_trees import LINES, NAMES, TIE, YOGA, write_list, write_video

GONE, GOOD, SHORT = NAMES[2], NAMES[0], NAMES[1]
BOX = (0.1, 0.2, 0.3, 0.4)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three of four clips; one of them lasts 4 of 10 s."""
    root = tmp_path / "k600"
    for name, seconds in ((GOOD, 10), (SHORT, 4), (NAMES[3], 10)):
        write_video(root / "a" / f"{name}.mp4", seconds)
    return root


@pytest.fixture
def kinetics(run: Run, tmp_path: Path, tree: Path) -> Path:
    """The index of the tree, not checked yet."""
    path = tmp_path / "k600.parquet"
    ran = run("index", "kinetics", write_list(tmp_path / "k.csv"), "--videos", tree, "--out", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{path}: 4 clips of 3 classes, from 3 videos",
        f"{'':40}    listed     found            in error",
        f"{'train':40}         3         2    66.7 %         0",
        f"{'val':40}         1         1   100.0 %         0",
        f"{'all':40}         4         3    75.0 %         0",
        "classes: 2 found whole, 1 not at all",
        f"{'  golf driving':40}         1         0     0.0 %         0",
        ran.out.splitlines()[-1],
    ]
    assert ran.out.splitlines()[-1].startswith("SHA-256 of what is there: ")
    return path


def test_the_real_list_is_listed_without_a_clip(
    run: Run, tmp_path: Path, shared_labels: Path
) -> None:
    out = tmp_path / "val.parquet"
    real = ["index", "kinetics", shared_labels / "kinetics600_val.csv", "--out", out]
    ran = run(*real)
    assert ran.code == 0
    assert "29,093 clips of 600 classes, from 29,088 videos\n" in ran.out
    assert "0.0 %" in ran.out
    summary = run(*real, "--json").json["summary"]
    assert (summary["rows"], summary["listed"], summary["found"]) == (29_093, 29_093, 0)
    assert summary["identity"] == Index.read(out).identity


def test_what_lists_and_trees_hold_beside_is_said(run: Run, tmp_path: Path, tree: Path) -> None:
    lines = [*LINES, LINES[0], ("yoga", TIE, 7, 17, "val"), ("yoga", YOGA, 1, 11, "test")]
    (tree / "notes.txt").touch()
    (tree / f"{GOOD}.mp4").touch()
    write_video(tree / "AAAAAAAAAAA_000000_000010.mp4", 1)
    listing = [
        "index", "kinetics", write_list(tmp_path / "k.csv", lines), "--videos", tree,
        "--out", tmp_path / "k.parquet",
    ]  # fmt: skip
    ran = run(*listing, "--json")
    assert ran.code == 0
    assert ran.json["warnings"] == [
        "1 lines say again what an earlier one says",
        "1 clips are under two labels or in two splits; their rows are in error",
        "1 videos have clips in several splits; training refuses them: see --drop-shared",
        "1 files are another copy of a clip",
        "1 files are not listed, the first is AAAAAAAAAAA_000000_000010.mp4",
        "1 files are not named like a clip, the first is notes.txt",
    ]
    summary = ran.json["summary"]
    assert (summary["rows"], summary["failed"], summary["contradicted"]) == (6, 2, 1)
    by_label = {one["label"]: one for one in ran.json["results"]}
    assert by_label["yoga"] == {"label": "yoga", "listed": 4, "found": 2, "failed": 1}
    ran = run(*listing, "--drop-shared")
    assert "1 videos have clips in several splits\n" in ran.err


def test_lengths_are_compared_once_checked(run: Run, tmp_path: Path, kinetics: Path) -> None:
    assert run("index", "check", kinetics, "--workers", 1).code == 0
    out = tmp_path / "sound.parquet"
    ran = run("index", "coverage", kinetics, "--out", out, "--json")
    assert ran.code == 0
    summary = ran.json["summary"]
    assert (summary["measured"], summary["shorter"], summary["longer"]) == (3, 1, 0)
    assert (summary["kept"], summary["tolerance_ms"]) == (2, 500)
    assert ran.json["warnings"] == [
        "1 of 3 files are more than 0.5 s shorter than listed",
        f"the first of these is k600/a/{SHORT}.mp4",
    ]
    assert len(Index.read(out)) == 2
    ran = run("index", "coverage", kinetics, "--tolerance", 6, "--top", 0, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == f"{out}: 3 clips as listed"
    assert "golf" not in ran.out


def test_key_frames_are_listed_drawn_and_accounted_for(
    run: Run, tmp_path: Path, kinetics: Path
) -> None:
    run("index", "check", kinetics, "--workers", 1)
    lines = [
        (YOGA, 43, *BOX, 8),
        (YOGA, 45, *BOX, 8),
        (YOGA, 105, *BOX, 48),
        (YOGA, 112, *BOX, 54),
        ("-golf_golf-", 5, *BOX, 54),
        (YOGA, 112),
    ]
    annotations = write_list(tmp_path / "kinetics_train_v1.0.csv", lines, ())
    out = tmp_path / "ava.parquet"
    listing = ["index", "ava-kinetics", "--annotations", annotations, "--out", out]
    ran = run(*listing, "--videos", kinetics, "--per-class", 3, "--json")
    assert ran.code == 0
    summary = ran.json["summary"]
    assert summary["dropped"]["beyond the end of its file"] == 1
    assert (summary["lines"], summary["short"], summary["key_frames"]) == (6, 1, 5)
    assert summary["draws"] == [
        {"split": "train", "label": "sleeping", "available": 2, "distinct": 2, "total": 3}
    ]
    # Reading lies in a file that is not as long as listed, smoking in none.
    assert ran.json["warnings"] == [
        "without a clip to draw from: 'reading book' in 'train', 'smoking' in 'train'"
    ]
    assert (len(Index.read(out)), summary["rows"], summary["listed_before_draw"]) == (3, 3, 4)
    ran = run(*listing, "--videos", kinetics)
    assert ran.out.splitlines()[:10] == [
        "6 lines: 1 without a box or an action, 0 of other actions, 0 with a box that is none, "
        "5 taken",
        "5 key frames, of which were dropped:",
        "        0  of an AVA movie, which are left out",
        "        0  of a video that no clip is known of",
        "        0  outside the listed times of its video's clips",
        "        1  beyond the end of its file",
        "        0  in a file that is in error",
        "        0  with several of the classes",
        "        0  in two splits",
        f"{'':40}     known     equal  class in Kinetics",
    ]
    assert f"{out}: 4 clips of 3 classes, from 2 videos" in ran.out
    people = run(*listing, "--videos", kinetics, "--per-class", 1).out
    assert f"{'train sleeping':40} {2:10} {1:10} {1:10}" in people


def test_what_is_wrong_is_one_line(run: Run, tmp_path: Path, tree: Path, kinetics: Path) -> None:
    k, out = tmp_path / "k.csv", tmp_path / "no.parquet"
    said = {
        ("kinetics", k, "--videos", tmp_path / "no"): "no such folder",
        ("kinetics", k, "--taxonomy", "kinetics-601"): "no class list",
        ("kinetics", tree): "no such list",
        ("ava-kinetics", "--annotations", k, "--videos", tree): "none of its 5 lines",
        ("ava-kinetics", "--annotations", k, "--window", "x"): "--window x: a number of seconds",
        ("coverage", k): "not an index",
        ("coverage", kinetics, "--tolerance", -1): "--tolerance -1.0",
        ("coverage", kinetics, "--top", -1): "--top -1",
    }
    for arguments, text in said.items():
        options = [] if arguments[-1] == -1 else ["--out", out]
        ran = run("index", *arguments, *options)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert text in ran.err
    assert not out.exists()
