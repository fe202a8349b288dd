"""``anigifs evaluate``: how good a model is on a folder of labelled files."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.options import BACKGROUNDS, ClipOptions, ModelOptions
from anigifs.cli.output import percent, print_envelope, warn, with_progress

if TYPE_CHECKING:
    from anigifs.evaluation import Coverage, Score
    from anigifs.evaluation.predict import FilePrediction
    from anigifs.models import WeightsRecord

READINGS = {
    ("all", "model"): "all clips, any class of the model",
    ("all", "data"): "all clips, only the data's classes",
    ("covered", "model"): "clips of known classes, any class of the model",
    ("covered", "data"): "clips of known classes, only the data's classes",
}


@dataclass(frozen=True)
class Evaluate:
    """Score a model on a folder that has one folder a class.

    Example: anigifs evaluate clips/ --labels kinetics-600
    """

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """A folder such as clips/, with clips/juggling balls/a.gif in it."""
    labels: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="LIST",
            help="The class list that the folder names come from, such as kinetics-600; a folder "
            "that is not in it is then an error. By default they are matched with the model's own "
            "classes.",
        ),
    ] = None
    model: ModelOptions = field(default_factory=ModelOptions)
    clip: ClipOptions = field(default_factory=ClipOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any file could not be read."""

    def run(self) -> int:
        """Predict every file, score, and print."""
        from anigifs.evaluation import cover, labelled_files
        from anigifs.models.weights import find

        files = labelled_files(self.folder)
        geometry = self.clip.geometry()
        record, _ = find(self.model.weights)
        coverage = cover(files, record.classes, record.taxonomy, self.labels)
        predictions = self._predict(files, geometry)
        label_of = {path: coverage.name_of[name] for name in files for path in files[name]}
        scores = _scores(predictions, label_of, coverage)
        results = [_result(one, label_of[one.path], coverage, record) for one in predictions]
        failed = sum(one.error is not None for one in predictions)
        if self.json:
            print_envelope(results, self._summary(record, coverage, scores, failed))
        else:
            _print_for_people(results, coverage, scores)
        return 2 if failed and self.strict else 0

    def _predict(self, files: dict[str, list[Path]], geometry: Any) -> "list[FilePrediction]":  # noqa: ANN401
        from anigifs.evaluation.predict import predict_files

        model, _ = self.model.load()
        paths = [path for folder in files.values() for path in folder]
        background = BACKGROUNDS[self.clip.background]
        predictions = predict_files(model, paths, geometry, self.clip.sampler, background)
        return list(with_progress(predictions, len(paths), "evaluating"))

    def _summary(
        self, record: "WeightsRecord", coverage: "Coverage", scores: "list[Score]", failed: int
    ) -> dict[str, Any]:
        return {
            "weights": record.name,
            "weights_sha256": record.sha256,
            "labels": self.labels,
            "sampler": self.clip.sampler,
            "frames": self.clip.frames,
            "size": self.clip.size,
            "resize_side": self.clip.resize_side,
            "background": self.clip.background,
            "scores": [asdict(score) for score in scores],
            "uncovered_classes": list(coverage.uncovered),
            "failed": failed,
        }


def _scores(
    predictions: "list[FilePrediction]", label_of: dict[Path, str], coverage: "Coverage"
) -> "list[Score]":
    import numpy as np

    from anigifs.evaluation import score_all_readings
    from anigifs.foundation import UsageError

    read = [(one.logits_K, label_of[one.path]) for one in predictions if one.logits_K is not None]
    if not read:
        raise UsageError(
            f"none of the {len(predictions)} files can be read: {predictions[0].error}"
        )
    logits_NK = np.stack([logits_K for logits_K, _ in read])
    return score_all_readings(logits_NK, [label for _, label in read], coverage.index_of)


def _result(
    prediction: "FilePrediction", label: str, coverage: "Coverage", record: "WeightsRecord"
) -> dict[str, Any]:
    answer = None
    if prediction.logits_K is not None:
        answer = int(prediction.logits_K.argmax())
    return {
        "file": str(prediction.path),
        "label": label,
        "covered": label in coverage.index_of,
        "prediction": None if answer is None else record.classes[answer],
        "correct": None if answer is None else answer == coverage.index_of.get(label),
        "warnings": list(prediction.info.warnings) if prediction.info else [],
        "error": prediction.error,
    }


def _print_for_people(
    results: list[dict[str, Any]], coverage: "Coverage", scores: "list[Score]"
) -> None:
    for result in results:
        if result["error"] is not None:
            warn(result["error"])
    if coverage.uncovered:
        count = len(coverage.uncovered)
        classes = "1 class" if count == 1 else f"{count} classes"
        warn(f"{classes} that the model does not know: {', '.join(coverage.uncovered)}")
    print(f"{'':48} {'n':>6} {'classes':>8} {'top-1':>8} {'top-5':>8} {'mean-class':>11}")
    for score in scores:
        print(
            f"{READINGS[score.clips, score.classes]:48} {score.n:6} {score.classes_n:8} "
            f"{percent(score.top1):>8} {percent(score.top5):>8} {percent(score.mean_class):>11}"
        )
    failed = sum(result["error"] is not None for result in results)
    if failed:
        print(f"{failed} of {len(results)} files could not be read and were not scored")
