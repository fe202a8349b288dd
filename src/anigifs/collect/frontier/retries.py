"""When to try again, and when no more."""

import math
from dataclasses import dataclass

#: The longest that a server is left alone on its word, in seconds.
LONGEST_WAIT_S = 86_400.0


@dataclass(frozen=True)
class Retries:
    """How often and how soon a thing that failed is tried again.

    Attributes:
        waits_s: Seconds after the first failure, the second and so on; there is one try more than
            there are waits.

    Example:
        >>> Retries().tries, Retries().wait(1), Retries().wait(1, retry_after=90), Retries().wait(3)
        (3, 30.0, 90.0, None)
    """

    waits_s: tuple[float, ...] = (30.0, 300.0)

    @property
    def tries(self) -> int:
        """How often a thing is tried."""
        return len(self.waits_s) + 1

    @property
    def longest_s(self) -> float:
        """The longest that anything is ever put off, in seconds."""
        return max(LONGEST_WAIT_S, *self.waits_s)

    def wait(self, failures: int, retry_after: float | None = None) -> float | None:
        """Return the seconds to wait before the next try.

        Args:
            failures: How often it has failed, this time included.
            retry_after: Seconds that the server wants to be left alone; a day of it is honoured.

        Returns:
            None where it has been tried as often as things are tried.
        """
        if failures >= self.tries:
            return None
        return max(self.waits_s[failures - 1], honoured(retry_after))


def honoured(retry_after: float | None) -> float:
    """Return for how many seconds a server is left alone on its word: a day at most.

    Example:
        >>> honoured(90), honoured(None), honoured(float("inf")), honoured(-5)
        (90.0, 0.0, 86400.0, 0.0)
    """
    if retry_after is None or math.isnan(retry_after):
        return 0.0
    return min(max(float(retry_after), 0.0), LONGEST_WAIT_S)
