"""Samples of features whose distances are known, and clips that are easily told apart."""

from pathlib import Path

import numpy as np

from anigifs.foundation.work import Local
from anigifs.gap.pairs import Pool
from anigifs.index import Index, from_folder
from anigifs.index.checking import check
from anigifs.media import write_gif


def pool(groups: int, *, paired: bool, clips: int = 1, classes: int = 4) -> Pool:
    """So many groups a side, of so many clips on each; ``paired``: the same ones on both."""
    one_N = np.repeat(np.arange(groups), clips)
    other_N = one_N if paired else one_N + groups
    group_N = np.concatenate([one_N, other_N])
    label_N = np.array([f"class {group % classes}" for group in group_N])
    return Pool(np.arange(len(group_N)) >= len(one_N), group_N, label_N)


def samples(of: Pool, shift: float, dimensions: int, seed: int, shared: float = 1.0) -> np.ndarray:
    """Normal features that have something of their group in common; side b is shifted."""
    rng = np.random.default_rng(seed)
    groups_GD = shared * rng.normal(size=(of.groups, dimensions))
    features_ND: np.ndarray = groups_GD[of.group_N] + rng.normal(size=(len(of.group_N), dimensions))
    features_ND[of.is_b_N] += shift
    return features_ND


def write_clips(root: Path, per_domain: int = 12) -> Path:
    """Films of noise that moves, and cartoons of a flat square, of two classes; return the index.

    Each cartoon is of the group of a film.
    """
    rng = np.random.default_rng(0)
    for number in range(per_domain):
        label = ("run", "jump")[number % 2]
        noise = rng.integers(0, 256, (12, 40, 40, 3), dtype=np.uint8)
        write_gif(root / "film" / label / f"{number:02}.gif", noise, 40)
        flat = np.full((9, 40, 40, 3), 200, np.uint8)
        for moment, frame in enumerate(flat):
            frame[5 : 15 + number, 2 * moment : 2 * moment + 12] = (20, 90, 10 * number)
        write_gif(root / "flat" / label / f"{number:02}.gif", flat, 100)
    parts = []
    for style, domain in (("film", "video"), ("flat", "animated-gif")):
        listed = from_folder(root / style, domain=domain, style=style, split="test")
        checked, _ = check(listed, "decode", journal=root / f"{style}.jsonl", executor=Local(1))
        parts += list(checked.rooted(root).rows())
    Index.from_rows(parts, root=root).write(root / "index.parquet")
    return root / "index.parquet"
