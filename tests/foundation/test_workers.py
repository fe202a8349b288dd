import os

from anigifs.foundation.workers import usable_cores


def test_cores_are_those_that_this_process_may_use() -> None:
    assert usable_cores() == len(os.sched_getaffinity(0))
