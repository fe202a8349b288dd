"""A folder that belongs to one thing, made in one way, however often it is worked on."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from anigifs.foundation.errors import UsageError
from anigifs.foundation.files import atomic_path, is_left_over


def claim(folder: Path, name: str, thing: str, settings: Mapping[str, Any]) -> None:
    """Write settings into a new folder, or make sure that it has these.

    Of several processes that claim it at once, the first one decides.

    Args:
        folder: Made if it is not there.
        name: Of the file that says what the folder holds, such as ``study.json``.
        thing: What it holds, in words, such as "study".
        settings: How that is made, as JSON can hold it.

    Raises:
        UsageError: It holds something else, or the same made otherwise.
        OutputError: It cannot be written to.
    """
    path, wanted = folder / name, dict(settings)
    if not path.exists():
        if any(one != path and not is_left_over(one) for one in _held(folder)):
            raise UsageError(f"{folder}: holds files, but no {thing}; choose another folder")
        with atomic_path(path, first=True) as temporary:
            temporary.write_text(json.dumps(wanted, indent=1) + "\n")
    try:
        found = dict(json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise UsageError(f"{path}: damaged; choose another folder") from None
    if found != wanted:
        differ = [k for k in {**wanted, **found} if found.get(k) != wanted.get(k)]
        changed = ", ".join(f"{k} {found.get(k)} -> {wanted.get(k)}" for k in differ)
        raise UsageError(
            f"{folder}: holds a {thing} that differs in {changed}; choose another folder"
        )


def _held(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from folder.iterdir()
