"""Another process that works in a place, or appends to a file, until it is ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import REPOSITORY

HOLD = """
import sys, time
from anigifs.foundation.lock import Lock
with Lock(sys.argv[1], "it is taken"):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def held(lock: Path) -> Iterator[int]:
    """Let another process hold a lock; in the end it is killed, so that it cannot let go itself."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process.pid
        finally:
            os.kill(process.pid, signal.SIGKILL)


def all_at_once(code: str, count: int, *arguments: object) -> list[tuple[int, str]]:
    """Run a program in several processes that begin together; return how each ended.

    Args:
        code: Of the program; it begins when it has read a line.
        count: Of processes.
        arguments: Of each; its number comes before them.

    Returns:
        The exit code and what it said on standard error, of each.
    """
    waits = f"import sys\nsys.stdin.readline()\n{code}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", waits, str(number), *map(str, arguments)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in processes]
    return [(process.returncode, err) for process, err in zip(processes, said, strict=True)]
