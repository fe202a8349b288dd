"""What becomes of each item by the votes on it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from anigifs.curate.votes import CRITERIA, Role, Vote
from anigifs.curate.voting.items import Item
from anigifs.foundation import UsageError

State = Literal["accepted", "rejected", "undecided", "unjudged"]


@dataclass(frozen=True)
class Decision:
    """What was decided of an item.

    Attributes:
        state: ``unjudged`` if nobody has voted, ``undecided`` if too few have or they differ.
        label: The class as which it is accepted; else empty.
        criterion: The key of :data:`~anigifs.curate.votes.CRITERIA` that it fails, where it is
            rejected; else empty.
        style: What those who accepted it called it, if anything.
        accepts: How many people accepted it: as this class, where it is accepted; else as any.
        votes: How many people judged it; a known answer is no person's.
    """

    state: State
    label: str = ""
    criterion: str = ""
    style: str = ""
    accepts: int = 0
    votes: int = 0


def decide(items: Sequence[Item], votes: Sequence[Vote], least: int = 1) -> dict[str, Decision]:
    """Return what the votes decide of each item, by its cluster.

    An outcome is to be accepted as one class, or to be rejected. The one that more than half of
    the annotators vote for is the decision, if at least ``least`` of them have voted. Where
    adjudicators have voted, it is the one that more than half of these vote for.

    Args:
        items: Those of the collection.
        votes: Those :func:`that count <standing>` are looked at.
        least: Annotators who must have judged an item.

    Raises:
        UsageError: ``least`` is less than 1.
    """
    if least < 1:
        raise UsageError(f"at least {least} votes decide: give 1 or more")
    return {cluster: _decided(cast, least) for cluster, cast in standing(items, votes).items()}


def standing(items: Sequence[Item], votes: Iterable[Vote]) -> dict[str, list[Vote]]:
    """Return the votes that count on each item, by its cluster.

    A vote on any file of a cluster is one on the cluster. Each person's last one counts, in each
    role; of those of one time, the last in order. If that is ``skip``, the person has no vote.
    Votes on files of no item are left out.
    """
    clusters = {file.sha256: item.cluster for item in items for file in item.files}
    last: dict[tuple[str, str, Role], Vote] = {}
    for vote in sorted(votes, key=lambda vote: vote.when):
        if vote.item in clusters:
            last[clusters[vote.item], vote.annotator, vote.role] = vote
    found: dict[str, list[Vote]] = {item.cluster: [] for item in items}
    for (cluster, _, _), vote in last.items():
        if vote.verdict != "skip":
            found[cluster].append(vote)
    return found


def count_states(decisions: Mapping[str, Decision]) -> dict[State, int]:
    """Return how many items are in each state.

    Example:
        >>> count_states({"a": Decision("accepted", "yoga"), "b": Decision("unjudged")})
        {'accepted': 1, 'rejected': 0, 'undecided': 0, 'unjudged': 1}
    """
    counts = Counter(one.state for one in decisions.values())
    return {state: counts[state] for state in get_args(State)}


def count_foreign(items: Sequence[Item], votes: Iterable[Vote]) -> int:
    """Return how many votes are on files of no item, such as those of another collection."""
    known = {file.sha256 for item in items for file in item.files}
    return sum(vote.item not in known for vote in votes)


def _decided(cast: list[Vote], least: int) -> Decision:
    if not cast:
        return Decision("unjudged")
    people = _people(cast)
    outcome = _outcome(cast, least)
    if outcome is None:
        return Decision("undecided", accepts=_accepts(cast), votes=people)
    verdict, label = outcome
    if verdict == "reject":
        criterion = _criterion(cast)
        return Decision("rejected", criterion=criterion, accepts=_accepts(cast), votes=people)
    return Decision("accepted", label, "", _style(cast, label), _accepts(cast, label), people)


def _outcome(cast: list[Vote], least: int) -> tuple[str, str] | None:
    """Return the verdict and the class that have a strict majority; None if none has."""
    adjudicating = _adjudicating(cast)
    deciding = adjudicating or cast
    outcomes = Counter((one.verdict, _label_of(one)) for one in deciding)
    outcome, count = outcomes.most_common(1)[0]
    enough = bool(adjudicating) or len(cast) >= least
    return outcome if enough and 2 * count > len(deciding) else None


def _adjudicating(cast: list[Vote]) -> list[Vote]:
    return [vote for vote in cast if vote.role == "adjudicator"]


def _label_of(vote: Vote) -> str:
    return vote.label if vote.verdict == "accept" else ""


def _accepts(cast: list[Vote], label: str = "") -> int:
    accepting = (vote for vote in cast if vote.verdict == "accept")
    return _people(vote for vote in accepting if label in ("", vote.label))


def _people(votes: Iterable[Vote]) -> int:
    return len({vote.annotator for vote in votes if not vote.is_known_answer})


def _criterion(cast: list[Vote]) -> str:
    """Return the criterion that most name who rejected; of two, the one that is asked earlier."""
    deciding = _adjudicating(cast) or cast
    named = Counter(vote.criterion for vote in deciding if vote.verdict == "reject")
    return max(CRITERIA, key=lambda criterion: named[criterion])  # of equals, the first


def _style(cast: list[Vote], label: str) -> str:
    """Return the style that most name who accepted this class; of two, the first by name."""
    named = Counter(vote.style for vote in cast if _label_of(vote) == label and vote.style)
    return min(named, key=lambda style: (-named[style], style), default="")
