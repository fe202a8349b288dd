"""The pages of those who judge and decide; what moves on them comes by the interface."""

from typing import Any

from starlette.responses import PlainTextResponse, Response

from anigifs.curate.votes import CRITERIA
from anigifs.review.settings import STYLES
from anigifs.review.web.desk import Asked
from anigifs.review.work.progress import share_of
from anigifs.review.work.voting import progress_of


def judge(asked: Asked) -> Response:
    """Show where an annotator judges."""
    return asked.page("judge", **_choices(asked))


def adjudicate(asked: Asked) -> Response:
    """Show where an adjudicator decides."""
    return asked.page("adjudicate", **_choices(asked))


def quiz(asked: Asked) -> Response:
    """Show where an annotator names classes."""
    return asked.page("quiz", **_choices(asked))


def progress(asked: Asked) -> Response:
    """Show how far an annotator has come, and how well they do where the answer is known."""
    done = progress_of(asked.review, asked.account, asked.now_ms)
    gold = share_of(done.gold_right, done.gold_seen)
    return asked.page("progress", progress=done, gold=gold)


def help_page(asked: Asked) -> Response:
    """Show how to judge."""
    return asked.page("help", criteria=CRITERIA)


def health(asked: Asked) -> Response:
    """Say that requests are answered."""
    return PlainTextResponse("ok")


def _choices(asked: Asked) -> dict[str, Any]:
    review = asked.review
    labels = [
        {"label": label, "definition": review.definitions.get(label, "")} for label in review.labels
    ]
    return {"labels": labels, "criteria": CRITERIA, "styles": STYLES}
