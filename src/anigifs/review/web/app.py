"""The application: its table of requests, behind what every request passes."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from anigifs.review.review import Review
from anigifs.review.web.desk import Desk, Serving, refusal
from anigifs.review.web.guard import guarded
from anigifs.review.web.headers import SafeHeaders, add_defaults
from anigifs.review.web.routes import ENTRIES

#: Under which a browser on the same machine asks. Another site's name that leads to this machine
#: (DNS rebinding) is none of them.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: What is under these is asked for by scripts.
FOR_SCRIPTS = ("/api/", "/media/", "/static/")


def build_app(review: Review, serving: Serving | None = None) -> Starlette:
    """Return the application of a review, for any server that speaks ASGI.

    Args:
        review: What is worked on; whoever opened it closes it.
        serving: How it is served; on loopback by default.
    """
    serving = serving or Serving()
    desk = Desk(review, serving)
    hosts = [*LOOPBACK, *serving.hosts]
    app = Starlette(
        routes=[
            Route(entry.path, guarded(desk, entry), methods=[entry.method]) for entry in ENTRIES
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
    )

    def told(request: Request, status: int, message: str) -> Response:
        if request.url.path.startswith(FOR_SCRIPTS):
            return refusal(status, message)
        return desk.page("error", code=status, status=status, message=message)

    def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        response = told(request, error.status_code, error.detail)
        response.headers.update(error.headers or {})
        return response

    def broken(request: Request, error: Exception) -> Response:
        # This answer passes nothing of what the others pass. The server logs the error.
        response = told(request, 500, "this is a mistake of the program; it was logged")
        add_defaults(response.headers)
        return response

    app.exception_handlers = {HTTPException: refused, Exception: broken}
    app.router.redirect_slashes = False
    return app
