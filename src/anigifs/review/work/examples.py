"""What others accepted, for those who want to see what a class looks like."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from anigifs.review.store.engine import reading
from anigifs.review.store.schema import items
from anigifs.review.work.rows import SHOWN, card_of
from anigifs.review.work.shapes import Card

if TYPE_CHECKING:
    from anigifs.review.review import Review


def examples_of(review: "Review", label: str, count: int) -> list[Card]:
    """Return items that were accepted as a class: nobody is given these, and none is gold."""
    query = (
        select(*SHOWN)
        .where(
            items.c.outcome == "accept",
            items.c.outcome_label == label,
            items.c.state == "decided",
            items.c.gold.is_(None),
        )
        .order_by(items.c.place)
        .limit(count)
    )
    with reading(review.engine) as connection:
        return [card_of(row) for row in connection.execute(query)]
