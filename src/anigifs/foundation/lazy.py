"""Names that a room hands out without loading the files they are in before they are asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazily(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a room.

    Args:
        room: The package, ``__name__`` there.
        homes: The file of each name.
    """

    def get(name: str) -> Any:  # noqa: ANN401 - of any of the names
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{room}.{homes[name]}"), name)

    return get
