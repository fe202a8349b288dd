"""What the tests of the index read: small GIFs, and rows by hand."""

from pathlib import Path

import numpy as np

from anigifs.index import Index, Row, clip_id
from anigifs.media import write_gif

ODD = ["a b.gif", "it's.gif", 'quo"te.gif', "ünïcode 跳.gif", "new\nline.gif", "two  spaces.gif"]


def write_clip(path: Path, frames: int = 5, seed: int = 0, side: int = 16) -> None:
    """Write a GIF of noise: frames of 50 ms, ``side`` x ``side + 4`` pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (frames, side, side + 4, 3), dtype=np.uint8)
    write_gif(path, pixels, 50)


def row(name: str, label: str = "yoga", **others: object) -> Row:
    """A listed row whose key is its name."""
    values: dict[str, object] = {
        "clip_id": clip_id(name),
        "path": name,
        "label": label,
        "group": name,
        **others,
    }
    return Row(**values)  # type: ignore[arg-type]


def index_of(*rows: Row, root: Path = Path()) -> Index:
    return Index.from_rows(rows, root=root)


def column(index: Index, name: str) -> list[object]:
    return list(index.table[name].to_pylist())
