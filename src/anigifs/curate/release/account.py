"""Everything that is counted of a release: what its cards, its tables and the command say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anigifs.curate.licences import understood
from anigifs.curate.release.classes import ClassCount
from anigifs.curate.release.gathering import Gathered
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.release.settings import TEST, ReleaseSettings
from anigifs.curate.voting.agreement import Agreement
from anigifs.curate.voting.decisions import State, count_states
from anigifs.index import Index

NOT_STATED = "not stated"


@dataclass(frozen=True, kw_only=True)
class Account:
    """The counts of a release.

    Attributes:
        name: Of the data set.
        version: Of the release.
        date: Of the release.
        identity: Of its index.
        taxonomy: The class list.
        items: How many were accepted.
        families: How many of these no split may part from another one.
        classes: With at least one item.
        empty_classes: Those of the list that have none.
        splits: Items in each split.
        least_test: What a class should have in the test split.
        short_classes: Classes with items, but fewer than that in the test split, by name.
        subset_classes: Of the subset of the most frequent classes.
        subset_items: In it.
        hits: Of searches that the release tells of.
        files: Different ones that were stored.
        refused: Different addresses whose file was not taken.
        screened_out: Of these, those that a program rejected, by reason.
        clusters: Of the other files, those that show the same being one.
        decisions: Clusters by what the votes say of them.
        rejected: Clusters by the criterion that failed.
        with_bytes: Items whose bytes are in the release.
        waiting: Items that have yet to be fetched from their addresses.
        open_items: Items under an open licence.
        licences: Items by licence.
        providers: Items by who found them; one found by two counts twice.
        keywords: Style words that were searched with.
        kinds: Items by container.
        incomplete: Items whose file is cut off, as it was found.
        looked_for_nsfw: Items in which a program looked for what is unsafe for work.
        judges: Items by how many people judged them.
        duration_ms: How long all items play.
        bytes: Of all items.
        first_day: Of fetching.
        last_day: Of fetching.
        votes: That count.
        annotators: People who cast them.
        known: Items whose answer was known before; such a vote is nobody's, and decides.
        agreement: Of these.
        foreign: Votes on files that are in no item.
        removed: Clusters that were removed, by kind of request.
        removed_hits: Rows of the candidates that were removed.
        requests: Removals that were asked for.
        unmatched: Those of them that met nothing.
        by_class: The counts of every class.
    """

    name: str
    version: str
    date: str
    identity: str
    taxonomy: str
    items: int
    families: int
    classes: int
    empty_classes: int
    splits: Mapping[str, int]
    least_test: int
    short_classes: tuple[str, ...]
    subset_classes: int
    subset_items: int
    hits: int
    files: int
    refused: int
    screened_out: Mapping[str, int]
    clusters: int
    decisions: Mapping[State, int]
    rejected: Mapping[str, int]
    with_bytes: int
    waiting: int
    open_items: int
    licences: Mapping[str, int]
    providers: Mapping[str, int]
    keywords: tuple[str, ...]
    kinds: Mapping[str, int]
    incomplete: int
    looked_for_nsfw: int
    judges: Mapping[int, int]
    duration_ms: int
    bytes: int
    first_day: str
    last_day: str
    votes: int
    annotators: int
    known: int
    agreement: Agreement
    foreign: int
    removed: Mapping[str, int]
    removed_hits: int
    requests: int
    unmatched: int
    by_class: tuple[ClassCount, ...]

    @property
    def rejected_by_program(self) -> int:
        """Files that a program rejected."""
        return sum(self.screened_out.values())


def account_of(
    gathered: Gathered,
    settings: ReleaseSettings,
    items: Sequence[ReleasedItem],
    index: Index,
    subset: Index,
    counts: Sequence[ClassCount],
) -> Account:
    """Count a release.

    Args:
        gathered: What it is made of.
        settings: How.
        items: What was accepted, in its splits.
        index: Of these.
        subset: Of the most frequent classes.
        counts: Of every class.
    """
    hits = gathered.hits
    decisions = {
        item.cluster: gathered.decisions[item.cluster]
        for item in gathered.items
        if not item.shown.reason
    }
    names = {item.cluster for item in items}
    families = Counter(item.family for item in items)
    licences = [understood(item.licence, item.licence_url) for item in items]
    days = sorted({item.retrieved_at[:10] for item in items if item.retrieved_at})
    return Account(
        name=settings.name,
        version=settings.version,
        date=settings.date or gathered.date,
        identity=index.identity,
        taxonomy=settings.taxonomy,
        items=len(items),
        families=sum(count for count in families.values() if count > 1),
        classes=sum(one.accepted > 0 for one in counts),
        empty_classes=sum(one.listed and not one.accepted for one in counts),
        splits={
            name: sum(item.split == name for item in items) for name in sorted(settings.splits)
        },
        least_test=settings.least_test,
        short_classes=tuple(
            one.label for one in counts if one.accepted and one.splits[TEST] < settings.least_test
        ),
        subset_classes=len(subset.labels),
        subset_items=len(subset),
        hits=len(hits),
        files=len({hit.sha256 for hit in hits if hit.sha256}),
        refused=len({hit.url for hit in hits if hit.state == "refused"}),
        clusters=len(decisions),
        screened_out=_counted(item.shown.reason for item in gathered.items if item.shown.reason),
        decisions=count_states(decisions),
        rejected=_counted(one.criterion for one in decisions.values() if one.criterion),
        with_bytes=sum(bool(item.path) for item in items),
        waiting=sum(not item.path for item in items),
        open_items=sum(one.openness == "open" for one in licences),
        licences=_counted(one.name or NOT_STATED for one in licences),
        providers=_counted(
            name for item in items for name in sorted({found[2] for found in item.found_under})
        ),
        keywords=tuple(sorted({hit.keyword for hit in hits if hit.keyword})),
        kinds=_counted(item.kind for item in items),
        incomplete=sum(not item.complete for item in items),
        looked_for_nsfw=sum(
            item.shown.nsfw is not None for item in gathered.items if item.cluster in names
        ),
        judges=dict(sorted(Counter(item.votes for item in items).items())),
        duration_ms=sum(item.duration_ms for item in items),
        bytes=sum(item.bytes for item in items),
        first_day=days[0] if days else "",
        last_day=days[-1] if days else "",
        votes=len(gathered.votes),
        annotators=len({vote.annotator for vote in gathered.votes if not vote.is_known_answer}),
        known=sum(vote.is_known_answer for vote in gathered.votes),
        agreement=gathered.agreement,
        foreign=gathered.foreign,
        removed=gathered.left_out.kinds,
        removed_hits=sum(gathered.left_out.hits),
        requests=gathered.requests,
        unmatched=gathered.unmatched,
        by_class=tuple(counts),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Count names, the most frequent first, then by name."""
    return dict(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))
