"""A JSON object in a file, or one line that says what is wrong with it."""

import json
from pathlib import Path
from typing import Any

from anigifs.foundation import WeightsError


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file of a network's folder.

    Raises:
        WeightsError: It cannot be read, or holds something else.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(said, dict):
        raise WeightsError(f"{path}: not a JSON object")
    return said
