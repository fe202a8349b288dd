"""Which addresses are asked at all, before any name is looked up."""

import re
from ipaddress import ip_address

import httpx2

from anigifs.collect.reasons import WebRefusedError
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.redact import redacted

USUAL_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_-]{1,63}"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")


def parsed(url: str, base: httpx2.URL | None = None) -> httpx2.URL:
    """Return an address in its parts, without what stands behind ``#``.

    Args:
        url: The address.
        base: What it is relative to, if it is not whole.

    Raises:
        WebRefusedError: ``bad-url``: it cannot be read.

    Example:
        >>> str(parsed("/b.gif", parsed("http://example.org/a.gif")))
        'http://example.org/b.gif'
    """
    try:
        whole = httpx2.URL(url) if base is None else base.join(url)
        return whole.copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError) as error:  # UnicodeError is a ValueError
        raise WebRefusedError("bad-url", redacted(f"{url[:200]!a}: {error}")) from None


def check(url: httpx2.URL, limits: Limits) -> None:
    """Make sure that an address may be asked, as far as it shows without looking it up.

    Raises:
        WebRefusedError: ``not-http``, ``bad-url``, ``port`` or ``private-address``.
    """
    shown = redacted(str(url))[:500]
    if url.scheme not in USUAL_PORTS:
        raise WebRefusedError("not-http", shown)
    host = url.raw_host.decode("ascii")
    if url.userinfo:
        raise WebRefusedError("bad-url", f"{shown}: it names a user")
    if "%" in host and ":" in host:
        raise WebRefusedError("private-address", f"{shown}: it names an interface of this machine")
    if not _is_host(host):
        raise WebRefusedError("bad-url", f"{shown}: no host has such a name")
    if port_of(url) not in limits.ports and place(host, port_of(url)) not in limits.allow:
        raise WebRefusedError("port", shown)


def port_of(url: httpx2.URL) -> int:
    """Return the port that an address leads to."""
    return USUAL_PORTS[url.scheme] if url.port is None else url.port


def place(host: str, port: int) -> str:
    """Return host and port in one, as ``Limits.allow`` has them.

    Example:
        >>> place("127.0.0.1", 80), place("::1", 80)
        ('127.0.0.1:80', '[::1]:80')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def origin_of(url: httpx2.URL) -> str:
    """Return scheme, host and port: whose ``robots.txt`` is obeyed, and who may see a key.

    Example:
        >>> origin_of(parsed("https://Example.org/a.gif?key=1"))
        'https://example.org:443'
    """
    return f"{url.scheme}://{place(url.raw_host.decode('ascii'), port_of(url))}"


def _is_host(host: str) -> bool:
    if ":" not in host:
        return len(host) <= 253 and _NAME.fullmatch(host) is not None
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
