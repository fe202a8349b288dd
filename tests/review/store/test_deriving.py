import pytest

from anigifs.review.settings import Settings
from anigifs.review.store.deriving import Derived, Stood, derive

SETTINGS = Settings(name="test", overlap=2, most=3)


def stood(words: str) -> list[Stood]:
    """Return votes by words: a class that is accepted, a criterion that fails, or skip.

    Behind ``!`` stands that of somebody who escalates, behind ``=`` that of an adjudicator.
    """
    votes = []
    for number, word in enumerate(words.split()):
        said = word.strip("!=")
        fails = said in ("gif", "animated", "action")
        votes.append(
            Stood(
                account=number,
                role="adjudicator" if "=" in word else "annotator",
                verdict="skip" if said == "skip" else "reject" if fails else "accept",
                label="" if fails or said == "skip" else said,
                criterion=said if fails else "",
                escalate="!" in word,
            )
        )
    return votes


OPEN = Derived("open", False, 2, 0, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", OPEN),
        ("skip skip skip", OPEN),
        ("yoga", Derived("open", False, 2, 1, "")),
        ("yoga skip", Derived("open", False, 2, 1, "")),
        ("yoga yoga", Derived("decided", False, 2, 2, "", "accept", "yoga")),
        ("gif gif", Derived("decided", False, 2, 2, "", "reject", "")),
        # Both reject it, and only differ in why.
        ("gif action", Derived("decided", False, 2, 2, "", "reject", "")),
        ("yoga gif", Derived("open", False, 3, 2, "conflict")),
        ("yoga squat", Derived("open", False, 3, 2, "conflict")),
        ("yoga gif skip", Derived("open", False, 3, 2, "conflict")),
        ("yoga gif yoga", Derived("decided", False, 3, 3, "", "accept", "yoga")),
        ("yoga gif squat", Derived("disputed", False, 3, 3, "conflict")),
        # A vote that came late, after two had agreed; and one more.
        ("yoga yoga gif", Derived("decided", False, 3, 3, "", "accept", "yoga")),
        ("yoga yoga gif gif", Derived("disputed", False, 3, 4, "conflict")),
        ("!skip", Derived("disputed", True, 2, 0, "escalated")),
        ("yoga !yoga", Derived("disputed", True, 2, 2, "escalated")),
        ("!skip =yoga", Derived("decided", False, 2, 0, "", "accept", "yoga")),
        ("!skip =skip", Derived("disputed", True, 2, 0, "escalated")),
        ("yoga gif squat =gif", Derived("decided", False, 3, 3, "", "reject", "")),
        ("yoga yoga =gif", Derived("decided", False, 2, 2, "", "reject", "")),
        ("yoga yoga =gif =yoga", Derived("disputed", False, 2, 2, "conflict")),
        ("yoga yoga =gif =yoga =yoga", Derived("decided", False, 2, 2, "", "accept", "yoga")),
    ],
)
def test_what_becomes_of_an_item(words: str, expected: Derived) -> None:
    votes = stood(words)
    assert derive(votes, SETTINGS, gold=False) == expected
    assert derive(votes[::-1], SETTINGS, gold=False) == expected  # whoever voted first


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("yoga yoga", Derived("open", False, 2, 2, "")),
        ("yoga gif squat", Derived("open", False, 2, 3, "")),
        ("yoga !skip", Derived("disputed", True, 2, 1, "escalated")),
        ("yoga !skip =gif", Derived("decided", False, 2, 1, "", "reject", "")),
    ],
)
def test_votes_do_not_decide_what_is_known(words: str, expected: Derived) -> None:
    assert derive(stood(words), SETTINGS, gold=True) == expected


def test_one_may_be_enough() -> None:
    alone = Settings(name="test", overlap=1, most=1)
    assert derive(stood("yoga"), alone, gold=False).state == "decided"


def test_of_five_no_more_are_asked_than_decide() -> None:
    five = Settings(name="test", overlap=2, most=5)
    assert derive(stood("yoga gif"), five, gold=False).needed == 5
    assert derive(stood("yoga gif yoga"), five, gold=False).state == "decided"
    assert derive(stood("yoga gif squat"), five, gold=False).state == "open"
    assert derive(stood("yoga gif squat gif yoga"), five, gold=False).state == "disputed"
