"""Objects of a file of JSON lines, each with its place for messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError


def json_objects(path: Path, such_as: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each object stands, and the object; empty lines are passed over.

    Args:
        path: The file.
        such_as: A key that an object has, for the message about a line that is none.

    Raises:
        UsageError: A line is no JSON, or no object.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            try:
                cells = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UsageError(f"{where}: not JSON ({error})") from None
            if not isinstance(cells, dict):
                raise UsageError(f'{where}: not a JSON object, such as {{"{such_as}": ...}}')
            yield where, cells
