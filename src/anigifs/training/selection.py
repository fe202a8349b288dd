"""Which weights of a run are its result: decided by the source alone.

Selection is a pure function of records, so that it can be checked afterwards and redone under
another rule. A target's figures, however good, are never looked at here.
"""

from collections.abc import Iterable
from typing import Any

RULE = (
    "highest top-1 on source validation, of weights that the method has acted on; among equals the "
    "lowest cross-entropy, then the first"
)
SOURCE_VALIDATION = "source-validation"


def select(records: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the record of the chosen weights, or None where nothing was validated.

    Args:
        records: Lines of ``records.jsonl``; those whose ``role`` is not ``source-validation`` are
            passed over unread, and so are those of before the method first acted.

    Example:
        >>> line = {"role": "source-validation", "step": 1, "top1": 0.5, "cross_entropy": 1.0}
        >>> target = {"role": "test", "step": 2, "top1": 1.0, "cross_entropy": 0.0}
        >>> select([line, target])["step"]
        1
    """
    candidates = [
        record
        for record in records
        if record["role"] == SOURCE_VALIDATION and record.get("acted", True)
    ]
    return min(candidates, key=_order, default=None)


def _order(record: dict[str, Any]) -> tuple[float, float, int]:
    return (-record["top1"], record["cross_entropy"], record["step"])
