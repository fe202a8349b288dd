"""What every request is answered with, and what one request is."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import anyio
import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from anigifs.review.people.accounts import Account
from anigifs.review.people.passwords import PASSWORDS, Passwords
from anigifs.review.people.throttle import Throttle
from anigifs.review.review import Review
from anigifs.review.web.bodies import form_body, json_body, whole_number
from anigifs.review.web.sessions import Session, Sessions
from anigifs.review.web.statics import Statics

HERE = Path(__file__).parent
#: What is done side by side of all that takes long.
SLOW_SIDE_BY_SIDE = 2
Shape = TypeVar("Shape")


def now_ms() -> int:
    """Return the time in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def utc(time_ms: int) -> str:
    """Return a time for people.

    Example:
        >>> utc(0)
        '1970-01-01 00:00 UTC'
    """
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Serving:
    """How a review is served.

    Attributes:
        hosts: Names and addresses under which browsers may ask, besides those of loopback.
        origin: Such as ``https://review.example.org``, where a proxy of that name stands before
            us; empty where none does.
        templates: The folder of the pages.
        statics: The folder of their styles and scripts.
        passwords: Hashes them.
        throttle: Remembers who failed to log in.
        clock: Returns the time in milliseconds since 1970, UTC.
    """

    hosts: tuple[str, ...] = ()
    origin: str = ""
    templates: Path = HERE / "templates"
    statics: Path = HERE / "static"
    passwords: Passwords = PASSWORDS
    throttle: Throttle = field(default_factory=Throttle)
    clock: Callable[[], int] = now_ms


class Desk:
    """All that lasts from request to request.

    Args:
        review: What is worked on.
        serving: How it is served.
    """

    def __init__(self, review: Review, serving: Serving) -> None:
        secure = serving.origin.startswith("https://")
        self.review = review
        self.serving = serving
        self.sessions = Sessions(review.secret, "session", secure=secure)
        self.doors = Sessions(review.secret, "login", secure=secure)
        self.statics = Statics(serving.statics)
        self.slow = anyio.CapacityLimiter(SLOW_SIDE_BY_SIDE)
        self._pages = _pages(serving.templates)

    def page(
        self,
        name: str,
        account: Account | None = None,
        csrf: str = "",
        code: int = 200,
        **words: object,
    ) -> HTMLResponse:
        """Return a page; all that is put into it is escaped.

        Args:
            name: Of the page, which is that of its template.
            account: Who is logged in.
            csrf: The token of their session.
            code: Of the answer.
            **words: What else the template asks for.
        """
        text = self._pages.get_template(f"{name}.html.j2").render(
            **words,
            review=self.review.settings.name,
            account=account,
            csrf=csrf,
            page=name,
            static=self.statics.url,
        )
        return HTMLResponse(text, code)


@dataclass(frozen=True)
class Asked:
    """A request whose sender may ask for it.

    Attributes:
        desk: What it is answered with.
        request: As it came.
        body: What it brought.
        now_ms: When, in milliseconds since 1970, UTC.
        session: Of who is logged in; None if nobody is.
        who: The account of the session.
    """

    desk: Desk
    request: Request
    body: bytes
    now_ms: int
    session: Session | None = None
    who: Account | None = None

    @property
    def review(self) -> Review:
        """What is worked on."""
        return self.desk.review

    @property
    def account(self) -> Account:
        """Who is logged in, where the request is for those alone."""
        if self.who is None:
            raise RuntimeError("nobody is logged in")
        return self.who

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    def json(self, shape: type[Shape]) -> Shape:
        """Return the body; see :func:`~anigifs.review.web.bodies.json_body`."""
        return json_body(self.request.headers.get("Content-Type"), self.body, shape)

    def form(self, names: Collection[str]) -> dict[str, str]:
        """Return the body; see :func:`~anigifs.review.web.bodies.form_body`."""
        return form_body(self.request.headers.get("Content-Type"), self.body, names)

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number of the query, from 1 on."""
        return whole_number(self.request.query_params.get(name, str(default)), 1, most)

    def page(self, name: str, code: int = 200, **words: object) -> HTMLResponse:
        """Return a page for who is logged in."""
        csrf = self.session.csrf if self.session else ""
        return self.desk.page(name, self.who, csrf, code, **words)


@cache
def _pages(templates: Path) -> jinja2.Environment:
    """Return the pages of a folder, each of which is compiled once."""
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["utc"] = utc
    return pages


def refusal(status: int, message: str, retry_s: int | None = None) -> JSONResponse:
    """Return an error for scripts."""
    headers = None if retry_s is None else {"Retry-After": str(retry_s)}
    return JSONResponse({"error": message}, status, headers)
