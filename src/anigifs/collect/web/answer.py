"""An answer of the web, and its body as far as the limits let it come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx2

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.transport import until


@dataclass
class Trail:
    """What is known of a request as it goes on, also where it ends in an error.

    Attributes:
        hops: The address of each request so far, keys hidden.
        host: Whose server was asked last.
        address: The IP address that was last connected to.
        status: Of the last answer; None where none came.
        bytes: Read of the body.
    """

    hops: list[str] = field(default_factory=list)
    host: str = ""
    address: str = ""
    status: int | None = None
    bytes: int = 0


class Answer:
    """An answer with a status of 200 to 299; its body is still to come.

    Attributes:
        url: What was answered, keys hidden.
        headers: Of the answer.
    """

    def __init__(
        self,
        response: httpx2.Response,
        trail: Trail,
        limits: Limits,
        deadline: float,
        clock: Callable[[], float],
    ) -> None:
        self._response, self._trail, self._limits = response, trail, limits
        self._deadline, self._clock = deadline, clock
        self.url, self.headers = trail.hops[-1], response.headers

    @property
    def status(self) -> int:
        """The status."""
        return self._response.status_code

    @property
    def hops(self) -> tuple[str, ...]:
        """The address of each request, keys hidden."""
        return tuple(self._trail.hops)

    @property
    def address(self) -> str:
        """The IP address that answered."""
        return self._trail.address

    def refuse_unreadable(self) -> None:
        """Make sure that the headers announce no body that would be refused.

        Raises:
            WebRefusedError: ``encoded`` or ``too-large``.
        """
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            raise WebRefusedError("encoded", f"{encoding[:40]} from {self.url}")
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limits.most_bytes:
            raise self._too_large(f"{int(announced):,} bytes")

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces, as they come.

        Raises:
            WebRefusedError: ``too-large``.
            WebFailedError: ``too-slow``, ``timeout`` or ``cut-off``.
        """
        began, pieces = self._clock(), self._response.iter_raw()
        while piece := self._next(pieces):
            self._trail.bytes += len(piece)
            if self._trail.bytes > self._limits.most_bytes:
                raise self._too_large("more")
            self._refuse_trickle(self._clock() - began)
            yield piece

    def read(self) -> bytes:
        """Return the whole body; see :meth:`chunks` for the errors."""
        return b"".join(self.chunks())

    def _next(self, pieces: Iterator[bytes]) -> bytes:
        """Return the next piece; nothing at the end."""
        try:
            with until(self._deadline):
                return next(pieces, b"")
        except httpx2.TimeoutException:
            if self._clock() >= self._deadline:
                raise WebFailedError("too-slow", f"not whole in time: {self.url}") from None
            raise WebFailedError("timeout", f"in the middle of {self.url}") from None
        except httpx2.TransportError as error:
            detail = f"{self._trail.bytes:,} bytes came of {self.url} ({error})"
            raise WebFailedError("cut-off", detail) from None

    def _refuse_trickle(self, passed_s: float) -> None:
        limits = self._limits
        if passed_s > limits.least_after_s and self._trail.bytes < limits.least_bytes_s * passed_s:
            rate = self._trail.bytes / passed_s
            raise WebFailedError("too-slow", f"{rate:.0f} bytes a second of {self.url}")

    def _too_large(self, what: str) -> WebRefusedError:
        return WebRefusedError("too-large", f"{what} where {self._limits.most_bytes:,} are read")
