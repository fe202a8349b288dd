"""What the tests of the export export: real GIFs and videos, checked."""

from pathlib import Path

import numpy as np
from PIL import Image

from anigifs.foundation.work import Local
from anigifs.index import Index, Row, check, clip_id
from anigifs.media import GifPart, gif_bytes, write_gif, write_mp4

DELAYS_MS = [50, 200, 0, 1000]


def noise(seed: int, frames: int = 4, height: int = 17, width: int = 21) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (frames, height, width, 3), dtype=np.uint8)


def write_see_through(path: Path) -> None:
    """Write a GIF of odd size whose frames are patches that can be seen through."""
    rng = np.random.default_rng(5)
    palette = rng.integers(0, 256, (16, 3), dtype=np.uint8)
    parts = [
        GifPart(rng.integers(0, 16, (9, 13), dtype=np.uint8), None, 0, 0, 100, 1, 3),
        GifPart(rng.integers(0, 16, (4, 5), dtype=np.uint8), None, 2, 3, 70, 2, 7),
        GifPart(rng.integers(0, 16, (5, 6), dtype=np.uint8), None, 6, 1, 30, 3, 0),
    ]
    path.write_bytes(gif_bytes(13, 9, parts, palette=palette))


def write_tree(root: Path) -> None:
    """Write four GIFs, a WebP, an MP4, and a text that calls itself a GIF."""
    for name in ("yoga", "golf driving"):
        (root / name).mkdir(parents=True)
    write_gif(root / "yoga" / "a.gif", noise(1), DELAYS_MS)
    write_gif(root / "yoga" / "b.gif", noise(2), 50, loops=None)
    write_gif(root / "golf driving" / "c.gif", noise(3, frames=1), 50)
    write_see_through(root / "golf driving" / "d.gif")
    pictures = [Image.fromarray(frame) for frame in noise(4, frames=3)]
    pictures[0].save(
        root / "yoga" / "e.webp", save_all=True, append_images=pictures[1:], duration=40,
        lossless=True,
    )  # fmt: skip
    write_mp4(root / "yoga" / "f.mp4", noise(6, height=18, width=22))
    (root / "yoga" / "text.gif").write_text("not a GIF")


SPLITS = {"a.gif": "train", "c.gif": "val", "d.gif": "train", "e.webp": "val"}


def rows_of_tree() -> list[Row]:
    paths = [f"yoga/{name}" for name in ("a.gif", "b.gif", "e.webp", "f.mp4", "text.gif")]
    paths += [f"golf driving/{name}" for name in ("c.gif", "d.gif")]
    return [
        Row(
            clip_id=clip_id(path),
            path=path,
            label=path.partition("/")[0],
            group=f"group of {path}",
            domain="animated-gif",
            split=SPLITS.get(path.rpartition("/")[2], "train"),
            licence="CC-BY-4.0",
            source="https://example.org/?a=1,2",
        )
        for path in paths
    ]


def checked_tree(root: Path) -> Index:
    """The checked index of the tree, with a row without a file, and one not checked."""
    write_tree(root)
    index = Index.from_rows(rows_of_tree(), root=root)
    checked, _ = check(index, "decode", journal=root / "journal", executor=Local(1))
    more = [
        Row(clip_id="missing", label="yoga", group="x", split="train"),
        Row(clip_id="unchecked", path="yoga/a.gif", label="yoga", group="y", split="train"),
    ]
    return Index.from_rows([*checked.rows(), *more], root=root)


def everything(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
