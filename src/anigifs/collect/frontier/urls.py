"""One spelling of an address, so that a file is fetched once whoever names it."""

from urllib.parse import SplitResult, urlsplit, urlunsplit

_USUAL_PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str:
    """Return an address as it is fetched: what cannot change the answer is written in one way.

    Scheme and host are written in lower case, the scheme's usual port and the fragment are
    dropped, and an empty path becomes ``/`` (RFC 3986, sections 6.2.2.1 and 6.2.3). Paths and
    queries stay as they are. An address that cannot be read is returned as it came: that it is
    bad is said when it is fetched.

    Example:
        >>> canonical("HTTPS://Example.ORG:443/A.gif?b=C#top")
        'https://example.org/A.gif?b=C'
        >>> canonical("http://example.org:8080")
        'http://example.org:8080/'
    """
    url = url.strip()
    parts = _parts(url)
    if parts is None or not parts.hostname:
        return url
    user, at, _ = parts.netloc.rpartition("@")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    path = parts.path or "/"
    made = urlunsplit((parts.scheme, f"{user}{at}{host}{port}", path, parts.query, ""))
    # What went from the end, such as a fragment, may leave a space there.
    return made if made == made.strip() else canonical(made)


def host_of(url: str) -> str:
    """Return whose server an address leads to; empty where that cannot be read.

    Example:
        >>> host_of("https://media.example.org:8443/a.gif"), host_of("nothing")
        ('media.example.org', '')
    """
    parts = _parts(url)
    return (parts.hostname or "") if parts else ""


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an address with a port that is a number, or None."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
