"""Who is asked when, of a made-up web."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import pytest

from anigifs.collect.collecting import Wishes
from anigifs.collect.demo.pictures import plain_gif
from anigifs.collect.fetching import HostPace, NoPace
from anigifs.collect.frontier import Retries, host_of
from anigifs.collect.items import Fetched
from anigifs.collect.web import Limits
from anigifs.curate.rebuilding.asking import Question, ask_all
from anigifs.curate.rebuilding.comparing import Answer, Outcome
from tests.curate.rebuilding.planted_release import item

GONE = Fetched(outcome="refused", reason="gone")
BUSY = Fetched(outcome="failed", reason="rate-limited")
ALWAYS = NoPace()
QUICK = Wishes(threads=4, retries=Retries((0.01, 0.01)))
OTHER = Fetched(outcome="stored", sha256="f" * 64, kind="gif")


class Web:
    """Answers each address with what it has for it, one after the other; the last one stays."""

    def __init__(self, **answers: Sequence[Fetched]) -> None:
        self.answers = {f"http://{host}.test/": list(one) for host, one in answers.items()}
        self.asked: list[str] = []

    def fetch(self, url: str) -> Fetched:
        self.asked.append(host_of(url).removesuffix(".test"))
        answers = self.answers[url]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def urls(*hosts: str) -> tuple[str, ...]:
    return tuple(f"http://{host}.test/" for host in hosts)


ITEM = item(plain_gif(0, 0), urls("a", "b", "c"))
EXACT = Fetched(outcome="stored", sha256=ITEM.cluster, kind="gif")


def ask(
    questions: Sequence[Question],
    fetch: Callable[[str], Fetched],
    pace: HostPace = ALWAYS,
    wishes: Wishes = QUICK,
) -> dict[str, Outcome]:
    heard: dict[str, Outcome] = {}

    def hear(outcome: Outcome) -> None:
        assert outcome.clip_id not in heard
        heard[outcome.clip_id] = outcome

    ask_all(questions, fetch, pace, wishes, hear)
    return heard


def ask_one(web: Web, known: Mapping[str, Answer] | None = None) -> Outcome:
    return ask([Question(ITEM, dict(known or {}))], web.fetch)[ITEM.clip_id]


def test_the_first_address_with_the_bytes_ends_it() -> None:
    web = Web(a=[GONE], b=[EXACT], c=[EXACT])
    outcome = ask_one(web)
    assert (outcome.fate, outcome.settled, web.asked) == ("exact", True, ["a", "b"])
    assert [one.fate for one in outcome.answers] == ["gone", "exact"]


def test_all_are_asked_where_none_has_them() -> None:
    web = Web(a=[GONE], b=[OTHER], c=[GONE])
    outcome = ask_one(web)
    assert (outcome.fate, web.asked) == ("changed", ["a", "b", "c"])
    assert [one.reason for one in outcome.answers] == ["gone", "", "gone"]


def test_what_failed_is_asked_again_after_the_others() -> None:
    web = Web(a=[BUSY, EXACT], b=[GONE], c=[GONE])
    assert ask_one(web).fate == "exact"
    assert web.asked == ["a", "b", "c", "a"]


def test_it_is_not_asked_for_ever() -> None:
    web = Web(a=[GONE], b=[BUSY], c=[OTHER])
    outcome = ask_one(web)
    assert (outcome.fate, outcome.best.reason, outcome.settled) == ("failed", "rate-limited", False)
    assert web.asked == ["a", "b", "c", "b", "b"]


def test_known_addresses_are_not_asked() -> None:
    web = Web(a=[GONE], b=[GONE], c=[GONE])
    known = Answer(url=urls("b")[0], fate="changed", sha256="f" * 64)
    outcome = ask_one(web, {known.url: known})
    assert (outcome.fate, web.asked) == ("changed", ["a", "c"])
    assert outcome.answers[1] == known


def test_an_item_without_addresses_is_gone() -> None:
    (outcome,) = ask([Question(item(plain_gif(0, 0), ()))], Web().fetch).values()
    assert (outcome.fate, outcome.best.reason, outcome.answers) == ("gone", "no-address", ())


def test_a_slow_host_holds_up_nobody_else() -> None:
    """The slow host answers only when all others are done with, although its items come first."""
    others_done = threading.Event()
    busy, most = Counter[str](), Counter[str]()
    lock = threading.Lock()

    def fetch(url: str) -> Fetched:
        host = host_of(url)
        with lock:
            busy[host] += 1
            most[host] = max(most[host], busy[host])
        if host == "slow.test":
            assert others_done.wait(20)
        with lock:
            busy[host] -= 1
        return GONE

    items = [item(plain_gif(0, number), urls("slow")) for number in range(10)]
    items += [item(plain_gif(1, number), urls(f"h{number % 3}")) for number in range(30)]
    left = {one.clip_id for one in items[10:]}
    heard = []

    def hear(outcome: Outcome) -> None:
        heard.append(outcome.clip_id)
        left.discard(outcome.clip_id)
        if not left:
            others_done.set()

    wishes = Wishes(Limits(per_host=2), threads=4)
    ask_all(map(Question, items), fetch, ALWAYS, wishes, hear)
    assert sorted(heard) == sorted(one.clip_id for one in items)
    assert most["slow.test"] == 2
    assert max(most.values()) == 2


def test_hosts_take_turns() -> None:
    asked = []

    def fetch(url: str) -> Fetched:
        asked.append(host_of(url)[0])
        return GONE

    items = [item(plain_gif(0, number), urls("aaab"[number % 4])) for number in range(8)]
    ask(list(map(Question, items)), fetch, wishes=Wishes(threads=1))
    assert asked == list("abab") + list("aaaa")


class Held:
    """A pace in which one host is to be left alone."""

    def __init__(self, host: str, seconds: float) -> None:
        self.host, self.seconds = host, seconds

    def wait_time(self, host: str) -> float:
        return self.seconds if host == self.host else 0.0


def test_a_host_that_wants_to_be_left_alone_for_long_is() -> None:
    web = Web(a=[EXACT], b=[GONE], c=[GONE])
    question = Question(ITEM)
    outcome = ask([question], web.fetch, Held("a.test", 3600.0))[ITEM.clip_id]
    assert (outcome.fate, outcome.best.reason, outcome.settled) == ("failed", "rate-limited", False)
    assert web.asked == ["b", "c"]


@pytest.mark.parametrize("retry_after", [3600.0, float("inf")])
def test_a_server_that_asks_for_more_than_there_is_patience_is_not_waited_for(
    retry_after: float,
) -> None:
    busy = Fetched(outcome="failed", reason="rate-limited", retry_after=retry_after)
    web = Web(a=[busy, EXACT], b=[GONE], c=[GONE])
    assert ask_one(web).fate == "failed"
    assert web.asked == ["a", "b", "c"]


def test_an_error_of_ours_ends_it() -> None:
    def fetch(url: str) -> Fetched:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        ask([Question(ITEM)], fetch)


def test_many_items_of_many_hosts_are_all_heard_of() -> None:
    web: dict[str, list[Fetched]] = defaultdict(lambda: [BUSY, GONE])
    lock = threading.Lock()

    def fetch(url: str) -> Fetched:
        with lock:
            answers = web[url]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    items = [
        item(
            plain_gif(0, number), [f"http://h{number % 7}.test/{number}", f"http://x.test/{number}"]
        )
        for number in range(40)
    ]
    heard = ask(list(map(Question, items)), fetch)
    assert {one.fate for one in heard.values()} == {"gone"}
    assert len(heard) == 40
