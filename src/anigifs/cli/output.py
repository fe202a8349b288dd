"""What commands print: one JSON object, or lines for people; progress on standard error."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    print(json.dumps(envelope, ensure_ascii=False, allow_nan=False, indent=1))


def warn(text: str) -> None:
    """Say something on standard error that is not an error."""
    print(f"anigifs: warning: {text}", file=sys.stderr)


def with_progress(items: Iterable[Item], total: int, title: str) -> Iterator[Item]:
    """Yield ``items`` and show a bar on a terminal once they take longer than two seconds."""
    if not sys.stderr.isatty():
        yield from items
        return
    import time

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total, visible=False)
        begun = time.monotonic()
        for item in items:
            progress.update(task, advance=1, visible=time.monotonic() - begun > PATIENCE_SECONDS)
            yield item


def percent(share: float | None) -> str:
    """Return a share of 0..1 as a percentage for people; a dash where there is none.

    Example:
        >>> percent(0.98765), percent(None)
        ('98.8 %', '-')
    """
    return "-" if share is None else f"{100 * share:.1f} %"
