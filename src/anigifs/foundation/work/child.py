"""The far end of a pool: a process that does one item after the other."""

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import FrameType
from typing import Generic

from anigifs.foundation.errors import AnigifsError
from anigifs.foundation.work.work import Item, Result

#: How long a process may take to put away what it was at.
GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Ready:
    """The process has started."""


@dataclass(frozen=True)
class Done(Generic[Result]):
    """An item is done."""

    result: Result


@dataclass(frozen=True)
class Raised:
    """``do`` raised an error, which ends the whole work."""

    error: Exception


def serve(do: Callable[[Item], Result], line: Connection) -> None:
    """Do the items that come over a line, and answer each, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other end's to answer
    signal.signal(signal.SIGTERM, _leave)
    items: queue.SimpleQueue[Item] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(line, items), daemon=True).start()
    _send(line, Ready())
    while True:
        item = items.get()
        try:
            answer: Done[Result] | Raised = Done(do(item))
        except Exception as error:
            answer = Raised(error)
        _send(line, answer)


def _receive(line: Connection, items: "queue.SimpleQueue[Item]") -> None:
    """Take items as they come, so that the other end can always send; end when that is gone."""
    try:
        while True:
            items.put(line.recv())
    except (EOFError, OSError):
        # Closed, or killed and so not able to say: either way nobody waits for an answer.
        main = threading.main_thread().ident
        assert main is not None  # noqa: S101 - it runs
        signal.pthread_kill(main, signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)


def _send(line: Connection, answer: "Ready | Done[Result] | Raised") -> None:
    try:
        line.send(answer)
    except (BrokenPipeError, ConnectionResetError):
        _leave()
    except Exception as error:  # what cannot be pickled is told in words
        said = answer.error if isinstance(answer, Raised) else error
        line.send(Raised(AnigifsError(f"{type(said).__name__}: {said}")))


def _leave(number: int = 0, frame: FrameType | None = None) -> None:
    """Unwind the stack, so that no half of a file is left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # or it would come again while Python closes
    sys.exit(1)
