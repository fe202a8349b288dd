"""Items of which nothing is known but the votes on them, where no collection is at hand."""

from collections.abc import Iterable

from anigifs.curate.screening.screened import Screened
from anigifs.curate.votes import Vote
from anigifs.curate.voting.items import Item


def items_of_votes(votes: Iterable[Vote]) -> list[Item]:
    """Return each file that was voted on as an item and a family of its own, by name.

    Which files show the same, or belong to one family, a collection knows. Without it, votes on
    copies of one picture count as votes on different items, and intervals come out too narrow.

    Example:
        >>> votes = [Vote(item=64 * "0", annotator=name, verdict="skip") for name in ("ann", "bob")]
        >>> [item.cluster == 64 * "0" for item in items_of_votes(votes)]
        [True]
    """
    return [
        Item(
            cluster=sha256,
            family=sha256,
            files=(Screened(sha256=sha256, kind="", bytes=0),),
            hits=(),
        )
        for sha256 in sorted({vote.item for vote in votes})
    ]
