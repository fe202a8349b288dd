"""Small trees of Kinetics: lists as they are released, and real videos under the names of clips."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from anigifs.media import write_mp4

HEADER = ("label", "youtube_id", "time_start", "time_end", "split")
FPS = 5

Line = tuple[object, ...]

#: Three videos of two classes; of the first there are two clips.
YOGA, GOLF, TIE = "yoga_______", "-golf_golf-", "0123456789a"
LINES: list[Line] = [
    ("yoga", YOGA, 38, 48, "train"),
    ("yoga", YOGA, 103, 113, "train"),
    ("golf driving", GOLF, 0, 10, "train"),
    ("tying necktie", TIE, 7, 17, "val"),
]
NAMES = [
    f"{YOGA}_000038_000048",
    f"{YOGA}_000103_000113",
    f"{GOLF}_000000_000010",
    f"{TIE}_000007_000017",
]


def write_list(path: Path, lines: Iterable[Line] = LINES, header: Line = HEADER) -> Path:
    """Write a list as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *lines] if header else lines)
    return path


def write_video(path: Path, seconds: float = 10, grey: int = 0) -> Path:
    """Write a small MP4, as long as a clip of Kinetics by default."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames_THWC = np.full((round(FPS * seconds), 16, 16, 3), grey, np.uint8)
    write_mp4(path, frames_THWC, FPS, preset="ultrafast")
    return path


def touch(root: Path, *names: str) -> Path:
    """Make empty files: listing opens none."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root
