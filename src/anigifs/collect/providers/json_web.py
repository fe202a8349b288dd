"""What a provider needs of the web, and what it says of an answer that it does not know."""

from collections.abc import Mapping
from typing import Protocol

from anigifs.collect.reasons import WebFailedError


class JsonWeb(Protocol):
    """The door to the web. It names itself with a contact, and obeys limits that are its own."""

    def json(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], /
    ) -> tuple[object, str]:
        """Ask once, and return the answer as parsed and the sha256 of its bytes.

        Args:
            url: Without a query.
            params: The query.
            headers: Beside those that the door sends by itself, such as its ``User-Agent``.

        Raises:
            WebRefusedError: The answer is that it will not be answered.
            WebFailedError: No answer came, or none that is JSON.
        """


def unknown_shape(title: str, what: str) -> WebFailedError:
    """Return the error of an answer that is not of the shape that is known."""
    return WebFailedError(
        "server-error", f"{title} answers in a way that is not known here: {what}"
    )
