import threading

import pytest

from anigifs.review.store.turns import Turns


def test_whoever_came_first_goes_first() -> None:
    turns, order = Turns(), []
    inside, go = threading.Event(), threading.Event()

    def first() -> None:
        with turns:
            inside.set()
            go.wait()

    def later(number: int) -> None:
        with turns:
            order.append(number)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    inside.wait()
    for number in range(5):
        threads.append(threading.Thread(target=later, args=(number,)))
        threads[-1].start()
        while len(turns._waiting) <= number:  # until it stands in the queue
            pass
    go.set()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_only_one_is_inside() -> None:
    turns, inside, most = Turns(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            with turns:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_an_exception_lets_the_next_one_in() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="mine"), turns:
        raise ValueError("mine")
    with turns:
        pass


@pytest.mark.parametrize("handed_over", [False, True])
def test_who_gives_up_waiting_does_not_keep_the_turn(
    monkeypatch: pytest.MonkeyPatch, handed_over: bool
) -> None:
    turns = Turns()

    class Interrupted:
        """A lock whose second acquire is interrupted, before or after it was handed over."""

        def __init__(self) -> None:
            self.acquired = 0

        def acquire(self) -> bool:
            self.acquired += 1
            if self.acquired > 1:
                if handed_over:
                    turns.__exit__(None, None, None)
                raise KeyboardInterrupt
            return True

        def release(self) -> None:
            pass

    turns.__enter__()
    with monkeypatch.context() as context:
        guard = turns._guard
        context.setattr("anigifs.review.store.turns.threading.Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            turns.__enter__()
        turns._guard = guard
    if not handed_over:
        turns.__exit__(None, None, None)
    assert not turns._taken
    assert not turns._waiting
