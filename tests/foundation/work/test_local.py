import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest

from anigifs.foundation import AnigifsError, UsageError
from anigifs.foundation.work import Local, Work


def here_or_elsewhere(item: int) -> str:
    return f"{item} {'here' if multiprocessing.parent_process() is None else 'elsewhere'}"


def ends_at_3(item: int) -> str:
    if item == 3:
        os._exit(139)
    return str(item)


def is_killed_once(folder: Path, item: int) -> str:
    """Item 3 is killed, but not a second time."""
    mark = folder / "killed"
    if item == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(item)


def hangs_at_3(item: int) -> str:
    if item == 3:
        time.sleep(600)
    return str(item)


def raises_at_3(item: int) -> str:
    if item == 3:
        raise UsageError("the disk is full")
    return str(item)


def returns_what_cannot_be_sent(item: int) -> object:
    return threading.Lock()


def notes_and_waits(folder: Path, item: int) -> int:
    """Do item 0; at others say that they were begun, and when they were made to end."""
    if item == 0:
        return item
    (folder / "begun").touch()
    try:
        time.sleep(600)
    finally:
        (folder / "tidied").touch()
    return item


def megabytes(item: bytes) -> bytes:
    return item


class Unloadable:
    """Ends a process as soon as it is taken out of its pickle."""

    def __call__(self, item: int) -> str:
        return str(item)

    def __reduce__(self) -> tuple[Callable[[int], None], tuple[int]]:
        return os._exit, (7,)


def lost(item: int, reason: str) -> str:
    return f"{item}: {reason}"


def never(item: int, reason: str) -> int:
    raise AssertionError(reason)


def sorted_results(do: Callable[[int], str], local: Local, count: int = 7) -> list[str]:
    return sorted(local.run(Work("test", do, lost), range(count)))


def test_one_worker_is_this_process_and_more_are_others() -> None:
    assert sorted_results(here_or_elsewhere, Local(1), 2) == ["0 here", "1 here"]
    assert sorted_results(here_or_elsewhere, Local(2), 2) == ["0 elsewhere", "1 elsewhere"]
    assert sorted_results(here_or_elsewhere, Local(1, item_seconds=60), 1) == ["0 elsewhere"]
    assert sorted_results(here_or_elsewhere, Local(2), 0) == []


@pytest.mark.parametrize("local", [Local(1), Local(1, item_seconds=60)])
def test_items_are_taken_when_their_turn_comes(local: Local) -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(12):
            taken.append(item)
            yield item

    results = local.run(Work("test", here_or_elsewhere, lost), items())
    first = next(results)
    assert len(taken) <= 3
    assert sorted(int(text.split()[0]) for text in [first, *results]) == list(range(12))


def test_an_item_that_ends_two_processes_is_given_up_and_the_others_are_done() -> None:
    *others, given_up = sorted(sorted_results(ends_at_3, Local(2)), key=len)
    assert others == ["0", "1", "2", "4", "5", "6"]
    assert given_up == "3: its process ended with code 139, 2 times; it was given up"


def test_an_item_that_was_killed_once_is_done_at_last(tmp_path: Path) -> None:
    assert sorted_results(partial(is_killed_once, tmp_path), Local(2)) == list("0123456")
    assert (tmp_path / "killed").exists()


def test_an_item_that_hangs_is_given_up_and_the_others_are_done() -> None:
    *others, given_up = sorted(sorted_results(hangs_at_3, Local(2, item_seconds=0.5)), key=len)
    assert others == ["0", "1", "2", "4", "5", "6"]
    assert given_up == "3: it took longer than 0.5 s, 2 times; it was given up"


def test_time_that_the_caller_takes_is_not_counted() -> None:
    results = Local(2, item_seconds=1).run(Work("test", here_or_elsewhere, lost), range(8))
    seen = [next(results)]
    time.sleep(1.5)
    assert sorted([*seen, *results]) == [f"{item} elsewhere" for item in range(8)]


def test_what_is_raised_ends_the_work() -> None:
    with pytest.raises(UsageError, match="the disk is full"):
        sorted_results(raises_at_3, Local(2))
    assert not multiprocessing.active_children()


def test_what_cannot_be_sent_is_told_in_words() -> None:
    work = Work("test", returns_what_cannot_be_sent, lambda item, reason: reason)
    with pytest.raises(AnigifsError, match=r"TypeError: cannot pickle '_thread.lock' object"):
        list(Local(2).run(work, range(3)))


def test_items_and_results_larger_than_a_pipe_do_not_lock_the_two_ends() -> None:
    items = [bytes([number]) * 3_000_000 for number in range(6)]
    work = Work("test", megabytes, lambda item, reason: b"")
    assert sorted(Local(2).run(work, items)) == items


def test_processes_that_cannot_start_are_an_error_and_nobodys_fault() -> None:
    with pytest.raises(AnigifsError, match=r"could not start \(its process ended with code 7\)"):
        sorted_results(Unloadable(), Local(2))
    assert not multiprocessing.active_children()


def test_closing_ends_what_is_under_way_and_lets_it_tidy_up(tmp_path: Path) -> None:
    results = Local(2).run(Work("test", partial(notes_and_waits, tmp_path), never), range(4))
    assert next(results) == 0
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    assert isinstance(results, Generator)
    results.close()
    assert (tmp_path / "tidied").exists()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("settings", [{"workers": 0}, {"item_seconds": 0}, {"item_seconds": -1.0}])
def test_impossible_settings_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"at least 1|more than 0"):
        Local(**settings)
