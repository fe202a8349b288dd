import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.items import Capabilities, Query
from anigifs.collect.plan import DAY, plan_of, seconds_for, span
from anigifs.collect.providers import PROVIDERS
from anigifs.collect.queries import style_queries
from anigifs.foundation import UsageError
from anigifs.taxonomy import class_list
from tests.collect.providers.serving import PlainWeb

NAMES = ("commons", "openverse", "gifcities")


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENVERSE_TOKEN", raising=False)


def last_of(requests: int, a_minute: int, a_day: int | None) -> float:
    """Send requests one by one, each as soon as it may be, and return the last one's time."""
    sent: list[float] = []
    for _ in range(requests):
        time = sent[-1] + 60 / a_minute if sent else 0.0
        if a_day is not None and len(sent) >= a_day:
            time = max(time, sent[-a_day] + DAY)
        sent.append(time)
    return sent[-1] if sent else 0.0


@given(st.integers(0, 300), st.integers(1, 100), st.none() | st.integers(1, 100))
def test_the_time_is_that_of_sending_them_one_by_one(
    requests: int, a_minute: int, a_day: int | None
) -> None:
    assert seconds_for(requests, a_minute, a_day) == pytest.approx(
        last_of(requests, a_minute, a_day)
    )


def test_a_limit_of_a_day_that_the_minutes_never_reach_changes_nothing() -> None:
    assert seconds_for(5000, 1, 2000) == seconds_for(5000, 1)


def test_no_limit_takes_no_time() -> None:
    assert seconds_for(1000, math.inf) == 0


def test_the_papers_search_is_counted_for_each_provider() -> None:
    providers = {name: PROVIDERS[name](PlainWeb()).capabilities for name in NAMES}
    plan = plan_of(style_queries(class_list("kinetics-600").names, providers), providers)
    assert plan.queries == 3 * 1800
    commons, openverse, gifcities = plan.shares
    assert (commons.queries, commons.least, commons.most) == (1800, 1800, 1800 * 200)
    assert (openverse.least, openverse.most) == (1800, 1800 * 20)
    assert (gifcities.least, gifcities.most) == (1800, 1800)
    # 200 a day: the 1,800th request is among those of the ninth day.
    assert 8 * DAY < openverse.least_s < 9 * DAY
    assert plan.least_s == openverse.least_s
    assert plan.most_s == openverse.most_s
    assert plan.lines() == [
        "commons: 1,800 queries, 1,800 to 360,000 requests, 30 min to 4 d 4 h, with licences",
        "openverse: 1,800 queries, 1,800 to 36,000 requests, 8 d 1 h to 179 d 1 h, with licences",
        "gifcities: 1,800 queries, 1,800 requests, 3 h, without licences",
        "in all: 5,400 queries, 8 d 1 h to 179 d 1 h",
    ]


def test_without_a_bound_there_is_no_most() -> None:
    can = Capabilities("lists", True, False, 100, None, math.inf)
    plan = plan_of([Query("lists", "yoga", "list", "a.txt#")], {"lists": can})
    assert (plan.shares[0].most, plan.shares[0].hits, plan.most_s) == (None, None, None)
    assert plan.lines()[0] == (
        "lists: 1 queries, 1 requests or more, no time or more, without licences"
    )


def test_no_queries_are_an_empty_plan() -> None:
    plan = plan_of([], {})
    assert (plan.queries, plan.least_s, plan.most_s) == (0, 0, 0)
    assert plan.lines() == ["in all: 0 queries, no time"]


def test_queries_for_no_provider_are_refused() -> None:
    with pytest.raises(UsageError, match="queries for elsewhere"):
        plan_of([Query("elsewhere", "yoga", "cartoon", "cartoon yoga")], {})


@given(st.floats(1, 1e9))
def test_a_time_is_never_said_shorter_than_it_is(seconds: float) -> None:
    units = {"d": DAY, "h": 3600, "min": 60}
    words = span(seconds).replace(",", "").split()
    said = sum(
        int(count) * units[unit] for count, unit in zip(words[::2], words[1::2], strict=True)
    )
    assert seconds <= said <= seconds + (3660 if seconds > DAY - 60 else 60)
