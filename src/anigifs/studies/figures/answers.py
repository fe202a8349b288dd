"""What a model answered on a set of clips: from predictions files, or from a study's folder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.evaluation import Ranking, read_any
from anigifs.evaluation.metrics import broken_down
from anigifs.foundation import UsageError, read_records
from anigifs.studies.outcomes import RECORDS, latest_tests, outcomes_of
from anigifs.taxonomy import ClassList


@dataclass(frozen=True, eq=False)
class Answers:
    """One model on one set, with one or several seeds.

    Attributes:
        title: What the set is called, or the file.
        rankings: One a seed.
        model: What the model is called; empty where only files are known.
    """

    title: str
    rankings: tuple[Ranking, ...]
    model: str = ""

    @property
    def clips(self) -> int:
        """Clips of the set."""
        return max(len(ranking) for ranking in self.rankings)

    @property
    def counted(self) -> str:
        """The set with its clips, and with the seeds where there are several."""
        seeds = len(self.rankings)
        return f"{self.title}, {self.clips:,} clips{f', {seeds} seeds' if seeds > 1 else ''}"

    @property
    def top1(self) -> float:
        """Share that was answered rightly, the mean over seeds, 0..1."""
        shares = [float(ranking.right_N.mean()) for ranking in self.rankings]
        return sum(shares) / len(shares)

    @property
    def by_class(self) -> dict[str, float]:
        """Top-1 of each true class, the mean over seeds, 0..1."""
        found: dict[str, list[float]] = {}
        for ranking in self.rankings:
            for label, places in broken_down(ranking, "class").items():
                found.setdefault(label, []).append(float(ranking.right_N[places].mean()))
        return {label: sum(shares) / len(shares) for label, shares in found.items()}


def from_files(paths: Sequence[Path], classes: ClassList | None = None) -> Answers:
    """Read predictions files of one set, one a seed.

    Args:
        paths: Our own files, or another model's; see :func:`anigifs.evaluation.read_foreign`.
        classes: Of another model's logits.

    Raises:
        UsageError: One cannot be read, or holds no clips.
    """
    rankings = []
    for path in paths:
        said = read_any(path, classes)[0]
        rankings.append(said if isinstance(said, Ranking) else said.ranking())
        if not len(rankings[-1]):
            raise UsageError(f"{path}: predictions of no clips")
    return Answers(Path(paths[0]).stem, tuple(rankings))


def from_study(folder: Path, model: str | None, of_set: str) -> Answers:
    """Read the tests of a study's or a sweep's folder, all seeds of them.

    Args:
        folder: Holds ``records.jsonl`` or ``records/``, and the predictions that they name.
        model: Key of the model, such as ``erm``; None where there is but one.
        of_set: Key of the set, such as ``cartoon-dev``.

    Raises:
        UsageError: There are no such tests, or predictions are not those that were recorded.
    """
    tests = latest_tests(_records(folder))
    if not tests:
        raise UsageError(f"{folder}: holds no tests; name the folder of a study or a sweep")
    models = list(dict.fromkeys(str(test.get("model")) for test in tests))
    model = models[0] if model is None and len(models) == 1 else model
    if model not in models:
        raise UsageError(f"{folder}: no model {model!r}; say --model, one of {', '.join(models)}")
    own = [test for test in tests if test.get("model") == model]
    wanted = [test for test in own if test.get("set") == of_set]
    if not wanted:
        sets = ", ".join(dict.fromkeys(str(test.get("set")) for test in own))
        raise UsageError(f"{folder}: {model} was not tested on {of_set!r}; there are {sets}")
    outcomes = outcomes_of(wanted, folder, folder)
    first = outcomes[0]
    return Answers(first.set_title, tuple(one.ranking for one in outcomes), first.model_title)


def _records(folder: Path) -> Iterable[Mapping[str, Any]]:
    """Yield the tests of a study, or of a sweep, which has a file for each run and seed."""
    yield from read_records(folder / RECORDS)
    for path in sorted((folder / "records").glob("*.json")):
        try:
            record = dict(json.loads(path.read_text()))
            tests = [dict(test) for test in record["tests"]]
            of_run = {"model": record["run"], "seed": record["seed"]}
        except (ValueError, TypeError, KeyError):
            raise UsageError(f"{path}: no record of a sweep's run; remove it") from None
        yield from ({**test, **of_run} for test in tests)
