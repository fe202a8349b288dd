"""Files that show the same, put together: clusters, who stands for them, and their families."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.curate.copies.clustered import Clustered
from anigifs.curate.copies.matching import FAMILY_BITS, Match, compare
from anigifs.curate.copies.search import candidate_pairs
from anigifs.curate.seeing.fingerprints import Fingerprint


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that are alike, by their names.

    Attributes:
        one: A file.
        other: Another file.
        match: How ``one`` is like ``other``.
    """

    one: str
    other: str
    match: Match


def alike(
    prints: Mapping[str, Fingerprint],
    tell: Callable[[float], None] = lambda share: None,
    wanted: Callable[[str, str], bool] = lambda one, other: True,
) -> Iterator[Pair]:
    """Yield the pairs of files that are at least akin, without comparing each with each.

    Args:
        prints: The fingerprints of files, by name.
        tell: Shown how far it is, 0..1.
        wanted: Whether two files are to be compared; the first stands before the second.
    """
    names = list(prints)
    pairs_P2 = candidate_pairs([prints[name] for name in names], FAMILY_BITS)
    for done, (first, second) in enumerate(pairs_P2.tolist(), 1):
        one, other = names[first], names[second]
        tell(done / len(pairs_P2))
        if wanted(one, other) and (match := compare(prints[one], prints[other])).akin:
            yield Pair(one, other, match)


def clusters_of(
    names: Sequence[str], pairs: Sequence[Pair], better: Callable[[str], tuple[object, ...]]
) -> list[Clustered]:
    """Return the cluster of each file.

    What shows the same as what shows the same is of one cluster.

    Args:
        names: The files.
        pairs: Those that are alike.
        better: The file of a cluster for which this is greatest stands for it.

    Example:
        >>> copy, look_alike = Match(4.0, 1.0, "mirrored"), Match(40.0, 0.0, "same")
        >>> pairs = [Pair("a", "b", copy), Pair("b", "c", look_alike)]
        >>> found = clusters_of(["a", "b", "c"], pairs, better=lambda name: (name,))
        >>> [(one.sha256, one.cluster, one.family, one.how) for one in found]
        [('a', 'b', 'b', 'mirrored'), ('b', 'b', 'b', 'mirrored'), ('c', 'c', 'b', '')]
    """
    same = [pair for pair in pairs if pair.match.same]
    cluster_of = {
        name: max(members, key=better) for members in joined(names, _ends(same)) for name in members
    }
    family_of = {
        name: min(cluster_of[member] for member in members)
        for members in joined(names, _ends(pairs))
        for name in members
    }
    nearest = _nearest(same)
    return [_clustered(name, cluster_of[name], family_of[name], nearest) for name in names]


def _clustered(
    name: str, cluster: str, family: str, nearest: Mapping[str, tuple[str, Match]]
) -> Clustered:
    if name not in nearest:
        return Clustered(sha256=name, cluster=cluster, family=family)
    like, match = nearest[name]
    return Clustered(
        sha256=name, cluster=cluster, family=family, like=like, how=match.how, share=match.share,
        distance=match.distance,
    )  # fmt: skip


def _ends(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    return [(pair.one, pair.other) for pair in pairs]


def joined(names: Sequence[str], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return what hangs together by links, each part in the order of names.

    Example:
        >>> joined(["a", "b", "c", "d"], [("d", "b")])
        [['a'], ['b', 'd'], ['c']]
    """
    from scipy.sparse import coo_array  # a fifth of a second, which few need to spend
    from scipy.sparse.csgraph import connected_components

    place = {name: number for number, name in enumerate(names)}
    ends = [place[one] for one, _ in links], [place[other] for _, other in links]
    graph = coo_array((np.ones(len(links), np.int8), ends), (len(names), len(names)))
    count, part_N = connected_components(graph, directed=False)
    parts: list[list[str]] = [[] for _ in range(count)]
    for name, part in zip(names, part_N.tolist(), strict=True):
        parts[part].append(name)
    return parts


def _nearest(pairs: Sequence[Pair]) -> dict[str, tuple[str, Match]]:
    """Return what each file is most like, and how much."""
    nearest: dict[str, tuple[str, Match]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.match.distance, pair.one, pair.other)):
        nearest.setdefault(pair.one, (pair.other, pair.match))
        nearest.setdefault(pair.other, (pair.one, pair.match))
    return nearest
