"""``anigifs review serve``: let people judge, in their browsers."""

import json
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import tyro

from anigifs.cli.output import printable, warn
from anigifs.foundation import UsageError

#: A name or an address, without http:// and without a port.
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")

if TYPE_CHECKING:
    from anigifs.review.review import Review
    from anigifs.review.web.desk import Serving
    from anigifs.review.web.server import Listening


@dataclass(frozen=True)
class ReviewServe:
    """Serve a review until Ctrl-C; only to this machine, unless told otherwise.

    Make an account first (anigifs review accounts add). What is answered is on disk: stopped at any
    moment, the same command goes on.

    Example: anigifs review serve review

    Example: anigifs review serve review --behind-proxy https://review.example.org
    """

    review: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """What `anigifs review init` made."""
    host: Annotated[str, tyro.conf.arg(metavar="ADDRESS")] = "127.0.0.1"
    """Where to listen."""
    port: Annotated[int, tyro.conf.arg(metavar="N")] = 8000
    """Where to listen; 0 takes a free one."""
    host_name: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Names under which browsers come, besides those of this machine and the address itself."""
    behind_proxy: Annotated[str, tyro.conf.arg(metavar="URL")] = ""
    """The https address of a proxy on this machine; what it says of who asks is believed."""
    json: bool = False
    """Print {"url": ...} in one line once requests are answered."""

    def run(self) -> int:
        """Serve until it is stopped."""
        from anigifs.review.settings import check_installed

        if not 0 <= self.port < 2**16:
            raise UsageError(f"--port {self.port}: 0 to 65535")
        _check_names(self.host, self.host_name)
        check_installed()
        from anigifs.review.people.accounts import all_accounts
        from anigifs.review.review import open_review
        from anigifs.review.web.desk import Serving

        proxy = _proxy_name(self.behind_proxy)
        names = tuple(name for name in (*self.host_name, _as_host(self.host), proxy) if name)
        serving = Serving(hosts=names, origin=self.behind_proxy.rstrip("/"))
        review = open_review(self.review)
        try:
            if not all_accounts(review):
                raise UsageError(
                    f"{self.review}: nobody can log in yet; `anigifs review accounts add "
                    f"{self.review} NAME --role administrator` adds the first account"
                )
            self._warn()
            return self._serve(review, serving)
        finally:
            review.close()

    def _serve(self, review: "Review", serving: "Serving") -> int:
        from anigifs.review.web.app import build_app
        from anigifs.review.web.server import listen

        listening = listen(build_app(review, serving), self.host, self.port, bool(serving.origin))
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            listening.serve(self._teller(listening, serving))
        finally:
            signal.signal(signal.SIGTERM, before)
        return 0

    def _teller(self, listening: "Listening", serving: "Serving") -> Callable[[], None]:
        def tell() -> None:
            url = self._url(listening)
            if self.json:
                print(json.dumps({"url": url}), flush=True)
                return
            where = serving.origin or url
            through = f", through {url}" if serving.origin else ""
            print(printable(f"{self.review}: {where}{through}; Ctrl-C stops"), flush=True)

        return tell

    def _url(self, listening: "Listening") -> str:
        """Return where browsers are answered: of all addresses at once, under the first name."""
        if not self.host_name or _as_host(self.host):
            return listening.url
        return f"http://{self.host_name[0]}:{urlsplit(listening.url).port}"

    def _warn(self) -> None:
        if not self.behind_proxy and not _is_loopback(self.host):
            warn(
                f"{self.host} may be reached by others, and nothing is encrypted: passwords can be "
                "read on the way. Put a proxy with https before it, and name it by --behind-proxy"
            )
        if not self.host_name and not self.behind_proxy and not _as_host(self.host):
            warn(f"nobody is answered who comes under an address of {self.host}; give --host-name")


def _check_names(host: str, names: tuple[str, ...]) -> None:
    """Make sure that browsers can come under these names.

    Raises:
        UsageError: One is empty, which would be all addresses of the machine, or is no name.
    """
    if not host:
        raise UsageError("--host is empty; 127.0.0.1 is this machine alone, 0.0.0.0 everywhere")
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise UsageError(f"--host-name {name}: give a name alone, such as review.lan")


def _proxy_name(url: str) -> str:
    """Return the name in the address of a proxy; nothing of nothing.

    Raises:
        UsageError: It is no such address.
    """
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or "@" in url:
        raise UsageError(f"--behind-proxy {url}: give an address such as https://name.example.org")
    return parts.hostname


def _as_host(address: str) -> str:
    """Return how browsers name an address; nothing for all addresses at once.

    Example:
        >>> _as_host("192.0.2.1"), _as_host("2001:db8::1"), _as_host("0.0.0.0")
        ('192.0.2.1', '[2001:db8::1]', '')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.is_unspecified:
        return ""
    return f"[{parsed}]" if parsed.version == 6 else str(parsed)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _stop(number: int, frame: FrameType | None) -> None:
    """End the program in peace once the last answers are given."""
    sys.exit(0)
