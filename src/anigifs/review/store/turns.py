"""A lock that lets threads in as they came."""

import threading
from collections import deque


class Turns:
    """A lock whose holder hands it to the one who has waited longest.

    SQLite lets one writer in at a time and leaves it to chance which: whoever has bad luck waits
    until a timeout.

    Example:
        >>> turns = Turns()
        >>> with turns:
        ...     print("one at a time")
        one at a time
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            mine.acquire()  # until the one before lets go
        except BaseException:  # such as Ctrl-C
            with self._guard:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                else:
                    self._pass_on()
            raise

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._pass_on()

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._taken = False
