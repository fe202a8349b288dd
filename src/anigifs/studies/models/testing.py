"""Every model on every set, once: what is recorded is not tested again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.foundation import append_record, read_records
from anigifs.index import Index
from anigifs.studies.models.config import rows_of
from anigifs.studies.models.contestants import Contestant
from anigifs.studies.outcomes import RECORDS, Outcome, outcomes_of
from anigifs.studies.sweep.watching import Watcher
from anigifs.studies.testing import ClipSet, has_predictions, tested
from anigifs.training.config import Sampler

if TYPE_CHECKING:
    from torch import Tensor, nn

    from anigifs.evaluation.on_index import IndexTest
    from anigifs.models import Classifier

STUDY, PREDICTIONS = "models", "predictions"
SAMPLER: Sampler = "whole"
_PREFIX = 8
#: A model's key and a set's.
Key = tuple[str, str]


@dataclass(frozen=True)
class Test:
    """One model on one set.

    Attributes:
        model: The model.
        of_set: The clips.
        clips: How many.
        rows_hash: Identity of their rows.
    """

    __test__ = False  # pytest takes its name for a test's

    model: Contestant
    of_set: ClipSet
    clips: int
    rows_hash: str

    @property
    def key(self) -> Key:
        """The model's key, and the set's."""
        return self.model.key, self.of_set.key

    @property
    def preset(self) -> str:
        """Frames x size, as records have it."""
        return f"{self.model.record.frames} x {self.model.record.size}"

    @property
    def cost(self) -> float:
        """Pixels that are looked at; how long it takes, roughly, beside other tests."""
        return float(self.clips * self.model.record.frames * self.model.record.size**2)

    def on_index(self, index: Path, store: Path) -> "IndexTest":
        """Return the test as an evaluation takes it.

        Args:
            index: The index file.
            store: Where prepared clips are kept.
        """
        from anigifs.clips import Geometry
        from anigifs.evaluation.on_index import IndexTest

        one, record = self.of_set, self.model.record
        geometry = Geometry(record.frames, record.size)
        return IndexTest(
            index, one.domain, one.split, geometry, SAMPLER, (0, 0, 0), store, one.styles
        )


def tests_of(
    models: Sequence[Contestant], sets: Sequence[ClipSet], index: Index
) -> tuple[Test, ...]:
    """Return every model on every set; a model's tests follow one another."""
    rows = [(one, rows_of(index, one)) for one in sets]
    return tuple(
        Test(model, one, len(part), part.identity) for model in models for one, part in rows
    )


def run_tests(
    tests: Sequence[Test], index: Path, out: Path, store: Path, watcher: Watcher
) -> tuple[Outcome, ...]:
    """Run the tests that no record is of, and return what all found.

    Args:
        tests: From :func:`tests_of`.
        index: The index file.
        out: The folder of records and predictions.
        store: Where prepared clips are kept.
        watcher: Told how far it is.

    Raises:
        AnigifsError: A model cannot be loaded, or no clip can be read.
    """
    done = _recorded(tests, out)
    missing = [one for one in tests if one.key not in done]
    for one, line in _run(missing, index, out, store, watcher):
        append_record(out / RECORDS, line)
        done[one.key] = line
    return outcomes_of([_titled(one, done[one.key]) for one in tests], out, out / RECORDS)


def _recorded(tests: Sequence[Test], out: Path) -> dict[Key, Mapping[str, Any]]:
    """Return the records of tests whose predictions are there; the last of each counts."""
    lines = [one for one in read_records(out / RECORDS) if one.get("study") == STUDY]
    found: dict[Key, Mapping[str, Any]] = {}
    for test in tests:
        for line in reversed(lines):
            if _is_of(line, test) and has_predictions(out, line):
                found[test.key] = line
                break
    return found


def _is_of(line: Mapping[str, Any], test: Test) -> bool:
    weights_hash, settings_hash = test.model.identity
    wanted = {
        "set": test.of_set.key,
        "rows_hash": test.rows_hash,
        "weights_hash": weights_hash,
        "settings_hash": settings_hash,
        "preset": test.preset,
        "sampler": SAMPLER,
    }
    return all(line.get(name) == value for name, value in wanted.items())


def _run(
    tests: Sequence[Test], index: Path, out: Path, store: Path, watcher: Watcher
) -> Iterator[tuple[Test, dict[str, Any]]]:
    """Test model by model, each loaded once, and yield the records."""
    from anigifs.models import load_classifier, ready_classifier
    from anigifs.models.backbones import PROMPTS

    all_told = sum(one.cost for one in tests)
    before, loaded = 0.0, ("", "")
    for number, test in enumerate(tests, start=1):
        one = test.model
        title = f"{one.key} on {test.of_set.title}"
        watcher.say(f"{title}: begun ({number} of {len(tests)})")
        if loaded != one.identity:
            prompts = one.record.prompts or PROMPTS
            model, weights = load_classifier(one.weights, one.asked, prompts)
            fast, loaded = ready_classifier(model), one.identity

        def tell(clips: int, test: Test = test, title: str = title, before: float = before) -> None:
            share = (before + test.cost * min(1.0, clips / test.clips)) / all_told
            watcher.update(title, clips, test.clips, share)

        on_index = test.on_index(index, store)
        watched = Counted(fast, tell)
        watch = watcher.watch("preparing clips")
        file = Path(PREDICTIONS) / f"{one.key}-{_short(one)}-{test.of_set.key}.parquet"
        line = tested(on_index, (watched, weights), out, file, _about(test), watch)
        before += test.cost
        yield test, line


def _about(test: Test) -> dict[str, Any]:
    one = test.model.record
    return {
        "study": STUDY,
        "model": test.model.key,
        "model_title": test.model.key,
        "set": test.of_set.key,
        "set_title": test.of_set.title,
        "architecture": one.architecture,
        "settings_hash": one.settings_sha256,
        "preprocessing": one.preprocessing,
        "prompts": list(one.prompts),
        "licence": one.licence,
        **({"transformers": version("transformers")} if one.settings_sha256 else {}),
    }


def _titled(test: Test, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record under the names that the study has now."""
    key = test.model.key
    return {**line, "model": key, "model_title": key, "set_title": test.of_set.title}


def _short(one: Contestant) -> str:
    return "-".join(part[:_PREFIX] for part in one.identity if part)


class Counted:
    """A network that tells how many clips it has seen; otherwise it is the one that it was."""

    def __init__(self, model: "Classifier", tell: Callable[[int], None]) -> None:
        self._model, self._tell, self._clips = model, tell, 0

    def __call__(self, clips_BTHWC: "Tensor", /) -> "tuple[Tensor, dict[str, Tensor]]":
        """Return what the network does."""
        answer = self._model(clips_BTHWC)
        self._clips += len(clips_BTHWC)
        self._tell(self._clips)
        return answer

    def parameters(self, recurse: bool = True) -> "Iterator[nn.Parameter]":
        """Yield those of the network."""
        return self._model.parameters(recurse)
