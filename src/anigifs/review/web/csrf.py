"""Whether a request that changes something comes from our own pages."""

import hmac
from collections.abc import Collection

from starlette.requests import Request

#: The header in which scripts send the token of their page.
HEADER = "X-CSRF-Token"


def same_origin(request: Request, ours: Collection[str] = ()) -> bool:
    """Return whether a browser says that one of our pages sent a request.

    Every browser of today names the origin of a request that changes something, and the newer ones
    say of which kind it is. A request that says neither is nobody's.

    Args:
        request: What was asked.
        ours: Origins that are ours besides that under which we were asked, such as
            ``https://review.example.org``.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    asked = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    # A name's case does not count; a script cannot set the headers of another's browser.
    known = {one.lower() for one in (asked, *ours)}
    return origin is None or origin.lower() in known


def right_token(expected: str, given: str | None) -> bool:
    """Return whether a request carries the token of its session."""
    return bool(given) and hmac.compare_digest(expected.encode(), str(given).encode())
