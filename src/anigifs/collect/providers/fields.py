"""Values of an answer that may be anything: what is of the wrong kind reads as not said."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

#: A database holds no larger ones.
LARGEST = 2**63 - 1


def text(value: object) -> str:
    r"""Return a text on one line that UTF-8 can hold; "" for what is no text.

    Example:
        >>> text(" a\ud800\n b "), text(3)
        ('a? b', '')
    """
    if not isinstance(value, str):
        return ""
    holdable = value.encode("utf-8", "replace").decode()
    return " ".join(holdable.replace("\0", " ").split())


def whole(value: object) -> int | None:
    """Return a whole number from 0 on, also one that is written as a text; None for all else.

    Example:
        >>> whole(3), whole("480"), whole(2.0), whole(2.5), whole(True), whole("²"), whole(-1)
        (3, 480, 2, None, None, None, None)
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST else None


def address(value: object) -> str:
    """Return an address of http or https with a host; "" for all else.

    Example:
        >>> address("https://example.org/a.gif"), address("javascript:alert(1)"), address("//[")
        ('https://example.org/a.gif', '', '')
    """
    url = text(value)
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and named and " " not in url else ""


def mapping(value: object) -> Mapping[str, object]:
    """Return an object; an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a list, and nothing for what is no list."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
