from pathlib import Path

import pytest

from anigifs.index import Index
from tests.cli.conftest import Run
from tests.index.readers.videos import write_video
from tests.index.trees import write_clip

URL = "https://example.org/{}.gif"


@pytest.fixture
def ucf_hmdb(tmp_path: Path) -> list[object]:
    """Both trees and VideoDG's lists, as arguments."""
    archers = ["v_Archery_g01_c01", "v_Archery_g01_c02"]
    climbs = [f"Film_{n}_climb_f_cm_np1_ba_med_{n}" for n in range(2)]
    for stem in archers:
        write_video(tmp_path / "ucf" / "Archery" / f"{stem}.avi", frames=2)
    for stem in climbs:
        write_video(tmp_path / "hmdb" / "climb" / f"{stem}.avi", frames=2)
    lists = tmp_path / "lists"
    lists.mkdir()
    for name, line in {
        "ucf_train": f"x/Archery/{archers[0]}.avi 2 10",
        "ucf_val": f"x/Archery/{archers[1]}.avi 2 10\nx/Archery/v_Archery_g02_c01.avi 2 10",
        "hmdb_train": "x/climb/video_0000 2 0",
        "hmdb_val": "x/climb/video_0001 2 0",
    }.items():
        (lists / f"{name}.txt").write_text(f"{line}\n")
    trees = ["--ucf", tmp_path / "ucf", "--hmdb", tmp_path / "hmdb"]
    return [*trees, "--lists", lists, "--out", tmp_path / "index.parquet"]


def test_ucf_hmdb_is_listed(run: Run, ucf_hmdb: list[object], tmp_path: Path) -> None:
    listing = ["index", "ucf-hmdb", *ucf_hmdb, "--protocol", "videodg"]
    ran = run(*listing, "--json")
    assert ran.code == 0
    counts = {
        (one["domain"], one["split"], one["label"]): (one["listed"], one["found"])
        for one in ran.json["results"]
    }
    assert counts == {
        ("ucf-101", "train", "shoot_bow"): (1, 1),
        ("ucf-101", "val", "shoot_bow"): (2, 1),
        ("hmdb-51", "train", "climb"): (1, 1),
        ("hmdb-51", "val", "climb"): (1, 1),
    }
    summary = ran.json["summary"]
    assert (summary["rows"], summary["found"], summary["taxonomy"]) == (5, 4, "ucf-hmdb-12")
    assert (summary["shared"], summary["numbered"]) == ({"ucf-101": 1}, 2)
    index = Index.read(tmp_path / "index.parquet")
    assert summary["identity"] == index.identity
    assert all((tmp_path / row.path).is_file() for row in index.rows() if row.path)
    ran = run(*listing)
    assert "ucf-101 val                              2         1\n" in ran.out
    assert "  climb                                  2         2\n" in ran.out
    assert "ucf-101: 1 source videos are torn apart by the split; training refuses it" in ran.err
    assert "2 clips of hmdb-51 are listed by number, and were found in the order" in ran.err
    assert "hmdb-51 val: 1 clips are listed; videodg has 366" in ran.err
    ran = run(*listing, "--groups", "clip")
    assert "torn apart by the split\n" in ran.err


def test_lists_of_the_other_protocol_are_refused(run: Run, ucf_hmdb: list[object]) -> None:
    ran = run("index", "ucf-hmdb", *ucf_hmdb, "--protocol", "ta3n", "--json")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "holds no list of ta3n" in ran.json["error"]


def test_hac_is_listed(run: Run, tmp_path: Path) -> None:
    for domain in ("human", "cartoon"):
        for name in ("sleeping_1", "eating_2"):
            write_video(tmp_path / "HAC" / domain / "videos" / f"{name}.mp4", frames=2)
    out = tmp_path / "hac.parquet"
    ran = run("index", "hac", tmp_path / "HAC", "--out", out)
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{out}: 4 clips of 2 classes")
    assert "without lists: classes are those that clips are called after" in ran.err
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "HAC_test_only_cartoon.csv").write_text("sleeping_1.mp4,0\neating_9.mp4,2\n")
    ran = run("index", "hac", tmp_path / "HAC", "--out", out, "--lists", lists, "--json")
    assert [list(one.values()) for one in ran.json["results"]] == [
        ["cartoon", "test", "sleeping", 1, 1],
        ["cartoon", "test", "eating", 1, 0],
    ]
    assert ran.json["summary"]["unlisted"] == {"human": 2, "cartoon": 1}
    assert len(ran.json["warnings"]) == 2
    ran = run("index", "hac", tmp_path / "lists", "--out", out)
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_urls_are_listed(run: Run, tmp_path: Path) -> None:
    rows = {"a": "yoga", "b": "yoga", "c": "Arm_Wrestling", "d": "watching tv"}
    lines = [f"{URL.format(name)},{label},5\n" for name, label in rows.items()]
    (tmp_path / "list.csv").write_text("".join(["url,label,votes\n", *lines]))
    for name in ("a", "c", "x"):
        write_clip(tmp_path / "files" / f"{name}.gif")
    out = tmp_path / "index.parquet"
    listing = ["index", "urls", tmp_path / "list.csv", "--files", tmp_path / "files"]
    listing += ["--taxonomy", "kinetics-600", "--out", out]
    ran = run(*listing, "--json")
    summary = ran.json["summary"]
    assert (summary["rows"], summary["found"], summary["by"]) == (4, 2, {"name": 2})
    assert len(summary["missing_classes"]) == 597
    assert ran.json["warnings"] == [
        "1 files are of no URL in the list",
        "columns passed over: votes",
    ]
    ran = run(*listing, "--top", 1)
    assert ran.out.splitlines() == [
        f"{out}: 4 clips of 3 classes",
        f"{'':32}    listed     found",
        f"{'no split':32}         4         2",
        f"{'  yoga':32}         2         1",
        "597 classes of kinetics-600 without a clip: abseiling, acting in play, "
        "adjusting glasses, air drumming, alligator wrestling, ...",
    ]
    assert run("index", "subset", out, "--out", tmp_path / "top.parquet", "--top", 1).code == 0
    assert run(*listing, "--top", -1).code == 2


def test_tgif_is_listed_without_labels(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tgif-v1.0.tsv").write_text(f"{URL.format('a')}\ta cat\n")
    out = tmp_path / "index.parquet"
    ran = run("index", "urls", tmp_path / "tgif-v1.0.tsv", "--out", out)
    assert ran.code == 0
    assert "  no label  " in ran.out
    assert "1 rows have no label: they are for adaptation, not to be trained on" in ran.err
