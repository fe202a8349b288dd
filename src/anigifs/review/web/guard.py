"""Who may ask for what: each request passes here before anything is done for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias, TypeVar

from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from anigifs.foundation import MediaError, OutputError, UsageError
from anigifs.review.people.accounts import Role, by_id
from anigifs.review.store.engine import Unreachable
from anigifs.review.web.bodies import form_body, read_body
from anigifs.review.web.csrf import HEADER, right_token, same_origin
from anigifs.review.web.desk import Asked, Desk, refusal
from anigifs.review.work.shapes import Refused

#: After which browsers ask again where the database does not answer, in seconds.
RETRY_S = 2
#: Fields that our forms have.
FIELDS = ("csrf", "name", "password", "role", "action")


@dataclass(frozen=True)
class Slow:
    """An answer that takes long to make: few are made side by side, so that votes need not wait.

    Attributes:
        make: Makes it.
    """

    make: Callable[[], Response]


Made = TypeVar("Made")
Endpoint: TypeAlias = Callable[[Asked], Response | Slow]


@dataclass(frozen=True)
class Entry:
    """One kind of request.

    Attributes:
        method: ``GET`` or ``POST``.
        path: As Starlette writes it.
        endpoint: Answers it, in a thread.
        who: The roles that may ask; None is everybody, logged in or not.
        speaks: What errors are written in; only pages and forms are read by people.
        checks: Whether it must carry the token of a session; logging in has one of its own.
        looks_up: Whether it matters who asks; where it does not, no session is looked up.
    """

    method: Literal["GET", "POST"]
    path: str
    endpoint: Endpoint
    who: frozenset[Role] | None
    speaks: Literal["page", "json"] = "json"
    checks: bool = True
    looks_up: bool = True


def guarded(desk: Desk, entry: Entry) -> Callable[[Request], Awaitable[Response]]:
    """Return what Starlette calls for a kind of request."""

    async def answer(request: Request) -> Response:
        asked = Asked(desk, request, b"", desk.serving.clock())
        try:
            if entry.method == "POST":
                asked = replace(asked, body=await read_body(request))
            found = await run_sync(_answered, entry, asked)
            if isinstance(found, Slow):
                make = partial(_safely, entry, asked, found.make)
                found = await run_sync(make, limiter=desk.slow)
        except HTTPException as error:
            found = _told(entry, asked, error.status_code, error.detail)
        except ClientDisconnect:
            found = Response(status_code=400)  # which nobody reads
        return found

    return answer


def _answered(entry: Entry, asked: Asked) -> Response | Slow:
    """Answer a request if its sender may ask; or say why not."""
    known = _safely(entry, asked, lambda: _recognised(asked)) if entry.looks_up else asked
    if isinstance(known, Response):
        return known
    return _safely(entry, known, lambda: _permitted(entry, known))


def _permitted(entry: Entry, asked: Asked) -> Response | Slow:
    if entry.who is not None:
        if asked.who is None:
            return _nobody(entry)
        if asked.who.role not in entry.who:
            raise HTTPException(403, f"this is not for the role {asked.who.role}")
    if entry.method == "POST":
        _check_sender(entry, asked)
    return entry.endpoint(asked)


def _recognised(asked: Asked) -> Asked:
    """Return the request with who sent it, if a session says so that has not ended."""
    session = asked.desk.sessions.read(asked.request, asked.now_ms)
    account = by_id(asked.review, session.account) if session else None
    if session is None or account is None or not session.belongs_to(account):
        return asked
    return replace(asked, session=session, who=account)


def _nobody(entry: Entry) -> Response:
    if entry.speaks == "page":
        return RedirectResponse("/login", 303)
    return refusal(401, "log in first")


def _check_sender(entry: Entry, asked: Asked) -> None:
    """Make sure that one of our own pages sent a request that changes something.

    Raises:
        HTTPException: 403, none did.
    """
    ours = [asked.desk.serving.origin] if asked.desk.serving.origin else []
    if not same_origin(asked.request, ours):
        raise HTTPException(403, "this request comes from another site, or from no page")
    if not entry.checks:
        return
    if entry.speaks == "json":
        given = asked.request.headers.get(HEADER)
    else:
        given = form_body(asked.request.headers.get("Content-Type"), asked.body, FIELDS)["csrf"]
    if asked.session is not None and not right_token(asked.session.csrf, given):
        raise HTTPException(403, "the session has changed; load the page again")


def _safely(entry: Entry, asked: Asked, make: Callable[[], Made]) -> Made | Response:
    """Return what is made, or an answer that says in a line what kept it from being made."""
    try:
        return make()
    except HTTPException as error:
        return _told(entry, asked, error.status_code, error.detail)
    except Unreachable:
        return _told(entry, asked, 503, "the database does not answer; try again", RETRY_S)
    except OutputError:
        return _told(entry, asked, 503, "the server cannot write; try again later", RETRY_S)
    except Refused as error:
        return _told(entry, asked, 409, str(error))
    except UsageError as error:
        return _told(entry, asked, 400, str(error))
    except (MediaError, FileNotFoundError):
        return _told(entry, asked, 404, "the file is not there, or cannot be decoded any more")


def _told(
    entry: Entry, asked: Asked, status: int, message: str, retry_s: int | None = None
) -> Response:
    if entry.speaks == "json":
        return refusal(status, message, retry_s)
    response = asked.page("error", status, status=status, message=message)
    if retry_s is not None:
        response.headers["Retry-After"] = str(retry_s)
    return response
