"""When a server wants to be asked again."""

import re
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import time

_SECONDS = re.compile(r"\d{1,12}(\.\d*)?")


def retry_after_s(value: str | None, now: Callable[[], float] = time) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for; None where it asks for nothing.

    Args:
        value: Seconds, or a date of HTTP (RFC 9110, section 10.2.3).
        now: Seconds since 1970.

    Example:
        >>> retry_after_s("120"), retry_after_s("soon"), retry_after_s(None)
        (120.0, None, None)
        >>> retry_after_s("Fri, 31 Dec 1999 23:59:59 GMT", now=lambda: 946_684_739.0)
        60.0
    """
    value = (value or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        # A date without a zone is meant in UTC, as all of HTTP's are.
        until = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, until - now())
