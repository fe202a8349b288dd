"""What a release is made of: a collection, the votes on it, and what must not be in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from anigifs.collect.collecting import Folder
from anigifs.curate.candidate import CandidateHit, read_candidates
from anigifs.curate.copies.clustered import Clustered, read_clustered
from anigifs.curate.release.accepting import released
from anigifs.curate.release.leaving_out import LeftOut, leave_out, ways_of
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.release.removals import Removals, read_removals
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.screening.screened import Screened, read_screened
from anigifs.curate.seeing.fingerprints import Fingerprint, read_fingerprints
from anigifs.curate.votes import Vote, pseudonyms, read_votes
from anigifs.curate.voting.agreement import Agreement, Draws, agreement
from anigifs.curate.voting.decisions import Decision, count_foreign, decide, standing
from anigifs.curate.voting.items import Item, items_of
from anigifs.foundation import UsageError, sha256_of
from anigifs.index.labels import Labels

#: Of a few words, such as "pixel art".
_STYLE = re.compile(r"[^\W\d_]{1,20}([ -][^\W\d_]{1,20}){0,2}")


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A collection without what must not be released, and what was decided of it.

    Attributes:
        folder: Of the collection.
        hits: Those that may be told of.
        items: All clusters, whatever became of them, and each file that a program rejected.
        decisions: What did, by cluster.
        accepted: The items of the release, in no split yet.
        votes: Those that count, as they may be told of.
        agreement: Of the annotators.
        left_out: What must not be released.
        requests: How many removals are asked for.
        unmatched: How many of these met nothing.
        foreign: Votes on files that are in no item.
        date: The day of the last fetch, as ISO 8601.
    """

    folder: Folder
    hits: tuple[CandidateHit, ...]
    items: tuple[Item, ...]
    decisions: Mapping[str, Decision]
    accepted: tuple[ReleasedItem, ...]
    votes: tuple[Vote, ...]
    agreement: Agreement
    left_out: LeftOut
    requests: int
    unmatched: int
    foreign: int
    date: str


def gather(collection: Path, votes: Path, settings: ReleaseSettings) -> Gathered:
    """Read a collection and its votes, and decide what is released.

    Raises:
        UsageError: Something is missing or cannot be read, a class is not of the list, or nothing
            is accepted.
    """
    folder = Folder(collection)
    hits = tuple(read_candidates(folder.candidates))
    screened = read_screened(collection)
    everything = items_of(_with_rejected(read_clustered(collection), screened), screened, hits)
    fingerprints = read_fingerprints(collection)
    removals = read_removals(settings.removals) if settings.removals else Removals()
    ways = list(ways_of(folder.candidates))
    left_out = leave_out(removals, everything, hits, ways, fingerprints)
    items = [item for item in everything if item.cluster not in left_out.clusters]
    cast = _spelt(read_votes(votes), Labels(settings.classes), votes)
    decisions = decide(items, cast, settings.least_votes)
    accepted = _accepted(items, decisions, fingerprints, settings)
    if not accepted:
        judged = sum(not item.shown.reason for item in items)
        raise UsageError(
            f"{votes}: of {judged:,} items none is accepted; there is nothing to release"
        )
    kept = tuple(hit for hit, gone in zip(hits, left_out.hits, strict=True) if not gone)
    return Gathered(
        folder=folder,
        hits=kept,
        items=tuple(items),
        decisions=decisions,
        accepted=accepted,
        votes=_told(items, cast, salt=sha256_of(votes)),
        agreement=agreement(items, cast, Draws(seed=settings.seed)),
        left_out=left_out,
        requests=len(removals),
        unmatched=sum(removals.unmatched().values()),
        foreign=count_foreign(everything, cast),
        date=_last_day(kept),
    )


def _with_rejected(
    clusters: Mapping[str, Clustered], screened: Mapping[str, Screened]
) -> dict[str, Clustered]:
    """Return the clusters with each file that a program rejected, and nobody compared, as one."""
    rejected = {
        sha256: Clustered(sha256=sha256, cluster=sha256, family=sha256)
        for sha256, one in screened.items()
        if one.reason
    }
    return {**rejected, **clusters}


def _spelt(votes: Iterable[Vote], labels: Labels, where: Path) -> list[Vote]:
    """Return votes with classes as the list spells them.

    A rejection need not name one. What else stands there is left out, as it may be a remark; so is
    what is too much for a style.
    """

    def label_of(vote: Vote) -> str:
        try:
            return labels.find(vote.label, f"{where}: item {vote.item[:12]}")
        except UsageError:
            if vote.verdict == "accept":
                raise
            return ""

    def style_of(vote: Vote) -> str:
        return vote.style if _STYLE.fullmatch(vote.style) else ""

    return [replace(vote, label=label_of(vote), style=style_of(vote)) for vote in votes]


def _accepted(
    items: Sequence[Item],
    decisions: Mapping[str, Decision],
    fingerprints: Mapping[str, Fingerprint],
    settings: ReleaseSettings,
) -> tuple[ReleasedItem, ...]:
    """Return the items of the release; what a program rejected is not among them."""
    families: dict[str, str] = {}
    for item in items:  # the least comes first; a family's name may be that of a removed cluster
        families.setdefault(item.family, item.cluster)
    return tuple(
        released(
            item,
            decisions[item.cluster],
            families[item.family],
            fingerprints.get(item.cluster),
            include_all_bytes=settings.include_all_bytes,
        )
        for item in items
        if decisions[item.cluster].state == "accepted" and not item.shown.reason
    )


def _told(items: Sequence[Item], votes: Sequence[Vote], salt: str) -> tuple[Vote, ...]:
    """Return the votes that count without names, comments and times of day, sorted.

    The salt of the pseudonyms is the hash of the file of votes: nobody else has it, and the same
    votes give the same pseudonyms.
    """
    names = pseudonyms(votes, salt)
    told = [
        replace(
            vote,
            item=cluster,
            annotator=vote.annotator if vote.is_known_answer else names[vote.annotator],
            at=vote.when.date().isoformat() if vote.at else "",
            comment="",
        )
        for cluster, cast in standing(items, votes).items()
        for vote in cast
    ]
    return tuple(sorted(told, key=lambda vote: (vote.item, vote.annotator, vote.role)))


def _last_day(hits: Iterable[CandidateHit]) -> str:
    last = max((hit.fetched_at or 0 for hit in hits), default=0)
    return datetime.fromtimestamp(last // 1000, UTC).date().isoformat()
