"""In which order clips are seen: pure functions of the seed and the epoch."""

from collections.abc import Sequence

import numpy as np

from anigifs.foundation import generator


def epoch_order(count: int, seed: int, epoch: int, *, shuffle: bool) -> np.ndarray:
    """Return the clips of an epoch, each once: in their own order, or in one drawn for it.

    Example:
        >>> epoch_order(3, seed=0, epoch=5, shuffle=False).tolist()
        [0, 1, 2]
    """
    if not shuffle:
        return np.arange(count)
    return generator(seed, "order", epoch).permutation(count)


def balanced_order(labels: Sequence[int], seed: int, epoch: int) -> np.ndarray:
    """Return the clips of an epoch that shows each class equally often.

    An epoch has ``round(N / K)`` places for each of the K classes that occur among the N clips, at
    least one, so it is about as long as an ordinary one. A class deals its clips out like a pack
    of cards, on from epoch to epoch: every one of them once, in a drawn order, before any comes
    again. So a rare class repeats its clips, a frequent one shows others in the next epoch, and in
    the long run all clips of a class are seen equally often.

    Args:
        labels: The class of each clip.
        seed: Of the run.
        epoch: Counted from 0.

    Example:
        >>> np.bincount(np.array([0, 0, 0, 1])[balanced_order([0, 0, 0, 1], 0, 0)]).tolist()
        [2, 2]
    """
    labels_N = np.asarray(labels)
    classes = np.unique(labels_N)
    quota = max(1, round(len(labels_N) / len(classes)))
    drawn = [
        _deal(np.flatnonzero(labels_N == label), quota, seed, epoch, int(label))
        for label in classes
    ]
    return generator(seed, "order", epoch).permutation(np.concatenate(drawn))


def share_of(rank: int, world_size: int, count: int) -> range:
    """Return which places of a batch of ``count`` belong to one process; shares differ by one.

    Example:
        >>> [list(share_of(rank, 3, 8)) for rank in range(3)]
        [[0, 1], [2, 3, 4], [5, 6, 7]]
    """
    return range(count * rank // world_size, count * (rank + 1) // world_size)


def _deal(members: np.ndarray, quota: int, seed: int, epoch: int, label: int) -> np.ndarray:
    """Return the cards ``epoch * quota`` and on from the endlessly reshuffled pack of a class."""
    first, size = epoch * quota, len(members)
    rounds = range(first // size, (first + quota - 1) // size + 1)
    dealt = [generator(seed, "deal", label, number).permutation(members) for number in rounds]
    skipped = first - rounds[0] * size
    return np.concatenate(dealt)[skipped : skipped + quota]
