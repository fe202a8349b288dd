import threading

import pytest

from anigifs.collect.web import Pace
from anigifs.collect.web.pace import BUSY_S, LONGEST_HOLD_S
from tests.collect.web.network import Time

HOST = "a.test"


def test_a_host_is_asked_with_a_gap_and_others_meanwhile() -> None:
    clock = Time()
    pace = Pace(per_host=2, gap_s=1.0, clock=clock, sleep=clock.sleep)
    began = []
    for host in (HOST, HOST, "b.test", HOST):
        with pace.slot(host):
            began.append((host, clock.now))
            clock.now += 0.25
    start = began[0][1]
    assert [(host, at - start) for host, at in began] == [
        (HOST, 0.0),
        (HOST, 1.0),
        ("b.test", 1.25),
        (HOST, 2.0),
    ]


def test_a_host_that_asks_for_it_is_left_alone() -> None:
    clock = Time()
    pace = Pace(per_host=2, gap_s=1.0, clock=clock, sleep=clock.sleep)
    pace.hold(HOST, 60.0)
    pace.hold(HOST, 5.0)  # does not shorten it
    assert (pace.wait_time(HOST), pace.wait_time("b.test")) == (60.0, 0.0)
    with pace.slot(HOST):
        assert clock.slept == [60.0]
    pace.hold(HOST, 1e9)
    assert pace.wait_time(HOST) == LONGEST_HOLD_S


def test_the_time_until_a_turn_is_told() -> None:
    clock = Time()
    pace = Pace(per_host=1, gap_s=0.0, clock=clock, sleep=clock.sleep)
    assert pace.wait_time(HOST) == 0.0
    with pace.slot(HOST):
        assert pace.wait_time(HOST) == BUSY_S
    assert pace.wait_time(HOST) == 0.0


def test_a_turn_that_ends_in_an_error_is_given_back() -> None:
    pace = Pace(per_host=1, gap_s=0.0)
    for _ in range(3):
        with pytest.raises(RuntimeError), pace.slot(HOST):
            raise RuntimeError
    assert pace.wait_time(HOST) == 0.0


@pytest.mark.parametrize("per_host", [1, 2, 5])
def test_threads_never_have_more_turns_than_there_are(per_host: int) -> None:
    clock = Time()
    pace = Pace(per_host, gap_s=0.5, clock=clock, sleep=clock.sleep)
    guard = threading.Lock()
    now, most, starts = 0, 0, []
    full = threading.Semaphore(0)

    def ask() -> None:
        nonlocal now, most
        for _ in range(10):
            with pace.slot(HOST):
                with guard:
                    now += 1
                    most = max(most, now)
                    starts.append(clock.now)
                full.acquire(timeout=0.002)  # lets others in while this one is there
                with guard:
                    now -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(starts) == 80
    assert most <= per_host
    assert clock.now - min(starts) >= 79 * 0.5


def test_what_need_not_be_known_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anigifs.collect.web.pace._HOSTS_KEPT", 10)
    clock = Time()
    pace = Pace(per_host=1, gap_s=1.0, clock=clock, sleep=clock.sleep)
    pace.hold("held.test", 1e4)
    with pace.slot("busy.test"):
        for number in range(100):
            with pace.slot(f"{number}.test"):
                clock.now += 2
        assert len(pace._hosts) <= 10
        assert pace.wait_time("held.test") > 9e3
        assert pace.wait_time("busy.test") == BUSY_S
