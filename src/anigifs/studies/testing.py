"""One test of a study: a model on a set of clips, and its predictions beside its record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.foundation import UsageError
from anigifs.training.config import Sampler, TrainConfig

if TYPE_CHECKING:
    from anigifs.clips.preparing import Watch
    from anigifs.evaluation.on_index import IndexTest
    from anigifs.evaluation.test_time import TestTime
    from anigifs.models import Classifier, WeightsRecord


@dataclass(frozen=True)
class ClipSet:
    """Clips of an index that models are tested on.

    Attributes:
        key: Its name in records.
        title: What a table calls it.
        domain: Rows of this domain only; None takes all.
        split: Rows of this split only; None takes all.
        styles: Rows of these styles only; none named takes all.
        sampler: Which frames of a clip are shown; None are those that the model was trained with.
        shift: A synthetic shift that each clip is shown under, of
            :data:`anigifs.transforms.shifts.SHIFTS`; None shows them as they are.
        curve: Whether it is taken by the snapshots of a run, too, for a learning curve.
    """

    key: str
    title: str
    domain: str | None
    split: str | None
    styles: tuple[str, ...] = ()
    sampler: Sampler | None = None
    shift: str | None = None
    curve: bool = False

    @property
    def described(self) -> dict[str, Any]:
        """All that decides what is shown to a model, as JSON can hold it; the title does not.

        What came later is left out where it is the usual, so that sets keep their hash.
        """
        said = {name: value for name, value in asdict(self).items() if name != "title"}
        usual = {name for name in ("sampler", "shift", "curve") if not said[name]}
        return {name: value for name, value in said.items() if name not in usual}


def index_test(
    config: TrainConfig,
    of_set: ClipSet,
    index: Path,
    store: Path,
    test_time: "TestTime | None" = None,
) -> "IndexTest":
    """Return a test by the size that a model was trained with, and by its frames or the set's own.

    Args:
        config: Of the model's training.
        of_set: The clips.
        index: The index that lists them.
        store: Where prepared clips are kept.
        test_time: How the model adapts while it is tested.
    """
    from anigifs.clips import GEOMETRIES
    from anigifs.evaluation.on_index import IndexTest

    return IndexTest(
        index=index,
        domain=of_set.domain,
        split=of_set.split,
        geometry=GEOMETRIES[config.preset],
        sampler=of_set.sampler or config.sampler,
        background=(0, 0, 0),
        store=store,
        styles=of_set.styles,
        shift=of_set.shift,
        test_time=test_time,
        precision=config.precision,
    )


def tested(
    test: "IndexTest",
    model: "tuple[Classifier, WeightsRecord]",
    out: Path,
    file: Path,
    about: Mapping[str, Any],
    watch: "Watch" = lambda outcomes, total: outcomes,  # noqa: PT028 - this is no test function
) -> dict[str, Any]:
    """Test a model, write its predictions, and return the record of the test.

    Args:
        test: On what, and how.
        model: The network, ready to classify, and the record of its weights.
        out: The folder of the study.
        file: Of the predictions, relative to ``out``.
        about: What the record says besides, such as the model's key and the set's.
        watch: Sees the clips that are prepared for it.
    """
    from anigifs.evaluation.on_index import evaluate_index

    predictions, record, _ = evaluate_index(test, *model, watch)
    predictions.write(out / file)
    return {**record, **about, "predictions": file.as_posix()}


def has_predictions(out: Path, record: Mapping[str, Any]) -> bool:
    """Return whether the predictions of a recorded test are there, and those that were recorded."""
    from anigifs.evaluation import Predictions

    try:
        found = Predictions.read(out / str(record["predictions"]))
    except (UsageError, OSError):
        return False
    return bool(found.sha256 == record["predictions_hash"])
