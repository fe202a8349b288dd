from dataclasses import replace
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.review.work.shapes import Ballot, check_ballot
from tests.review.made import Votes

SOUND = Votes().ballot("a", style="pixel", comment=2000 * "ä", took_ms=86_400_000)


def test_a_sound_ballot_passes() -> None:
    check_ballot(SOUND)
    check_ballot(Votes().ballot("a", "gif"))
    check_ballot(Votes().ballot("a", "skip", escalate=True))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": ""}, "id is ''"),
        ({"id": "7"}, "give a UUID"),
        ({"id": "00000000000000000000000000000001"}, "give a UUID"),
        ({"id": SOUND.id.replace("0", "A")}, "give a UUID in lower case"),
        ({"id": 7}, "give a UUID"),
        ({"item": "A" * 64}, "item is"),
        ({"item": "../../etc/passwd"}, "item is"),
        ({"verdict": "maybe"}, "verdict is 'maybe'"),
        ({"label": ""}, "label is empty"),
        ({"label": 201 * "a"}, "label has 201 characters"),
        ({"label": "a\0"}, "label is no text"),
        ({"label": "\ud800"}, "not UTF-8"),
        ({"criterion": "gif"}, "only a rejection"),
        ({"verdict": "reject"}, "criterion is ''"),
        ({"verdict": "reject", "criterion": "taste"}, "criterion is 'taste'"),
        ({"style": "oil on canvas"}, "style is 'oil on canvas'"),
        ({"comment": 2001 * "a"}, "comment has 2,001 characters; at most 2,000"),
        ({"comment": "a\0b"}, "comment is no text"),
        ({"comment": None}, "comment is no text"),
        ({"escalate": 1}, "escalate is true or false"),
        ({"took_ms": -1}, "took_ms is -1"),
        ({"took_ms": 86_400_001}, "took_ms is"),
        ({"took_ms": 1.5}, "took_ms is 1.5"),
        ({"took_ms": True}, "took_ms is True"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], message: str) -> None:
    ballot: Ballot = replace(SOUND, **wrong)
    with pytest.raises(UsageError, match=message):
        check_ballot(ballot)
