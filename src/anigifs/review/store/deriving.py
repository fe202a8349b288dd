"""What becomes of an item by the votes that stand: a function of these and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anigifs.curate.screening.screened import Screened
from anigifs.curate.votes import Role, Verdict, Vote
from anigifs.curate.voting.decisions import decide
from anigifs.curate.voting.items import Item
from anigifs.review.settings import Settings

State = Literal["open", "decided", "disputed"]
Why = Literal["", "conflict", "escalated"]
_NAME = 64 * "0"
#: One item is as good as another: who voted what decides.
_ITEM = Item(
    cluster=_NAME, family=_NAME, files=(Screened(sha256=_NAME, kind="gif", bytes=0),), hits=()
)


@dataclass(frozen=True, slots=True)
class Stood:
    """A vote that stands, as far as it decides anything."""

    account: int
    role: Role
    verdict: Verdict
    label: str
    criterion: str
    escalate: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """The columns of an item that follow from votes; see the table's."""

    state: State
    hidden: bool
    needed: int
    cast: int
    why: Why
    outcome: Literal["", "accept", "reject"] = ""
    outcome_label: str = ""


def derive(votes: Sequence[Stood], settings: Settings, gold: bool) -> Derived:
    """Return what becomes of an item.

    By the rules of :func:`anigifs.curate.voting.decisions.decide`, in this order:

    1. Adjudicators have voted: it is decided if they agree, and else in dispute.
    2. Somebody escalated it: it is in dispute, and hidden.
    3. Its answer is known: it stays open, for everybody.
    4. Fewer than ``overlap`` annotators have judged it: it is open.
    5. More than half of them agree: it is decided.
    6. Fewer than ``most`` have: it is open, and needs more of them.
    7. Else it is in dispute.

    Args:
        votes: Each person's vote on it, in whatever order; those that were undone are not there.
        settings: How many judge.
        gold: Its answer is known.

    Example:
        >>> both = [Stood(1, "annotator", "accept", "yoga", "", False),
        ...         Stood(2, "annotator", "reject", "yoga", "gif", False)]
        >>> found = derive(both, Settings(name="a"), gold=False)
        >>> found.state, found.needed, found.why
        ('open', 3, 'conflict')
    """
    judged = [vote for vote in votes if vote.verdict != "skip"]
    judges = [vote for vote in judged if vote.role == "annotator"]
    cast, adjudicated = len(judges), len(judges) < len(judged)
    decision = decide([_ITEM], [_as_vote(vote) for vote in judged], settings.overlap)[_NAME]
    decided = decision.state in ("accepted", "rejected")
    differ = cast >= settings.overlap and not (decided or adjudicated)
    more = (differ or cast > settings.overlap) and not gold
    needed = settings.most if more else settings.overlap
    escalated = any(vote.escalate for vote in votes)
    if decided and adjudicated:
        return _decided(decision.label, needed, cast)
    if adjudicated:
        return Derived("disputed", escalated, needed, cast, "conflict")
    if escalated:
        return Derived("disputed", True, needed, cast, "escalated")
    if gold:
        return Derived("open", False, needed, cast, "")
    if decided:
        return _decided(decision.label, needed, cast)
    state: State = "disputed" if differ and cast >= settings.most else "open"
    return Derived(state, False, needed, cast, "conflict" if differ else "")


def _decided(label: str, needed: int, cast: int) -> Derived:
    return Derived("decided", False, needed, cast, "", "accept" if label else "reject", label)


def _as_vote(stood: Stood) -> Vote:
    return Vote(
        item=_NAME,
        annotator=str(stood.account),
        verdict=stood.verdict,
        label=stood.label,
        criterion=stood.criterion,
        role=stood.role,
    )
