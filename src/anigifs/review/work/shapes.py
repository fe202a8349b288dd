"""What is handed out to be judged, and what comes back."""

import uuid
from dataclasses import dataclass

from anigifs.curate.votes import Verdict, Vote, check_vote
from anigifs.foundation import UsageError
from anigifs.review.settings import STYLES

COMMENT_CHARACTERS = 2000
LABEL_CHARACTERS = 200
#: Nobody looks at a picture for longer than a day.
MOST_MS = 86_400_000


class Refused(UsageError):  # noqa: N818 - a refusal is no error of the program
    """A vote that makes sense and yet cannot be taken, such as a second one on an item."""


@dataclass(frozen=True, slots=True)
class Card:
    """An item as it is shown.

    Attributes:
        item: Its sha256.
        kind: Its container, such as ``gif``.
        label: The class that is asked for.
        labels: All classes under which it was found, that one first.
    """

    item: str
    kind: str
    label: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as its voter sends it.

    Attributes:
        id: A UUID that the sender makes; the same one again is the same vote.
        item: The sha256 of what is judged.
        verdict: ``accept``, ``reject`` or ``skip``.
        label: The class that is accepted, or that was asked for.
        criterion: Which one fails; of a rejection only.
        style: One of :data:`~anigifs.review.settings.STYLES`, or nothing.
        comment: For adjudicators, at most 2,000 characters.
        escalate: Hide the item from others and ask an adjudicator, whatever the verdict is.
        took_ms: How long the person looked at it.
    """

    id: str
    item: str
    verdict: Verdict
    label: str = ""
    criterion: str = ""
    style: str = ""
    comment: str = ""
    escalate: bool = False
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a vote, or an answer of the quiz, is stored.

    Attributes:
        seq: Its number in the log.
        repeated: The same had been stored before.
    """

    seq: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """A vote that was taken back.

    Attributes:
        card: The item, which is the person's again.
        ballot: What they had said.
    """

    card: Card
    ballot: Ballot


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has come; what was undone does not count.

    Attributes:
        votes: Items that they accepted or rejected.
        today: Those of them since midnight, UTC.
        accepted: Of the votes.
        rejected: Of the votes.
        skipped: Items that they left to others.
        gold_right: Of the items whose answer is known, those that they judged so.
        gold_seen: Items whose answer is known that they judged.
        left: Open items that they have not judged or skipped; what others do is counted in every
            ten minutes. Gold is left out.
    """

    votes: int
    today: int
    accepted: int
    rejected: int
    skipped: int
    gold_right: int
    gold_seen: int
    left: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows a vote: its receipt, what is to be judged next, and how far the person is."""

    receipt: Receipt
    items: list[Card]
    progress: Progress


def check_ballot(ballot: Ballot) -> None:
    """Make sure that a ballot makes sense, whoever sends it.

    Raises:
        UsageError: What does not.

    Example:
        >>> check_ballot(Ballot("1", 64 * "0", "accept", "yoga"))
        Traceback (most recent call last):
        ...
        anigifs.foundation.errors.UsageError: id is '1'; give a UUID in lower case
    """
    check_id(ballot.id)
    check_text("comment", ballot.comment, COMMENT_CHARACTERS)
    check_text("label", ballot.label, LABEL_CHARACTERS)
    if ballot.style not in ("", *STYLES):
        raise UsageError(f"style is {ballot.style[:80]!a}; there are {', '.join(STYLES)}")
    if not isinstance(ballot.escalate, bool):
        raise UsageError("escalate is true or false")
    check_took(ballot.took_ms)
    check_vote(
        Vote(
            item=ballot.item,
            annotator="-",
            verdict=ballot.verdict,
            label=ballot.label,
            criterion=ballot.criterion,
            style=ballot.style,
            comment=ballot.comment,
        )
    )


def check_id(text: str) -> None:
    """Make sure that an id is a UUID as everybody writes it.

    Raises:
        UsageError: It is none.
    """
    try:
        plain = str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError):
        plain = ""
    if text != plain or not plain:
        raise UsageError(f"id is {str(text)[:80]!a}; give a UUID in lower case")


def check_text(name: str, text: str, most: int) -> None:
    """Make sure that a text can be stored by every database.

    Raises:
        UsageError: It is too long, or no text.
    """
    if not isinstance(text, str) or "\0" in text:
        raise UsageError(f"{name} is no text")
    if len(text) > most:
        raise UsageError(f"{name} has {len(text):,} characters; at most {most:,}")


def check_took(took_ms: int) -> None:
    """Make sure that a time somebody took is one.

    Raises:
        UsageError: It is none.
    """
    if type(took_ms) is not int or not 0 <= took_ms <= MOST_MS:
        raise UsageError(f"took_ms is {str(took_ms)[:80]}; give milliseconds, 0 to {MOST_MS:,}")
