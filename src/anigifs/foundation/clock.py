"""The time of day, for waits: it does not jump, whatever is done to the machine's clock."""

import time


def _passed() -> float:
    """Return seconds of a clock that nobody can set; on Linux it goes on while a machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


_BEGAN = time.time() - _passed()


def steady_time() -> float:
    """Return seconds since 1970, as the machine's clock had it when this process began.

    From then on they are counted by a clock that nobody can set, so that what is due in an hour is
    due in an hour. Times that are kept for other processes are still those of the day.

    Example:
        >>> before = steady_time()
        >>> steady_time() >= before
        True
    """
    return _BEGAN + _passed()
