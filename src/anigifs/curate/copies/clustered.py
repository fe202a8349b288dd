"""Which files show the same, and the table of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from anigifs.curate.tables import read_table, schema_of, write_table

#: The table's name in a collection's folder.
CLUSTERED = "clusters.parquet"
_NAME = "clusters 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """One file and the cluster it is in; a file that is like no other is a cluster of one.

    Attributes:
        sha256: Of the file's bytes.
        cluster: The sha256 of the cluster's representative. Files of a cluster show the same, so
            that one of them is judged and released for all.
        family: Clusters that are too much alike to be parted by a split, although nobody can be
            sure that they show the same, have the same one: the least of their ``cluster``.
        like: The file of the cluster that this one is most like; empty for one that is alone.
        how: In what way, such as ``same``, ``mirrored`` or ``turned by 90``; empty for one alone.
        share: Of the frames of the one with fewer frames that are found in the other, 0..1.
        distance: In bits of 256: within it, three quarters of the frames of the one with fewer
            have their like in the other.
    """

    sha256: str
    cluster: str
    family: str
    like: str = ""
    how: str = ""
    share: float = 0.0
    distance: float = 0.0

    @property
    def representative(self) -> bool:
        """Whether it stands for its cluster."""
        return self.sha256 == self.cluster


SCHEMA = schema_of(Clustered)


def write_clustered(path: Path | str, rows: Iterable[Clustered]) -> int:
    """Write the table, sorted by cluster and sha256, and return how many rows it has."""
    ordered = sorted(rows, key=lambda one: (one.cluster, one.sha256))
    return write_table(path, _NAME, SCHEMA, map(asdict, ordered))


def read_clustered(folder: Path | str) -> dict[str, Clustered]:
    """Return the cluster of each file of a collection, by the file's sha256.

    Raises:
        UsageError: Its duplicates have not been looked for.
    """
    rows = read_table(Path(folder) / CLUSTERED, _NAME, f"anigifs duplicates {folder}")
    return {row["sha256"]: Clustered(**row) for row in rows}
