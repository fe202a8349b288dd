"""Divide an index into splits that no group crosses."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from anigifs.foundation import UsageError, generator
from anigifs.index.columns import COLUMNS, SCHEMA
from anigifs.index.table import Index

#: What a split's size counts for beside its classes. A class of three is nearest to 8 : 1 : 1 with
#: all three in the largest split; of 200 such classes, the others then got half of their share with
#: a weight of 1, and with this they get nearly all.
WHOLE_WEIGHT = 10.0


def split(
    index: Index, shares: Mapping[str, float], seed: int = 0, *, of: str | None = None
) -> Index:
    """Return the index with every row given to a split, near to the shares in every class.

    Rows of one group stay together, and so do rows of one file: the same bytes once the index is
    checked, the same path before. What hangs together by either is a block. Blocks go, the largest
    first and by seed among equals, to the split that then keeps Pearson's distance between counts
    and targets, ``sum((have - target)^2 / target)`` over the block's classes, smallest. All clips
    together count as one more class, with ten times the weight. A class of few groups cannot be in
    every split, and is not forced to.

    The outcome depends on the seed and on the groups, not on the order of the rows.

    Args:
        index: Any rows; the splits that they had are replaced.
        shares: Such as ``{"train": 0.8, "val": 0.1, "test": 0.1}``: above 0; only their
            ratios count.
        seed: Of the order among blocks of one size.
        of: Divide the rows of this split only; the others keep theirs. None divides all.

    Raises:
        UsageError: There are no shares, one is not above 0, or there are no rows to divide.
    """
    if not shares or any(not 0 < share < float("inf") for share in shares.values()):
        raise UsageError(f"shares {dict(shares)}: name at least one split, each with more than 0")
    if of is not None:
        return _divided(index, shares, seed, of)
    blocks = _blocks(index)
    labels = index.table["label"].to_pylist()
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for block, label in zip(blocks, labels, strict=True):
        counts[block][label] += 1
    places = _place(counts, Counter(labels), shares, seed)
    return _with_splits(index, pa.array([places[block] for block in blocks], pa.string()))


def _divided(index: Index, shares: Mapping[str, float], seed: int, of: str) -> Index:
    """Return the index with the rows of one split divided, each row in its place."""
    rows = index.filter(split=of)
    if not len(rows):
        raise UsageError(f"no rows of split {of!r} to divide")
    divided = iter(split(rows, shares, seed).table["split"].to_pylist())
    names = [next(divided) if name == of else name for name in index.table["split"].to_pylist()]
    return _with_splits(index, pa.array(names, pa.string()))


def _with_splits(index: Index, names: pa.Array) -> Index:
    column = COLUMNS.index("split")
    return replace(index, table=index.table.set_column(column, SCHEMA.field("split"), names))


def _blocks(index: Index) -> list[int]:
    """Return each row's block: the connected part of the graph of groups and files it lies in.

    Blocks are numbered by their first group in the order of names, so that the order of the rows
    does not matter.
    """
    from scipy.sparse import coo_array  # a fifth of a second, which few need to spend
    from scipy.sparse.csgraph import connected_components

    columns = (index.table[name].to_pylist() for name in ("group", "sha256", "path", "clip_id"))
    groups, files = [], []
    for group, sha256, path, clip in zip(*columns, strict=True):
        groups.append(group)
        files.append(sha256 or path or clip)
    group_N, group_count = _codes(groups)
    file_N, file_count = _codes(files)
    nodes = group_count + file_count
    edges = (np.ones(len(groups), np.int8), (group_N, file_N + group_count))
    _, block_of_node = connected_components(coo_array(edges, (nodes, nodes)), directed=False)
    return [int(block) for block in block_of_node[group_N]]


def _codes(names: Sequence[str]) -> tuple[np.ndarray, int]:
    order = {name: code for code, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], np.int64), len(order)


@dataclass
class _Split:
    """A split while it fills: of each class, and of all clips, what it has and should have."""

    name: str
    share: float
    have: Counter[str] = field(default_factory=Counter)
    clips: int = 0

    def cost(self, block: Counter[str], size: int, totals: Counter[str], clips: int) -> float:
        """Return how far the distance to the targets grows if the block comes here."""
        return WHOLE_WEIGHT * _growth(self.clips, size, self.share * clips) + sum(
            _growth(self.have[label], count, self.share * totals[label])
            for label, count in block.items()
        )


def _growth(have: int, more: int, target: float) -> float:
    """Return ``((have + more - target)^2 - (have - target)^2) / target``."""
    return more * (2 * (have - target) + more) / target


def _place(
    blocks: Mapping[int, Counter[str]], totals: Counter[str], shares: Mapping[str, float], seed: int
) -> dict[int, str]:
    whole, clips = sum(shares.values()), totals.total()
    splits = [_Split(name, share / whole) for name, share in shares.items()]
    sizes = {block: counts.total() for block, counts in blocks.items()}
    shuffled = generator(seed, "split").permutation(sorted(blocks)).tolist()
    places = {}
    for block in sorted(shuffled, key=sizes.__getitem__, reverse=True):
        counts, size = blocks[block], sizes[block]
        best = min(splits, key=lambda one: one.cost(counts, size, totals, clips))
        best.have.update(counts)
        best.clips += size
        places[block] = best.name
    return places
