"""What was measured of clips, kept by clip id in a file, so that nothing is measured twice."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from anigifs.foundation.arrays import read_arrays, write_arrays

Item = TypeVar("Item")
#: Named arrays of one clip; every clip has the same names and lengths.
Values = Mapping[str, np.ndarray]
CLIP_IDS = "clip_ids"


class Watch(Protocol):
    """Sees items as they come, and hands them on: where a progress bar fits."""

    def __call__(self, items: Iterable[Item], total: int, title: str) -> Iterator[Item]:
        """Yield the items."""


def unwatched(items: Iterable[Item], total: int, title: str) -> Iterator[Item]:
    """Yield the items and show nothing."""
    yield from items


def file_of(store: Path, kind: str, settings: Mapping[str, Any]) -> Path:
    """Return the file for measurements of one kind, made in one way; other ways have others.

    Args:
        store: Where prepared clips are kept.
        kind: Such as ``features``.
        settings: All that the numbers depend on besides the clip, as JSON can hold it.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return store / "gap" / f"{kind}-{digest[:16]}.npz"


def measured_once(
    path: Path,
    clip_ids: Sequence[str],
    measure: Callable[[list[str]], Iterable[tuple[str, Values]]],
) -> dict[str, Values]:
    """Return the measurements of clips, out of the file where it has them.

    What is measured is in the file afterwards, even if something stops the rest.

    Args:
        path: The file; one that is damaged counts as absent.
        clip_ids: The clips.
        measure: Yields what it can measure of those that are missing; not called for none.

    Returns:
        By clip id, in the order asked for; a clip that could not be measured is absent.
    """
    known = _read(path)
    missing = [clip_id for clip_id in clip_ids if clip_id not in known]
    fresh: dict[str, Values] = {}
    try:
        if missing:
            for clip_id, values in measure(missing):
                fresh[clip_id] = values
    finally:
        if fresh:
            _write(path, {**known, **fresh})
    all_of_them = {**known, **fresh}
    return {clip_id: all_of_them[clip_id] for clip_id in clip_ids if clip_id in all_of_them}


def _read(path: Path) -> dict[str, Values]:
    columns = read_arrays(path)
    if columns is None or CLIP_IDS not in columns:
        return {}
    clip_ids = columns.pop(CLIP_IDS).tolist()
    return {
        clip_id: {name: column[place] for name, column in columns.items()}
        for place, clip_id in enumerate(clip_ids)
    }


def _write(path: Path, values_of: Mapping[str, Values]) -> None:
    clip_ids = sorted(values_of)
    columns = {
        name: np.stack([values_of[clip_id][name] for clip_id in clip_ids])
        for name in values_of[clip_ids[0]]
    }
    write_arrays(path, {CLIP_IDS: np.array(clip_ids), **columns})
