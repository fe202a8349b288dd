"""What an answer's headers say about how its file may be used.

Sources: Google Search Central, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications";
the W3C community group's TDM Reservation Protocol, section 3.2. ``noai`` and ``noimageai`` are
DeviantArt's and widely copied.
"""

import re
from collections.abc import Iterator

import httpx2

from anigifs.collect.reasons import WebRefusedError

#: Headers that are written down beside each file.
RECORDED = ("x-robots-tag", "tdm-reservation", "content-type", "etag", "last-modified")
#: Words of ``X-Robots-Tag`` that forbid to use the file; ``none`` is ``noindex, nofollow``.
FORBIDDING = frozenset({"noai", "noimageai", "noindex", "noimageindex", "none"})
#: Words that are followed by a colon and a value, and so are no agent's name.
_WITH_VALUE = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)
_SCOPED = re.compile(r"\s*([\w.-]+|\*)\s*:(.*)", re.DOTALL)
_LONGEST = 500


def signals_of(headers: httpx2.Headers) -> dict[str, str]:
    """Return the headers that are written down, those that come several times in one."""
    return {name: headers[name][:_LONGEST] for name in RECORDED if name in headers}


def refuse_reserved(headers: httpx2.Headers, product: str) -> None:
    """Make sure that no header forbids to use a file.

    Args:
        headers: Of the answer that brings it.
        product: The name by which we ask, such as ``anigifs``.

    Raises:
        WebRefusedError: ``x-robots-tag`` or ``tdm-reservation``.
    """
    for line in headers.get_list("x-robots-tag"):
        for word in robots_words(line, product):
            if word in FORBIDDING:
                raise WebRefusedError("x-robots-tag", word)
    if headers.get("tdm-reservation", "").strip() == "1":
        raise WebRefusedError("tdm-reservation", headers.get("tdm-policy", "")[:_LONGEST])


def robots_words(line: str, product: str) -> Iterator[str]:
    """Yield the words of a line of ``X-Robots-Tag`` that are meant for us, in lower case.

    Words after an agent's name and a colon are meant for that agent.

    Example:
        >>> list(robots_words("noai, nofollow", "anigifs"))
        ['noai', 'nofollow']
        >>> list(robots_words("otherbot: noindex, noai", "anigifs"))
        []
        >>> list(robots_words("otherbot: noindex, AniGIFs: noai, max-snippet: 5", "anigifs"))
        ['noai', 'max-snippet']
    """
    ours = True
    for part in line.split(","):
        scoped = _SCOPED.fullmatch(part)
        word = part
        if scoped and scoped[1].lower() in _WITH_VALUE:
            word = scoped[1]
        elif scoped:
            ours, word = scoped[1].lower() in (product.lower(), "*"), scoped[2]
        if ours and word.strip():
            yield word.strip().lower()
