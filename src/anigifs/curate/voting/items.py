"""What is judged and released: a cluster of files with all that is known of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anigifs.collect.collecting import Folder
from anigifs.curate.candidate import CandidateHit, read_candidates
from anigifs.curate.copies.clustered import Clustered, read_clustered
from anigifs.curate.screening.screened import Screened, read_screened
from anigifs.foundation import UsageError


@dataclass(frozen=True, kw_only=True)
class Item:
    """A cluster, which is judged once for all its files.

    Attributes:
        cluster: The sha256 of its representative, which is its name.
        family: As in :class:`~anigifs.curate.copies.clustered.Clustered`.
        files: All its files, the representative first, then by sha256.
        hits: Of all its files, in the order of the candidates.
    """

    cluster: str
    family: str
    files: tuple[Screened, ...]
    hits: tuple[CandidateHit, ...]

    @property
    def shown(self) -> Screened:
        """The file that stands for all."""
        return self.files[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes that it was found under: who judges chooses among them. Most hits first."""
        counts = Counter(hit.label for hit in self.hits)
        return tuple(sorted(counts, key=lambda label: (-counts[label], label)))

    @property
    def urls(self) -> tuple[str, ...]:
        """Where its files lie, those of the representative first; each once."""
        first = [hit.url for hit in self.hits if hit.sha256 == self.cluster]
        return tuple(dict.fromkeys([*first, *(hit.url for hit in self.hits)]))


def read_items(folder: Path | str) -> list[Item]:
    """Return the clusters of a collection, by name.

    Raises:
        UsageError: It has not been screened, or its duplicates have not been looked for; or not
            since files were added.
    """
    clusters, screened = read_clustered(folder), read_screened(folder)
    return items_of(clusters, screened, list(read_candidates(Folder(Path(folder)).candidates)))


def items_of(
    clusters: Mapping[str, Clustered],
    screened: Mapping[str, Screened],
    hits: Sequence[CandidateHit],
) -> list[Item]:
    """Return the clusters of files as items, by name; hits of files in none are left out.

    Raises:
        UsageError: The files that were found, screened and compared are not the same ones.
    """
    _check_current(clusters, screened, hits)
    files: dict[str, list[Screened]] = defaultdict(list)
    found: dict[str, list[CandidateHit]] = defaultdict(list)
    families = {}
    for sha256, one in sorted(clusters.items()):
        files[one.cluster].append(screened[sha256])
        families[one.cluster] = one.family
    for hit in hits:
        if hit.sha256 in clusters:
            found[clusters[hit.sha256].cluster].append(hit)
    return [
        Item(
            cluster=name,
            family=families[name],
            files=tuple(sorted(files[name], key=lambda one: one.sha256 != name)),
            hits=tuple(found[name]),
        )
        for name in sorted(files)
    ]


def _check_current(
    clusters: Mapping[str, Clustered],
    screened: Mapping[str, Screened],
    hits: Iterable[CandidateHit],
) -> None:
    """Make sure that no step was left out since files were added."""
    if new := {hit.sha256 for hit in hits if hit.sha256} - screened.keys():
        raise UsageError(
            f"{len(new):,} files have not been screened; run `anigifs screen` and then "
            "`anigifs duplicates` again"
        )
    kept = {name for name, one in screened.items() if not one.reason}
    if new := (kept - clusters.keys()) | (clusters.keys() - screened.keys()):
        raise UsageError(
            f"{len(new):,} files have been screened since duplicates were looked for; run "
            "`anigifs duplicates` again"
        )
