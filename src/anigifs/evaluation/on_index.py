"""One test: a model on the rows of an index, with a record that says all that it depends on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from anigifs.clips import Geometry, PrepareRule, Sampler, prepare
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.prepared import ClipSource, PreparedClips
from anigifs.clips.preparing import Watch
from anigifs.evaluation.batches import predict_batches, predictions_of
from anigifs.evaluation.coverage import Coverage, cover
from anigifs.evaluation.predictions import Predictions
from anigifs.evaluation.pretraining import pretraining
from anigifs.evaluation.runs import evaluation_record
from anigifs.evaluation.shards import LOGITS, Shards, Showing, shifted_batch
from anigifs.evaluation.test_time import BATCH as ADAPTED_BATCH
from anigifs.evaluation.test_time import TestTime, TestTimeAdapted
from anigifs.foundation import UsageError, append_record, generator
from anigifs.foundation.work import Executor, Local
from anigifs.index import CUSTOM, Index, Row, distinct
from anigifs.index.readers.coverage import hash_of_sources
from anigifs.models import I3D, Classifier, Loading, WeightsRecord
from anigifs.models.inference import Precision, precision_here
from anigifs.models.weights import pretraining_of

BATCH = 4
LEDGER = "ledger.jsonl"


@dataclass(frozen=True)
class IndexTest:
    """What to test on, and how.

    Attributes:
        index: Path of the index.
        domain: Rows of this domain only; None takes all.
        split: Rows of this split only; None takes all.
        styles: Rows of these styles only; none named takes all.
        geometry: Frames, size and crop.
        sampler: Which of the kept frames.
        background: RGB shown by transparent pixels.
        store: Where prepared clips are kept; those that are missing are made first.
        shift: A synthetic shift that each clip is shown under, of
            :data:`anigifs.transforms.shifts.SHIFTS`; None shows them as they are.
        test_time: How the model adapts to the clips while it is tested; None leaves it as it is.
        precision: In which a model that is handed over ready computes; how one is loaded says that
            itself.
    """

    index: Path
    domain: str | None
    split: str | None
    geometry: Geometry
    sampler: Sampler
    background: tuple[int, int, int]
    store: Path
    styles: tuple[str, ...] = ()
    shift: str | None = None
    test_time: TestTime | None = None
    precision: Precision = "auto"

    @property
    def batch_size(self) -> int:
        """Clips that the model is shown together."""
        if self.sampler in ("dense", "native"):  # whose clips differ in length
            return 1
        return BATCH if self.test_time is None else ADAPTED_BATCH


def frames_kept(sampler: Sampler, rows: Sequence[Row]) -> int:
    """Return how many frames prepared clips must keep for a sampler to see what it should.

    ``whole`` samples in time, and does so from 64 as well; the others count frames, so clips must
    not have been thinned.
    """
    usual = PrepareRule().max_frames
    if sampler == "whole":
        return usual
    return max([usual, *(row.frames or 0 for row in rows)])


def sources_of(rows: Iterable[Row], index: Path | str) -> list[ClipSource]:
    """Return where the clips of an index are to be found, to be prepared."""
    root = Path(index).absolute().parent
    return [
        ClipSource(row.clip_id, root / row.path, row.start_ms, row.end_ms, row.sha256)
        for row in rows
        if row.path is not None
    ]


def evaluate_index(
    test: IndexTest,
    model: Classifier | Loading,
    weights: WeightsRecord,
    watch: Watch,
    executor: Executor | None = None,
    preparing: Executor = Local(),
) -> tuple[Predictions, dict[str, Any], Coverage]:
    """Predict the decoded rows of an index and enter the test in the ledger beside it.

    Labels that the model knows under another name stand under the model's in the predictions.
    A model that adapts while it is tested must not be folded; it is left as it is.

    Args:
        test: What to test on, and how.
        model: The model, or how it is loaded. With the latter the test can be stopped at any
            moment and another call of the same goes on from there.
        weights: The record of its weights.
        watch: Sees the clips that are prepared.
        executor: Shows the clips to the model, for which ``model`` must say how it is loaded; None
            is this process. For the same number of threads the numbers are the same bits.
        preparing: Prepares the clips; processes of this machine by default.

    Returns:
        The predictions, the record of the test, and which classes the model knows.

    Raises:
        UsageError: There are no such rows, or none of their files can be read any more; or an
            executor cannot do this test.
        AnigifsError: Clips could not be shown to the model.
    """
    if executor is not None:
        _check_can_be_cut(test, model)
    index = Index.read(test.index)
    kept = index.filter(**_wanted(test))
    rows = distinct(kept.rows(), test.index)
    if not rows:
        asked = ", ".join(f"{name} {value!r}" for name, value in _wanted(test).items())
        raise UsageError(f"{test.index}: no rows of {asked}")
    labels = sorted({row.label for row in rows})
    taxonomy = None if index.taxonomy == CUSTOM else index.taxonomy
    coverage = cover(labels, weights.classes, weights.taxonomy, taxonomy, weights.untrained)
    prepared, errors = _prepared(test, rows, watch, preparing)
    rows = tuple(row for row in rows if row.clip_id in prepared)
    if not rows:
        raise UsageError(f"{test.index}: none of its clips can be read: {errors[0]}")
    shards = None
    if isinstance(model, Loading) and test.test_time is None:
        shards = _shards(test, model, weights, prepared.rule, rows)
        predictions = _gathered(shards, executor, rows, weights)
    else:
        network = model.load() if isinstance(model, Loading) else model
        predictions = _predicted(test, network, weights, prepared, rows)
    known = {name: weights.classes[place] for name, place in coverage.index_of.items()}
    predictions = replace(
        predictions,
        labels=tuple(known.get(name, name) for name in predictions.labels),
        classes=_told_apart(weights),
    )
    record = {
        "role": "test",
        "weights": weights.name,
        **weights.settings,
        "precision": precision_here(
            model.precision if isinstance(model, Loading) else test.precision
        ),
        "background": list(test.background),
        "resize_side": test.geometry.resize_side,
        "domain": test.domain,
        "split": test.split,
        "styles": list(test.styles),
        **({"shift": test.shift} if test.shift else {}),
        **({"test_time": test.test_time} if test.test_time else {}),
        "rows_hash": kept.identity,
        "listed": len(index.filter(**{k: v for k, v in _wanted(test).items() if k != "state"})),
        "failed": len(errors),
        "sources_hash": hash_of_sources(row.source for row in rows),
        "pretraining": pretraining(
            labels, [row.group for row in rows], pretraining_of(weights), taxonomy
        ).to_json(),
        **evaluation_record(
            predictions,
            seed=0,
            sampler=test.sampler,
            preset=f"{test.geometry.frames} x {test.geometry.size}",
            index_hash=index.identity,
            weights_hash=weights.sha256,
        ),
    }
    append_record(test.index.parent / LEDGER, record)
    if shards is not None:
        shards.forget()
    return predictions, record, coverage


def _told_apart(weights: WeightsRecord) -> tuple[str, ...]:
    """Return the classes of the answers, so that no label is found in one that nobody trained."""
    return tuple(
        f"{name} (untrained)" if name in weights.untrained else name for name in weights.classes
    )


def _check_can_be_cut(test: IndexTest, model: Classifier | Loading) -> None:
    if test.test_time is not None:
        raise UsageError(
            "a model that adapts while it is tested sees all clips one after the other: test it "
            "in one process, without an executor"
        )
    if not isinstance(model, Loading):
        raise UsageError("other processes load a model themselves: give a Loading of it")


def _predicted(
    test: IndexTest,
    model: Classifier,
    weights: WeightsRecord,
    prepared: PreparedClips,
    rows: Sequence[Row],
) -> Predictions:
    """Show a model that is here all clips, one batch after the other."""
    items = [ClipItem(row.clip_id, 0, row.domain) for row in _in_order(rows, test.test_time)]
    loader = ClipLoader(
        prepared,
        items,
        frames=test.geometry.frames,
        sampler=test.sampler,
        batch_size=test.batch_size,
    )
    batches = (shifted_batch(batch, test.shift) for batch in loader) if test.shift else loader
    if test.test_time:  # a network without BatchNorm, which other kinds have none of, is refused
        model = TestTimeAdapted(cast(I3D, model), test.test_time, test.precision)
    return predict_batches(model, batches, rows, weights.classes)


def _shards(
    test: IndexTest,
    loading: Loading,
    weights: WeightsRecord,
    rule: PrepareRule,
    rows: Sequence[Row],
) -> Shards:
    showing = Showing(
        load=loading.load,
        store=test.store.absolute(),
        rule=rule,
        frames=test.geometry.frames,
        sampler=test.sampler,
        batch_size=test.batch_size,
        shift=test.shift,
        threads=loading.threads,
    )
    hashes = [weights.sha256, weights.settings_sha256]
    about = {"hashes": hashes, "precision": loading.precision}
    return Shards(showing, [row.clip_id for row in rows], about)


def _gathered(
    shards: Shards, executor: Executor | None, rows: Sequence[Row], weights: WeightsRecord
) -> Predictions:
    """Show a model all clips shard by shard, wherever that is done."""
    logits_of = {
        clip_id: logits_K
        for clip_ids, table in shards.answers(executor)
        for clip_id, logits_K in zip(clip_ids, table[LOGITS], strict=True)
    }
    return predictions_of(logits_of, rows, weights.classes)


def _in_order(rows: Sequence[Row], test_time: TestTime | None) -> Sequence[Row]:
    """Return rows in the order in which a model sees them.

    One that adapts sees them mixed: clips of one class together would be normalised to look alike.
    """
    if test_time is None:
        return rows
    return [rows[place] for place in generator(0, "test time").permutation(len(rows))]


def tested_rows(test: IndexTest, index: Index) -> list[Row]:
    """Return the rows of an index that a test is of; there may be none."""
    return list(index.filter(**_wanted(test)).rows())


def rule_of(test: IndexTest, rows: Sequence[Row]) -> PrepareRule:
    """Return the rule by which a test's clips are prepared."""
    return PrepareRule(
        size=test.geometry.size,
        resize_side=test.geometry.resize_side,
        max_frames=frames_kept(test.sampler, rows),
        background=test.background,
    )


def _wanted(test: IndexTest) -> dict[str, Any]:
    wanted = {
        "state": "decoded", "domain": test.domain, "split": test.split, "style": test.styles
    }  # fmt: skip
    return {name: value for name, value in wanted.items() if value}


def _prepared(
    test: IndexTest, rows: tuple[Row, ...], watch: Watch, executor: Executor
) -> tuple[PreparedClips, list[str]]:
    rule = rule_of(test, rows)
    sources = sources_of(rows, test.index)
    errors = prepare(sources, rule, test.store, executor=executor, watch=watch).errors
    return PreparedClips(test.store, rule), list(errors.values())
