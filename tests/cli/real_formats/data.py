"""Data as it is released: real MP4 and GIF files under the names of the real ones, lists and
annotations in the published formats; and what its owner types to list it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.cli.conftest import Ran, Run
from tests.index.readers.kinetics_trees import Line, write_list, write_video
from tests.index.trees import write_clip

#: Of AVA's action to Kinetics' class, and how many videos each split has of it.
CLASSES = {67: "clapping", 72: "kissing"}
VIDEOS = {"train": 3, "val": 1, "test": 1}
BOX = (0.2, 0.1, 0.8, 0.9)


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
