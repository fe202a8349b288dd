"""What a study left: each test's record, with the predictions that it vouches for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from anigifs.evaluation import Predictions, Ranking
from anigifs.foundation import UsageError, read_records

RECORDS = "records.jsonl"
TEST = "test"
#: What the record of a test must state besides what an evaluation records anyway.
NEEDED = ("model", "set", "seed", "predictions", "predictions_hash")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One model, trained with one seed, on one set of clips.

    Attributes:
        model: Key of the model, such as ``erm``.
        model_title: What a table calls it.
        oracle: Whether it has seen training clips of a target: a ceiling, not a method.
        set: Key of the set of clips, such as ``cartoon-test``.
        set_title: What a table calls it.
        seed: Of the model's training.
        record: The whole line of ``records.jsonl``.
        predictions: What the model said.
    """

    model: str
    model_title: str
    oracle: bool
    set: str
    set_title: str
    seed: int
    record: Mapping[str, Any]
    predictions: Predictions

    @cached_property
    def ranking(self) -> Ranking:
        """Where the truth stands in each clip's answers."""
        return self.predictions.ranking()


def read_outcomes(folder: Path | str, study: str | None = None) -> tuple[Outcome, ...]:
    """Read the tests of a study's folder, and check that their predictions are still those made.

    Args:
        folder: Holds ``records.jsonl`` and the predictions files that it names.
        study: Tests of this study only; None takes all.

    Raises:
        UsageError: There are no tests, a record lacks a field, or a predictions file is missing or
            is not the one that was recorded.
    """
    folder = Path(folder)
    path = folder / RECORDS
    records = [one for one in read_records(path) if study is None or one.get("study") == study]
    outcomes = outcomes_of(records, folder, path)
    if not outcomes:
        whose = "" if study is None else f" of the study {study!r}"
        raise UsageError(f"{path}: no tests{whose}; run the study first")
    return outcomes


def outcomes_of(
    records: Iterable[Mapping[str, Any]], folder: Path, where: Path
) -> tuple[Outcome, ...]:
    """Return the tests among records, having checked that their predictions are those made.

    Args:
        records: Of anything; the last test of each model, set and seed counts.
        folder: What the paths of predictions files are relative to.
        where: The records' file or folder, for messages.

    Raises:
        UsageError: A record lacks a field, or a predictions file is missing or is not the one that
            was recorded.
    """
    return tuple(_outcome(folder, where, one) for one in latest_tests(records))


def latest_tests(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the last test of each model, set and seed, in the order in which they first appeared.

    Example:
        >>> first = {"role": "test", "model": "erm", "set": "film", "seed": 0, "top1": 0.5}
        >>> [one["top1"] for one in latest_tests([first, {"role": "train"}, first | {"top1": 0.6}])]
        [0.6]
    """
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for record in records:
        if record.get("role") == TEST:
            found[tuple(record.get(name) for name in ("model", "set", "seed"))] = record
    return list(found.values())


def _outcome(folder: Path, where: Path, record: Mapping[str, Any]) -> Outcome:
    if lacking := [name for name in NEEDED if record.get(name) is None]:
        raise UsageError(f"{where}: a test without {', '.join(lacking)}; run it again")
    return Outcome(
        model=str(record["model"]),
        model_title=str(record.get("model_title") or record["model"]),
        oracle=bool(record.get("oracle", False)),
        set=str(record["set"]),
        set_title=str(record.get("set_title") or record["set"]),
        seed=int(record["seed"]),
        record=record,
        predictions=_verified(folder / str(record["predictions"]), record["predictions_hash"]),
    )


def _verified(path: Path, sha256: str) -> Predictions:
    if not path.is_file():
        raise UsageError(f"{path}: missing, though a record names it; run that test again")
    predictions = Predictions.read(path)
    if predictions.sha256 != sha256:
        raise UsageError(f"{path}: not the predictions that were recorded; run that test again")
    return predictions
