"""What the training tests train on: a small data set whose two classes can be learnt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from anigifs.foundation.work import Local
from anigifs.index import Box, Index, from_folder, split
from anigifs.index.checking import check
from anigifs.media import write_gif
from anigifs.models import I3D, WeightsRecord, build_i3d, save_model


def make_clips(root: Path, per_class: int = 12) -> Path:
    """Two folders of GIFs, a square that moves right and one that moves down; return the index."""
    rng = np.random.default_rng(0)
    for name, step in (("right", (0, 3)), ("down", (3, 0))):
        for number in range(per_class):
            frames = _noise(rng, 0, 90)
            y, x = rng.integers(0, 6, 2)
            for moment, frame in enumerate(frames):
                top, left = y + step[0] * moment % 30, x + step[1] * moment % 30
                frame[top : top + 9, left : left + 9] = 250
            write_gif(root / name / f"{number}.gif", frames, 50)
    index = from_folder(root, domain="video")
    index, _ = check(index, "decode", journal=root / "checks.jsonl", executor=Local(1))
    rows = [replace(row, boxes=(Box(0, 0.1, 0.2, 0.6, 0.7, row.label),)) for row in index.rows()]
    index = Index.from_rows(rows, root=root)
    index = split(index, {"train": 0.67, "val": 0.33}, seed=0)
    index.write(root / "index.parquet")
    return root / "index.parquet"


def add_target(root: Path, per_class: int = 6) -> Path:
    """The clips of :func:`make_clips` and, as another domain, others on a white ground; the index.

    Their labels are in it, as they would be, and two clips of each class are held back.
    """
    rng = np.random.default_rng(1)
    source = Index.read(root / "index.parquet")
    for name, step in (("right", (0, 3)), ("down", (3, 0))):
        for number in range(per_class):
            frames = _noise(rng, 180, 256)
            for moment, frame in enumerate(frames):
                top, left = 4 + step[0] * moment % 30, 4 + step[1] * moment % 30
                frame[top : top + 9, left : left + 9] = 20 + number
            write_gif(root / "target" / name / f"{number}.gif", frames, 50)
    drawn = from_folder(root / "target", domain="animated-gif")
    drawn, _ = check(drawn, "decode", journal=root / "target.jsonl", executor=Local(1))
    rows = []
    for row in drawn.rooted(root).rows():
        held_back = row.group.endswith(("0.gif", "1.gif"))
        of_split = "test" if held_back else "train"
        rows.append(replace(row, group=f"target/{row.group}", style="flat", split=of_split))
    Index.from_rows([*source.rows(), *rows], root=root).write(root / "two.parquet")
    return root / "two.parquet"


def _noise(rng: np.random.Generator, low: int, high: int) -> np.ndarray:
    """Return 12 frames of so few colours that a GIF keeps them without a search for the best."""
    colours = rng.integers(low, high, (200, 3), dtype=np.uint8)
    return colours[rng.integers(0, len(colours), (12, 40, 40))]


def make_weights(folder: Path) -> Path:
    """A narrow network whose statistics fit such clips, of two other classes."""
    model = build_i3d(2, width=1 / 16)
    settle(model)
    record = WeightsRecord(
        name="narrow", width=1 / 16, classes=("a", "b"), licence="none", source="made by a test"
    )
    save_model(model, record, folder)
    return folder


def settle(model: I3D) -> None:
    """Give BatchNorm the statistics of noise, or signals die out on the way up."""
    generator = torch.Generator().manual_seed(0)
    noise_BTHWC = torch.randint(0, 256, (4, 16, 64, 64, 3), dtype=torch.uint8, generator=generator)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.momentum = 1.0
    with torch.no_grad():
        model.train()(noise_BTHWC)
