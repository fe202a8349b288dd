"""The studies on data as it is released, through the commands that its owner would type.

Real MP4 and GIF files under the names of the real ones, lists and annotations in the published
formats; only the network is narrow and the updates are few.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.index import Index
from anigifs.studies.paper.scales import SCALES, SMOKE
from tests.cli.conftest import Ran, Run
from tests.conftest import one_thread
from tests.index.readers.kinetics_trees import Line, write_list, write_video
from tests.index.trees import write_clip

#: Of AVA's action to Kinetics' class, and how many videos each split has of it.
CLASSES = {67: "clapping", 72: "kissing"}
VIDEOS = {"train": 3, "val": 1, "test": 1}
BOX = (0.2, 0.1, 0.8, 0.9)
#: All rows of the studies, with two updates for the first models and four for all others.
TINY = replace(
    SMOKE,
    name="laptop",
    shared={**SMOKE.shared, "batch_size": 2},
    further={**SMOKE.further, "steps": 4},
    rsda=("candidates=2", "searches=1"),
    pyramid=True,
    dense=True,
)

on_one_thread = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, anigifs_home: Path) -> None:
    """Make the laptop's scale small enough for a test."""
    monkeypatch.setitem(SCALES, TINY.name, TINY)


@pytest.fixture
def do(run: Run) -> Run:
    """Run a command that must succeed."""

    def do_it(*arguments: object) -> Ran:
        ran = run(*arguments)
        assert ran.code == 0, ran.err
        return ran

    return do_it


def clips() -> Iterator[tuple[str, str, str, int]]:
    """Yield the split, label, video and action of each clip, which is its video's first 10 s."""
    for action, label in CLASSES.items():
        for split, count in VIDEOS.items():
            for number in range(count):
                yield split, label, f"{label[:4]}_{split[:4]:_<4}_{number}", action


def write_kinetics(root: Path) -> None:
    """Write the lists of a release and the clips, in one folder a class."""
    for split in VIDEOS:
        lines = [(label, video, 0, 10, of) for of, label, video, _ in clips() if of == split]
        write_list(root / f"{split}.csv", lines)
    for number, (_, label, video, _) in enumerate(clips()):
        write_video(root / "tree" / label / f"{video}_000000_000010.mp4", grey=10 * number)


def write_ava(root: Path) -> None:
    """Write AVA-Kinetics' annotations: a key frame in each clip with a box, and a bystander."""
    for split in VIDEOS:
        lines: list[Line] = []
        for of, _, video, action in clips():
            if of == split:
                lines += [(video, 5.0, *BOX, action), (video, 5.0, 0.0, 0.0, 0.1, 0.2, 12)]
        write_list(root / f"kinetics_{split}_v1.0.csv", lines, ())


def write_ani_gifs(root: Path, each: int) -> None:
    """Write a list of URLs with labels, and the files that were fetched of it, but one."""
    with (root / "ani-gifs.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["url", "label"])
        for place, label in enumerate((*CLASSES.values(), "yoga")):
            for number in range(each):
                name = f"{label}-{number}.gif"
                writer.writerow([f"https://media.example/{name}", label])
                if (label, number) != ("yoga", 0):
                    write_clip(root / "gifs" / name, frames=9, seed=100 * place + number)


def ani_gifs(do: Run, root: Path, *shares: str, each: int) -> Path:
    out = root / "ani-gifs.parquet"
    write_ani_gifs(root, each)
    listing = ["index", "urls", root / "ani-gifs.csv", "--files", root / "gifs"]
    do(*listing, "--taxonomy", "kinetics-600", "--out", out)
    do("index", "check", out, "--check", "decode", "--workers", 1)
    do("index", "split", out, "--shares", *shares)
    return out


def kinetics(do: Run, root: Path, taxonomy: str) -> Path:
    out = root / f"{taxonomy}.parquet"
    write_kinetics(root)
    lists = [root / f"{split}.csv" for split in VIDEOS]
    do("index", "kinetics", *lists, "--videos", root / "tree", "--taxonomy", taxonomy, "--out", out)
    do("index", "check", out, "--check", "decode", "--workers", 1)
    return out


def study(do: Run, name: str, index: Path, out: Path, weights: Path, *more: object) -> Ran:
    return do(
        "study", name, "--index", index, "--out", out, "--weights", weights, "--seeds", 0, *more
    )


def filled(table: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a table by number; every one has been tested."""
    lines = list(csv.DictReader(table.read_text().splitlines()))
    rows = {line["row"]: line for line in lines if line["kind"] == "row"}
    assert all(line["top1"] for line in rows.values())
    return rows


def test_study_1_on_kinetics_its_gifs_and_ani_gifs(
    do: Run, tmp_path: Path, small_weights: Path
) -> None:
    videos = kinetics(do, tmp_path, "kinetics-600")
    there, gifs, joint = (tmp_path / name for name in ("k.parquet", "gifs-of-k", "one.parquet"))
    do("index", "coverage", videos, "--out", there)
    do("gifify", there, "--out", gifs, "--workers", 1)
    animated = ani_gifs(do, tmp_path, "test=1", each=2)
    parts = [there, gifs / "index.parquet", animated]
    do("index", "join", *parts, "--shared-classes", "--out", joint)
    (tmp_path / "ids.txt").write_text("clap_test_0\n")
    do("weights", "seen", "kinetics-400", tmp_path / "ids.txt")

    ran = study(do, "1", joint, tmp_path / "s1", small_weights)

    rows = filled(tmp_path / "s1" / "table2.csv")
    assert list(rows) == ["1", "2", "1w", "2w", "3", "4", "4b", "5"]
    assert [rows[number]["n"] for number in ("1", "2", "4")] == ["2", "2", "4"]
    said = "Pre-training on kinetics-400 had 2 of the 2 classes tested;"
    assert f"{said} 1 of 2 clips are of its videos." in ran.out
    assert f"{said} no clip names its video." in ran.out


def test_study_2_on_ava_kinetics_and_ani_gifs(do: Run, tmp_path: Path, small_weights: Path) -> None:
    videos = kinetics(do, tmp_path, "kinetics-700")
    write_ava(tmp_path)
    boxed, joint = tmp_path / "ava.parquet", tmp_path / "two.parquet"
    annotations = [tmp_path / f"kinetics_{split}_v1.0.csv" for split in VIDEOS]
    listing = ["index", "ava-kinetics", "--annotations", *annotations, "--videos", videos]
    ran = do(*listing, "--per-class", 3, "--out", boxed)
    assert "class in Kinetics" in ran.out
    animated = ani_gifs(do, tmp_path, "train=2", "val=1", "test=1", each=4)
    do("index", "join", boxed, animated, "--shared-classes", "--out", joint)

    study(do, "2", joint, tmp_path / "s2", small_weights)

    rows = filled(tmp_path / "s2" / "table3.csv")
    assert list(rows) == ["0", "1", "2", "2e", "3", "3p", "3a", "4", "4c", "c1", "c2", "c3", "o"]


def test_adaptation_between_kinetics_and_ani_gifs(
    do: Run, tmp_path: Path, small_weights: Path
) -> None:
    videos = kinetics(do, tmp_path, "kinetics-600")
    animated = ani_gifs(do, tmp_path, "train=2", "val=1", "test=1", each=4)
    joint = tmp_path / "both.parquet"
    do("index", "join", videos, animated, "--out", joint)

    study(do, "adapt", joint, tmp_path / "a", small_weights, "--most-frequent", 2)

    rows = filled(tmp_path / "a" / "table-adapt.csv")
    assert list(rows) == [f"{way}{number}" for way in "va" for number in "01234567o"]
    kept = Index.read(tmp_path / "a" / "work" / "index" / "top-2.parquet")
    assert kept.labels == set(CLASSES.values())
