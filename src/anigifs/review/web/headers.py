"""Headers of every answer, by which a browser lets nothing in and nothing out."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Only our own files, and no script or style in a page itself.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Of files that strangers made: whatever they hold, nothing of it runs.
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
#: What an endpoint does not set itself. The referrer stays on our own pages; with ``no-referrer``
#: browsers would send ``Origin: null`` with our own forms, and we could not tell them from others.
DEFAULTS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class SafeHeaders:
    """Adds the headers to whatever an application answers.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_defaults(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_safely)


def add_defaults(headers: MutableHeaders) -> None:
    """Add the headers that are not there."""
    for name, value in DEFAULTS.items():
        headers.setdefault(name, value)
