"""Fetches a file and keeps it, if it may be kept and is what is looked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from anigifs.collect.items import Fetched
from anigifs.collect.reasons import WebError, WebFailedError, WebRefusedError
from anigifs.collect.store import Store
from anigifs.collect.web import Answer, Pace, Robots, Trail, Web, refuse_reserved, signals_of
from anigifs.collect.web.redact import redacted
from anigifs.foundation import MediaError
from anigifs.foundation.clock import steady_time
from anigifs.foundation.errors import without_path
from anigifs.media import BUDGET, Budget, Format, MediaInfo, probe, sniff
from anigifs.media.formats import HEAD_BYTES, format_of

#: A file that is sent on to a host which wants to be left alone for longer is put off, in seconds.
PATIENCE_S = 10.0
#: For so long a host is left alone that asks for it and does not say for how long, in seconds.
LIMITED_S = 30.0


class OverBudgetError(MediaError):
    """A file asks for more memory or time than is given."""


class TellingBudget(Budget):
    """A budget whose refusals can be told from other faults of a file."""

    def check_file(self, path: Path) -> None:
        """Raise OverBudgetError when the file itself is larger than this budget."""
        with _over_budget():
            super().check_file(path)

    def check(self, path: Path, width: int, height: int, frames: int, drawn_px: int = 0) -> None:
        """Raise OverBudgetError when a file asks for more than this budget."""
        with _over_budget():
            super().check(path, width, height, frames, drawn_px)


@contextmanager
def _over_budget() -> Iterator[None]:
    try:
        yield
    except MediaError as error:
        raise OverBudgetError(str(error)) from None


@dataclass
class _Attempt:
    """What is known of an attempt as it goes on."""

    trail: Trail = field(default_factory=Trail)
    signals: dict[str, str] = field(default_factory=dict)
    kind: str = ""


class Downloader:
    """Fetches files into a store; threads may share it.

    Args:
        web: The door to the web.
        robots: Is asked for each address on the way.
        pace: Gives out the turns.
        store: Takes the files.
        budget: The most that a file may cost to show.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        web: Web,
        robots: Robots,
        pace: Pace,
        store: Store,
        budget: Budget = BUDGET,
        now: Callable[[], float] = steady_time,
    ) -> None:
        self._web, self._robots, self._pace, self._store = web, robots, pace, store
        self._budget, self._now = TellingBudget(**asdict(budget)), now
        store.clear_unfinished()

    def fetch(self, url: str) -> Fetched:
        """Fetch an address and return what became of it; nothing that the web does is raised.

        Kept are GIFs, also of one frame; WebP and PNG files of several frames; and videos. What it
        is, its bytes say. A file that was cut off is kept if a whole frame is left.

        Raises:
            OutputError: The store cannot be written.
        """
        started, attempt = self._now(), _Attempt()
        try:
            sha256, info = self._keep(url, attempt)
        except WebError as error:
            self._hold(error, attempt.trail)
            return self._fetched(
                attempt,
                started,
                outcome="refused" if isinstance(error, WebRefusedError) else "failed",
                reason=error.reason,
                detail=error.detail,
                retry_after=error.retry_after,
            )
        return self._fetched(attempt, started, outcome="stored", sha256=sha256, info=info)

    def _keep(self, url: str, attempt: _Attempt) -> tuple[str, MediaInfo]:
        turn = partial(self._turn, trail=attempt.trail)
        with (
            self._web.get(url, turn=turn, trail=attempt.trail) as answer,
            self._store.temporary() as path,
        ):
            attempt.signals.update(signals_of(answer.headers))
            refuse_reserved(answer.headers, self._robots.product)
            _write(answer, path)
            kind = _kind_of(path)
            attempt.kind = kind.value
            info = self._probed(path)
            return self._store.add(path, kind.value), info

    @contextmanager
    def _turn(self, url: str, trail: Trail) -> Iterator[None]:
        if not self._robots.allowed(url):
            raise WebRefusedError("robots", redacted(url))
        # The caller has seen to the first host, but nobody knew of those that follow.
        wait = self._pace.wait_time(trail.host)
        if len(trail.hops) > 1 and wait > PATIENCE_S:
            raise WebFailedError("rate-limited", f"{trail.host} wants to be left alone", wait)
        with self._pace.slot(trail.host):
            yield

    def _hold(self, error: WebError, trail: Trail) -> None:
        """Leave a server alone that asks for it, or that cannot even be asked for its rules.

        Without that an outage would cost every file of a host its tries within minutes.
        """
        wait = error.retry_after or (LIMITED_S if error.reason == "rate-limited" else 0.0)
        if wait and isinstance(error, WebFailedError):
            self._pace.hold(trail.host, wait)

    def _probed(self, path: Path) -> MediaInfo:
        try:
            info = probe(path, self._budget)
        except OverBudgetError as error:
            raise WebRefusedError("over-budget", without_path(error, path)) from None
        except MediaError as error:
            raise WebRefusedError("broken", without_path(error, path)) from None
        if info.format is not Format.GIF and info.frames < 2:
            raise WebRefusedError(
                "not-media", f"a {info.format.upper()} picture that does not move"
            )
        return info

    def _fetched(
        self,
        attempt: _Attempt,
        started: float,
        *,
        outcome: str,
        reason: str = "",
        detail: str = "",
        retry_after: float | None = None,
        sha256: str = "",
        info: MediaInfo | None = None,
    ) -> Fetched:
        trail = attempt.trail
        return Fetched(
            outcome=outcome,
            reason=reason,
            detail=detail,
            status=trail.status,
            hops=tuple(trail.hops),
            address=trail.address,
            bytes=trail.bytes,
            sha256=sha256,
            kind=attempt.kind,
            started=started,
            ended=self._now(),
            signals=attempt.signals,
            retry_after=retry_after,
            media={} if info is None else _described(info),
        )


def _write(answer: Answer, path: Path) -> None:
    """Write a body to a file; of one that is no media by its first bytes, no more than those."""
    head = b""
    with path.open("wb") as file:
        for chunk in answer.chunks():
            file.write(chunk)
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
                if len(head) == HEAD_BYTES and format_of(head) is None:
                    return


def _kind_of(path: Path) -> Format:
    try:
        return sniff(path)
    except MediaError as error:
        raise WebRefusedError("not-media", without_path(error, path)) from None


def _described(info: MediaInfo) -> dict[str, int | float | bool]:
    # Images know exactly whether their end was there; of videos, the warnings tell.
    truncated = getattr(info.layout, "truncated", bool(info.warnings))
    return {
        "width": info.width,
        "height": info.height,
        "frames": info.frames,
        "duration_ms": info.duration_ms,
        "complete": not truncated,
    }
