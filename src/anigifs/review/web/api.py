"""What the scripts of the pages ask for and send, in JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from anigifs.review.web.desk import Asked
from anigifs.review.work.adjudication import Dispute, count_disputes, disputes, reconsider
from anigifs.review.work.assignment import lease
from anigifs.review.work.examples import examples_of
from anigifs.review.work.quiz import answer, count_answers, quiz_next
from anigifs.review.work.shapes import Ballot, Card, Progress
from anigifs.review.work.voting import cast, cast_and_lease, progress_of, undo

#: Cards, or disputes, that are sent at once: by default and at most.
CARDS, MOST_CARDS = 10, 20
EXAMPLES = 3


@dataclass(frozen=True)
class Undo:
    """What asks for the last vote to be taken back.

    Attributes:
        id: A UUID that the sender makes.
    """

    id: str


@dataclass(frozen=True)
class Guess:
    """An answer of the quiz.

    Attributes:
        id: A UUID that the sender makes.
        item: Its sha256.
        label: The class that it is said to be.
        took_ms: How long the person looked at it.
    """

    id: str
    item: str
    label: str
    took_ms: int = 0


def work(asked: Asked) -> Response:
    """Hand out what an annotator is to judge next."""
    count = asked.number("count", CARDS, MOST_CARDS)
    cards = lease(asked.review, asked.account, count, asked.now_ms)
    done = progress_of(asked.review, asked.account, asked.now_ms)
    return JSONResponse({"items": _cards(cards), "progress": _progress(done)})


def vote(asked: Asked) -> Response:
    """Take an annotator's vote, and hand out what is next."""
    ballot = asked.json(Ballot)
    turn = cast_and_lease(asked.review, asked.account, ballot, CARDS, asked.now_ms)
    return JSONResponse(
        {
            "receipt": asdict(turn.receipt),
            "items": _cards(turn.items),
            "progress": _progress(turn.progress),
        }
    )


def undo_vote(asked: Asked) -> Response:
    """Take back an annotator's last vote."""
    undone = undo(asked.review, asked.account, asked.json(Undo).id, asked.now_ms)
    found = undone and {"card": card_json(undone.card), "ballot": asdict(undone.ballot)}
    cards = lease(asked.review, asked.account, CARDS, asked.now_ms)
    done = progress_of(asked.review, asked.account, asked.now_ms)
    return JSONResponse({"undone": found, "items": _cards(cards), "progress": _progress(done)})


def class_(asked: Asked) -> Response:
    """Say what a class means, and show what was accepted as it."""
    label = asked.request.path_params["label"]
    if label not in asked.review.labels:
        raise HTTPException(404, "there is no such class")
    examples = examples_of(asked.review, label, EXAMPLES)
    definition = asked.review.definitions.get(label, "")
    return JSONResponse({"label": label, "definition": definition, "examples": _cards(examples)})


def disputed(asked: Asked) -> Response:
    """Show what waits for an adjudicator, with all votes and comments."""
    return JSONResponse(_disputes(asked, asked.number("count", CARDS, MOST_CARDS)))


def decided(asked: Asked) -> Response:
    """Show one item with its votes again, disputed or decided."""
    found = reconsider(asked.review, asked.account, asked.request.path_params["sha256"].lower())
    if found is None:
        raise HTTPException(404, "no item of that hash is disputed or decided")
    return JSONResponse(_dispute(found))


def decide(asked: Asked) -> Response:
    """Take an adjudicator's decision, and show what waits."""
    receipt = cast(asked.review, asked.account, asked.json(Ballot), asked.now_ms)
    return JSONResponse({"receipt": asdict(receipt), **_disputes(asked, CARDS)})


def quiz(asked: Asked) -> Response:
    """Hand out what is to be named next, without a word of its classes."""
    card = quiz_next(asked.review, asked.account, asked.now_ms)
    done = count_answers(asked.review, asked.account)
    return JSONResponse({"item": card and _picture(card), "done": done})


def guess(asked: Asked) -> Response:
    """Take an answer of the quiz; it is not said whether it is right."""
    said = asked.json(Guess)
    receipt = answer(
        asked.review, asked.account, said.id, said.item, said.label, said.took_ms, asked.now_ms
    )
    return JSONResponse({"receipt": asdict(receipt)})


def card_json(card: Card) -> dict[str, Any]:
    """Return a card with where its pictures are."""
    return {**_picture(card), "label": card.label, "labels": card.labels}


def _picture(card: Card) -> dict[str, Any]:
    here = f"/media/{card.item}"
    return {
        "item": card.item,
        "kind": card.kind,
        "sheet": f"{here}.webp",
        "timing": f"{here}.json",
        "file": f"{here}/file",
    }


def _cards(cards: list[Card]) -> list[dict[str, Any]]:
    return [card_json(card) for card in cards]


def _progress(done: Progress) -> dict[str, int]:
    """Return how far somebody has come; not which vote was on a known answer, and right.

    Whoever is told that after each vote can take it back and give the right answer.
    """
    return {name: count for name, count in asdict(done).items() if not name.startswith("gold_")}


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {**asdict(dispute), "card": card_json(dispute.card)}


def _disputes(asked: Asked, count: int) -> Mapping[str, Any]:
    found = disputes(asked.review, asked.account, count)
    left = count_disputes(asked.review)
    return {"items": [_dispute(one) for one in found], "left": left}
