import threading

import pytest

from anigifs.review.people.throttle import MEMORY_MS, Patience, Throttle, Throttled

HERE = "192.0.2.1"


def wait_s(throttle: Throttle, name: str, address: str, now_ms: int) -> int:
    """Try and fail; return for how long to wait, 0 where the attempt was taken."""
    try:
        throttle.begin(name, address, now_ms)
    except Throttled as throttled:
        return throttled.retry_s
    return 0


def test_each_failure_on_a_name_doubles_the_wait_up_to_the_longest() -> None:
    throttle = Throttle(of_a_name=Patience(free=2, most_s=8))
    now_ms, waits = 0, []
    for place in range(8):
        throttle.begin("ann", f"192.0.2.{place}", now_ms)
        waits.append(wait_s(throttle, "ann", "198.51.100.1", now_ms))
        now_ms += 1000 * waits[-1]
    # The first look was taken, and so was the second failure.
    assert waits == [0, 1, 2, 4, 8, 8, 8, 8]
    assert wait_s(throttle, "bob", "192.0.2.200", now_ms) == 0


def test_the_wait_ends_when_it_says() -> None:
    throttle = Throttle(of_a_name=Patience(free=0, first_s=10))
    throttle.begin("ann", HERE, 0)
    assert wait_s(throttle, "ann", HERE, 1) == 10
    assert wait_s(throttle, "ann", HERE, 9_001) == 1
    assert wait_s(throttle, "ann", HERE, 9_999) == 1
    assert wait_s(throttle, "ann", HERE, 10_000) == 0


def test_requests_that_are_answered_out_of_order_do_not_wait() -> None:
    throttle = Throttle()
    throttle.begin("ann", HERE, 1000)
    assert wait_s(throttle, "bob", HERE, 998) == 0
    assert wait_s(throttle, "ann", HERE, 998) == 0


def test_who_comes_too_early_does_not_wait_longer_for_it() -> None:
    throttle = Throttle(of_a_name=Patience(free=0, first_s=10))
    throttle.begin("ann", HERE, 0)
    for now_ms in range(0, 10_000, 100):
        assert wait_s(throttle, "ann", HERE, now_ms) > 0
    assert wait_s(throttle, "ann", HERE, 10_000) == 0


def test_an_address_that_tries_many_names_waits() -> None:
    throttle = Throttle(of_an_address=Patience(free=5))
    taken = [wait_s(throttle, f"name-{place}", HERE, 0) for place in range(10)]
    assert taken == [0] * 6 + [1] * 4
    assert wait_s(throttle, "name-0", "192.0.2.2", 0) == 0


def test_success_forgets_the_name_but_not_the_address() -> None:
    throttle = Throttle(of_a_name=Patience(free=1), of_an_address=Patience(free=3))
    for name in ("ann", "ann", "bob"):
        throttle.begin(name, HERE, 0)
    assert wait_s(throttle, "ann", "192.0.2.2", 0) == 1
    throttle.begin("me", HERE, 0)
    throttle.succeeded("me", HERE)
    throttle.begin("cat", HERE, 0)
    assert wait_s(throttle, "dan", HERE, 0) == 1
    throttle.succeeded("ann", "192.0.2.2")
    assert wait_s(throttle, "ann", "192.0.2.3", 0) == 0


def test_logging_in_again_and_again_never_waits() -> None:
    throttle = Throttle(of_a_name=Patience(free=0), of_an_address=Patience(free=0))
    for now_ms in range(100):
        throttle.begin("ann", HERE, now_ms)
        throttle.succeeded("ann", HERE)


def test_failures_are_forgotten_after_an_hour() -> None:
    throttle = Throttle(of_a_name=Patience(free=1))
    throttle.begin("ann", HERE, 0)
    throttle.begin("ann", HERE, MEMORY_MS)
    assert wait_s(throttle, "ann", HERE, MEMORY_MS) == 0


def test_attempts_at_once_count_before_they_fail() -> None:
    throttle, start, taken = Throttle(of_a_name=Patience(free=4)), threading.Barrier(20), []

    def attempt(place: int) -> None:
        start.wait()
        taken.append(wait_s(throttle, "ann", f"192.0.2.{place}", 0) == 0)

    threads = [threading.Thread(target=attempt, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 5


def test_what_is_remembered_is_bounded_and_the_oldest_go_first() -> None:
    throttle = Throttle(of_a_name=Patience(free=0), most=50)
    for place in range(500):
        wait_s(throttle, f"name-{place}", f"192.0.{place // 256}.{place % 256}", place)
    assert throttle.remembered() == 100
    assert wait_s(throttle, "name-499", "198.51.100.1", 500) == 1
    assert wait_s(throttle, "name-0", "198.51.100.1", 500) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
        ("", "", True),
    ],
)
def test_addresses_of_one_subscriber_are_one(one: str, other: str, same: bool) -> None:
    throttle = Throttle(of_an_address=Patience(free=0))
    throttle.begin("ann", one, 0)
    assert (wait_s(throttle, "bob", other, 0) > 0) is same
