"""Votes until it is killed; run by a test as a process of its own."""

import sys

from anigifs.review.review import open_review
from anigifs.review.work.assignment import lease
from anigifs.review.work.voting import cast_and_lease
from tests.review.made import NOW, Votes, person


def main() -> None:
    """Vote on everything in a review, and say of each vote that it is stored."""
    review = open_review(sys.argv[1])
    ann, votes = person(review, "ann"), Votes()
    cards = lease(review, ann, 3, NOW)
    while cards:
        ballot = votes.ballot(cards[0].item)
        cards = cast_and_lease(review, ann, ballot, 3, NOW).items
        print(ballot.id, flush=True)


if __name__ == "__main__":
    main()
