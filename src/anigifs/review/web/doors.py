"""Logging in and out."""

from starlette.responses import RedirectResponse, Response

from anigifs.review.people.accounts import NotLetIn, Role, end_sessions, log_in
from anigifs.review.people.throttle import Throttled
from anigifs.review.web.csrf import right_token
from anigifs.review.web.desk import Asked
from anigifs.review.web.sessions import begin

#: Where each role works.
HOMES: dict[Role, str] = {
    "annotator": "/judge",
    "adjudicator": "/adjudicate",
    "administrator": "/admin",
}
STALE = "this page was too old; try again"


def home(asked: Asked) -> Response:
    """Lead somebody to where they work."""
    return RedirectResponse(HOMES[asked.account.role], 303)


def login_page(asked: Asked) -> Response:
    """Show where people log in."""
    return RedirectResponse("/", 303) if asked.who else _login(asked, 200)


def login(asked: Asked) -> Response:
    """Let somebody in who knows a password, with a session that nobody had before."""
    form = asked.form(("csrf", "name", "password"))
    door = asked.desk.doors.read(asked.request, asked.now_ms)
    if door is None or not right_token(door.csrf, form["csrf"]):
        return _login(asked, 403, STALE)
    serving = asked.desk.serving
    try:
        account = log_in(
            asked.review,
            serving.throttle,
            form["name"].strip(),
            form["password"],
            asked.address,
            asked.now_ms,
            serving.passwords,
        )
    except NotLetIn as error:
        return _login(asked, 401, str(error))
    except Throttled as error:
        response = _login(asked, 429, str(error))
        response.headers["Retry-After"] = str(error.retry_s)
        return response
    response = RedirectResponse("/", 303)
    asked.desk.doors.clear(response)
    asked.desk.sessions.write(response, begin(account, asked.now_ms))
    return response


def logout(asked: Asked) -> Response:
    """End all sessions of somebody: a cookie that was copied is worth nothing afterwards."""
    response = RedirectResponse("/login", 303)
    if asked.who:
        end_sessions(asked.review, asked.who.name)
        asked.desk.sessions.clear(response)
    return response


def _login(asked: Asked, status: int, error: str = "") -> Response:
    """Return the log-in page; one that is open in another window keeps its token."""
    door = asked.desk.doors.read(asked.request, asked.now_ms) or begin(None, asked.now_ms)
    response = asked.desk.page("login", None, door.csrf, status, error=error)
    asked.desk.doors.write(response, door)
    return response
