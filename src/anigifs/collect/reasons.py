"""Why a file was not kept, in words that can be counted, and whether to try again."""

from typing import Literal

from anigifs.foundation import AnigifsError

Class = Literal["permanent", "transient", "policy"]

#: To each reason: whether it may pass, and what it means. ``permanent`` and ``policy`` are refused
#: for good; ``transient`` is tried again, a few times and ever later.
REASONS: dict[str, tuple[Class, str]] = {
    "not-http": ("policy", "its address is not of http or https"),
    "bad-url": ("permanent", "its address cannot be read"),
    "port": ("policy", "its address has a port that is not allowed"),
    "private-address": ("policy", "it leads to an address that is not public"),
    "robots": ("policy", "robots.txt forbids it"),
    "x-robots-tag": ("policy", "a header says that it is not to be used so"),
    "tdm-reservation": ("policy", "text and data mining is reserved"),
    "too-many-redirects": ("permanent", "it was sent on too often"),
    "gone": ("permanent", "the server says that it is not there"),
    "forbidden": ("permanent", "the server does not give it"),
    "too-large": ("permanent", "it has more bytes than are fetched"),
    "encoded": ("permanent", "it came compressed although that was not asked for"),
    "not-media": ("permanent", "what came is no GIF, WebP, APNG or video"),
    "broken": ("permanent", "what came cannot be read as what it seems to be"),
    "over-budget": ("permanent", "it would take more memory or time to show than is given"),
    "too-slow": ("transient", "it came too slowly"),
    "timeout": ("transient", "no answer in time"),
    "unreachable": ("transient", "no connection, or it broke off"),
    "no-such-host": ("transient", "its host has no address"),
    "cut-off": ("transient", "fewer bytes came than were announced"),
    "rate-limited": ("transient", "the server wants to be asked less often"),
    "server-error": ("transient", "the server failed"),
    "exhausted": ("permanent", "it was tried as often as things are tried"),
}


class WebError(AnigifsError):
    """A request that brought nothing.

    Attributes:
        reason: A key of :data:`REASONS`.
        retry_after: Seconds that the server wants to be left alone; None where it says nothing.
    """

    def __init__(self, reason: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{REASONS[reason][1]}{f': {detail}' if detail else ''}")
        self.reason, self.detail, self.retry_after = reason, detail, retry_after


class WebRefusedError(WebError):
    """It will not be answered, now or ever."""


class WebFailedError(WebError):
    """No answer came this time."""
