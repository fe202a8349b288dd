"""What commands print: one JSON object, or lines for people; progress on standard error."""

import json
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

SCHEMA = 1
PATIENCE_SECONDS = 2.0
Item = TypeVar("Item")


def print_envelope(
    results: Sequence[Any],
    summary: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    error: str | None = None,
) -> None:
    """Print the one JSON object that every command prints under ``--json``."""
    envelope = {
        "schema": SCHEMA,
        "results": results,
        "summary": summary or {},
        "warnings": list(warnings),
        "error": error,
    }
    # ASCII, so that a file's name of any bytes is valid JSON in any locale.
    print(json.dumps(envelope, allow_nan=False, indent=1))


def warn(text: str) -> None:
    """Say something on standard error that is not an error."""
    print(f"anigifs: warning: {printable(text)}", file=sys.stderr)


@dataclass
class Warnings:
    """Says warnings, and keeps them for the JSON."""

    lines: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Say one and keep it."""
        self.lines.append(line)
        warn(line)


def with_progress(items: Iterable[Item], total: int, title: str) -> Iterator[Item]:
    """Yield ``items`` and show a bar on a terminal once they take longer than two seconds."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    # What is printed to the same terminal goes above the bar; a file gets it untouched.
    progress = Progress(console=console, transient=True, redirect_stdout=sys.stdout.isatty())
    with progress:
        task = progress.add_task(title, total=total, visible=False)
        timer = threading.Timer(PATIENCE_SECONDS, lambda: progress.update(task, visible=True))
        timer.start()
        try:
            for item in items:
                progress.advance(task)
                yield item
        finally:
            timer.cancel()


def while_preparing(outcomes: Iterator[Item], total: int) -> Iterator[Item]:
    """Yield the outcomes of preparing clips, with a bar; what ``prepare`` takes to be watched."""
    return with_progress(outcomes, total, "preparing clips")


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """Say on a terminal what is being waited for, once it takes longer than a second."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(stderr=True).status(title)
    timer = threading.Timer(PATIENCE_SECONDS / 2, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or it might start what was just stopped
        status.stop()


def printable(text: str) -> str:
    r"""Return text with what a terminal would obey, or cannot show, written out.

    Example:
        >>> printable("new\nline.gif")
        'new\\nline.gif'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def percent(share: float | None) -> str:
    """Return a share of 0..1 as a percentage for people; a dash where there is none.

    Example:
        >>> percent(0.98765), percent(None)
        ('98.8 %', '-')
    """
    return "-" if share is None else f"{100 * share:.1f} %"
