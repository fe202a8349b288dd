"""Which files of a collection show the same: its table of clusters."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anigifs.collect.collecting import Folder
from anigifs.curate.candidate import read_candidates
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.copies.clusters import alike, clusters_of
from anigifs.curate.licences import openness
from anigifs.curate.screening.screened import Screened, read_screened
from anigifs.curate.seeing.fingerprints import read_fingerprints


@dataclass(frozen=True)
class Duplicates:
    """What was found.

    Attributes:
        files: That were compared: all that screening did not reject.
        unseen: Of these, such as have too little in them to be compared by what they show.
        clusters: Of files that show the same; one that is like no other counts.
        families: Of clusters that no split parts.
        copies: Files that another one stands for, by how they are like what is nearest to them.
        several_classes: Clusters that were found under more than one class.
    """

    files: int
    unseen: int
    clusters: int
    families: int
    copies: Mapping[str, int]
    several_classes: int


def find_duplicates(
    folder: Path | str, tell: Callable[[float], None] = lambda share: None
) -> Duplicates:
    """Put the files of a collection into clusters, and write the table of them.

    Args:
        folder: Of the collection.
        tell: Shown how far it is, 0..1.

    Raises:
        UsageError: It has not been screened.
    """
    folder = Path(folder)
    kept = {name: one for name, one in read_screened(folder).items() if not one.reason}
    prints = {name: one for name, one in read_fingerprints(folder).items() if name in kept}
    labels: dict[str, set[str]] = {name: set() for name in kept}
    licensed = set()
    for hit in read_candidates(Folder(folder).candidates):
        if hit.sha256 in kept:
            labels[hit.sha256].add(hit.label)
            if openness(hit.licence, hit.licence_url) == "open":
                licensed.add(hit.sha256)
    rows = clusters_of(
        sorted(kept),
        list(alike(prints, tell)),
        better=lambda name: _rank(kept[name], name in licensed),
    )
    write_clustered(folder / CLUSTERED, rows)
    unseen = sum(name not in prints or not any(map(len, prints[name].views)) for name in kept)
    return _counted(rows, labels, unseen)


def _rank(file: Screened, licensed: bool) -> tuple[object, ...]:
    """Return what is greatest for the file that should stand for its cluster.

    A GIF rather than a video, whole, such as may be given on, without a caption, the largest and
    with the most frames.
    """
    return (
        file.kind == "gif", file.complete, licensed, -round(file.overlay, 1),
        file.width * file.height, file.distinct, file.sha256,
    )  # fmt: skip


def _counted(rows: list[Clustered], labels: Mapping[str, set[str]], unseen: int) -> Duplicates:
    found_under: dict[str, set[str]] = {}
    for row in rows:
        found_under.setdefault(row.cluster, set()).update(labels[row.sha256])
    return Duplicates(
        files=len(rows),
        unseen=unseen,
        clusters=len(found_under),
        families=len({row.family for row in rows}),
        copies=dict(Counter(row.how for row in rows if not row.representative)),
        several_classes=sum(len(classes) > 1 for classes in found_under.values()),
    )
