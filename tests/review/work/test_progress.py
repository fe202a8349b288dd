import pytest
from statsmodels.stats.inter_rater import fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

from anigifs.review.work.assignment import lease
from anigifs.review.work.progress import ClassRow, overview, share_of
from anigifs.review.work.voting import cast
from tests.curate.voting.voted import item_of
from tests.review.made import MINUTE, NOW, Reviews, Votes, person

HOUR = 60 * MINUTE


def test_an_empty_review(reviews: Reviews) -> None:
    found = overview(reviews.make("ab", gold="b"), NOW)
    assert found.states == {"open": 1, "decided": 0, "disputed": 0, "withdrawn": 0, "gold": 1}
    assert found.hours == (0,) * 24
    assert [(one.name, one.votes, one.gold, one.last_ms) for one in found.people] == [
        (name, 0, None, None) for name in ("ada", "ann", "bob", "cat", "root")
    ]
    assert found.classes == (ClassRow("yoga", 1, 0, 0, 2),)
    assert (found.raw, found.ac1, found.agreement_items) == (None, None, 0)


def test_how_the_work_stands(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make(
        [*(item_of(name) for name in "abcd"), item_of("e", labels=("squat",))],
        people=("ann", "bob", "cat"),
    )
    said = {"ann": "yyggs", "bob": "ygg", "cat": " y"}
    words = {"y": "yoga", "g": "gif", "s": "skip"}
    times = {"ann": NOW - 30 * HOUR, "bob": NOW - 90 * MINUTE, "cat": NOW}
    for name, letters in said.items():
        one = person(review, name)
        lease(review, one, 10, NOW)
        for item, letter in zip("abcde", letters, strict=False):
            if letter != " ":
                cast(review, one, votes.ballot(item, words[letter]), times[name])
                lease(review, one, 10, NOW)
    found = overview(review, NOW)
    # a: y y, b: y g y, c: g g, d: g, e: skipped by ann
    assert found.states["decided"] == 3
    assert found.states["open"] == 2
    assert [one.votes for one in found.people if one.role == "annotator"] == [4, 3, 1]
    assert found.classes[0].votes_needed == 2
    assert found.hours[22] == 3
    assert found.hours[23] == 1
    assert sum(found.hours) == 4  # what is older than a day is not there
    ann, bob = found.people[1:3]
    assert (ann.skipped, ann.an_hour, ann.last_ms) == (1, None, NOW - 30 * HOUR)
    assert (bob.an_hour, bob.last_ms) == (3.0, NOW - 90 * MINUTE)


def test_agreement_is_that_of_statsmodels_where_all_judge(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcd", people=("ann", "bob", "cat"), overlap=3, most=3)
    said = {"ann": "yygg", "bob": "yggg", "cat": "yygy"}
    for name, letters in said.items():
        one = person(review, name)
        lease(review, one, 10, NOW)
        for item, letter in zip("abcd", letters, strict=True):
            cast(review, one, votes.ballot(item, {"y": "yoga", "g": "gif"}[letter]), NOW)
    found = overview(review, NOW)
    counts = [
        [letters.count(kind) for kind in "yg"] for letters in zip(*said.values(), strict=True)
    ]
    pairs = sum(n * (n - 1) / 2 for row in counts for n in row)
    assert found.agreement_items == 4
    assert found.raw == pytest.approx(pairs / 12)
    # With two answers AC1 and Fleiss' kappa differ in chance alone, which follows from one share.
    assert found.raw is not None
    share = sum(row[0] for row in counts) / 12
    chance = 2 * share * (1 - share)
    assert fleiss_kappa(counts) == pytest.approx((found.raw - (1 - chance)) / chance)
    assert found.ac1 == pytest.approx((found.raw - chance) / (1 - chance))


def test_a_third_who_is_asked_where_two_differ_does_not_lower_agreement(
    reviews: Reviews, votes: Votes
) -> None:
    review = reviews.make("abc", people=("ann", "bob", "cat"))
    for name, letters in {"ann": "yyg", "bob": "yyy", "cat": "  g"}.items():
        one = person(review, name)
        lease(review, one, 10, NOW)
        for item, letter in zip("abc", letters, strict=True):
            if letter != " ":
                cast(review, one, votes.ballot(item, {"y": "yoga", "g": "gif"}[letter]), NOW)
    found = overview(review, NOW)
    assert found.raw == pytest.approx(2 / 3)  # with cat's vote it would be 3 of 5 pairs


def test_gold_is_told_by_person(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("abcdef", gold="def", gold_every=1)
    ann = person(review, "ann")
    lease(review, ann, 10, NOW)
    for item, said in (("d", "yoga"), ("e", "gif"), ("f", "skip")):
        cast(review, ann, votes.ballot(item, said), NOW)
    found = next(one for one in overview(review, NOW).people if one.name == "ann")
    assert found.gold == share_of(1, 2)


def test_what_nobody_is_left_to_judge_is_stuck(reviews: Reviews, votes: Votes) -> None:
    review = reviews.make("ab", people=("ann", "bob"))
    for name, said in (("ann", "skip"), ("bob", "yoga")):
        lease(review, person(review, name), 2, NOW)
        cast(review, person(review, name), votes.ballot("a", said), NOW)
    assert overview(review, NOW).stuck == 1


def test_without_people_all_is_stuck(reviews: Reviews) -> None:
    assert overview(reviews.make("ab", people=(), gold="b"), NOW).stuck == 1


def test_shares_have_wilson_intervals() -> None:
    found = share_of(7, 9)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(proportion_confint(7, 9, method="wilson"))
    assert share_of(0, 0) is None
