"""``anigifs evaluate``: how good a model is on a folder of labelled files."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.options import (
    BACKGROUNDS,
    ClassifierOptions,
    ClipOptions,
    other_processes,
    warn_of_untrained,
    weights_described,
)
from anigifs.cli.output import percent, print_envelope, warn, while_preparing, with_progress
from anigifs.cli.predict import best
from anigifs.foundation import UsageError, append_record, home

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.evaluation import Coverage, Score
    from anigifs.evaluation.predict import FilePrediction
    from anigifs.models import Classifier

TOP = 5
READINGS = {
    ("all", "model"): "all clips",
    ("all", "data"): "all clips, answers within the data",
    ("covered", "model"): "known classes",
    ("covered", "data"): "known classes, answers within them",
}


@dataclass(frozen=True)
class Evaluate:
    """Score a model on a folder that has one folder a class, or on an index.

    The model is asked in this process, with all cores, unless --workers or --executor is given.
    On an index it can be stopped at any moment: called again, it goes on from there.

    Example: anigifs evaluate clips/ --labels kinetics-600
    """

    data: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER|INDEX")]
    """A folder such as clips/, with clips/juggling balls/a.gif in it, or an index of clips."""
    labels: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="LIST",
            help="The class list that the folder names come from, such as kinetics-600, or a file "
            "with a name a line; a folder that is not in it is then an error. By default they are "
            "matched with the model's own classes.",
        ),
    ] = None
    model: ClassifierOptions = field(default_factory=ClassifierOptions)
    clip: ClipOptions = field(default_factory=ClipOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any file could not be read."""
    domain: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Of an index: rows of this domain only."""
    split: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Of an index: rows of this split only."""
    style: tuple[str, ...] = ()
    """Of an index: rows of these styles only."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """With an index: where predictions and a line in records.jsonl go, such as a run."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    """With an index: who asks the model."""

    def run(self) -> int:
        """Predict, score, and print; exit code 2 where nothing could be read."""
        if self.data.is_file():
            return self._run_on_index()
        if self.domain or self.split or self.style or self.out:
            options = "--domain, --split, --style and --out"
            raise UsageError(f"{options} are for an index, not for a folder")
        if other_processes(self.work) is not None:
            raise UsageError("--workers and --executor are for an index, not for a folder")
        return self._run_on_folder()

    def _run_on_index(self) -> int:
        from anigifs.evaluation import score_all_readings
        from anigifs.evaluation.on_index import IndexTest, evaluate_index
        from anigifs.evaluation.pretraining import Pretraining, pretraining_words
        from anigifs.index import Index
        from anigifs.models.backbones import asked_of

        if self.labels is not None:
            raise UsageError("--labels is for a folder; an index states its own class list")
        index = Index.read(self.data)
        of_data = asked_of(index.taxonomy, index.labels)
        weights = self.model.find_classifier(of_data)
        geometry = self.clip.geometry(weights)
        test = IndexTest(
            self.data,
            self.domain,
            self.split,
            geometry,
            self.clip.sampler,
            BACKGROUNDS[self.clip.background],
            home() / "prepared",
            self.style,
        )
        executor = other_processes(self.work)
        loading = self.model.here(of_data) if executor is None else self.model.elsewhere(of_data)
        predictions, record, coverage = evaluate_index(
            test, loading, weights, while_preparing, executor, preparing=self.work.executor()
        )
        if self.out is not None:
            rows = "-".join([self.domain or "all", self.split or "all", *self.style])
            hashes = [
                weights.sha256[:8],
                *[weights.settings_sha256[:8]] * bool(weights.settings_sha256),
            ]
            # The last says what was shown and how, so that no test takes another's file.
            name = "-".join([rows, *hashes, predictions.sha256[:8]]).replace("/", "_")
            file = Path("predictions") / f"{name}.parquet"
            predictions.write(self.out / file)
            record = {**record, "predictions": file.as_posix()}
            append_record(self.out / "records.jsonl", record)
        places = {weights.classes[place]: place for place in coverage.index_of.values()}
        scores = score_all_readings(predictions.logits_NK, predictions.labels, places)
        warnings = [*warn_of_untrained(weights), *_unknown_classes(coverage)]
        if record["failed"]:
            warnings.append(f"{record['failed']} clips can no longer be read and were not scored")
        if self.json:
            summary = {
                **self.clip.described(geometry),
                "scores": [asdict(score) for score in scores],
            }
            print_envelope([record], summary, warnings)
            return 2 if record["failed"] and self.strict else 0
        for warning in warnings:
            warn(warning)
        _print_table(scores, 0, len(predictions))
        print(fill(pretraining_words(Pretraining.from_json(record["pretraining"])), 80))
        return 2 if record["failed"] and self.strict else 0

    def _run_on_folder(self) -> int:
        from anigifs.evaluation import cover, labelled_files
        from anigifs.evaluation.pretraining import pretraining, pretraining_words
        from anigifs.index.readers.clip_names import clip_of_path
        from anigifs.models.weights import pretraining_of

        files = labelled_files(self.data)
        of_data = self._classes(files)
        record = self.model.find_classifier(of_data)
        geometry = self.clip.geometry(record)
        coverage = cover(files, record.classes, record.taxonomy, self.labels, record.untrained)
        warnings = [*warn_of_untrained(record), *_warnings(self.data, coverage)]
        model, record = self.model.load_classifier(of_data)
        predictions = self._predict(files, geometry, model)
        label_of = {path: coverage.name_of[name] for name in files for path in files[name]}
        results = [
            _result(one, label_of[one.path], coverage, record.classes) for one in predictions
        ]
        clips = [clip_of_path(one.path.as_posix()) for one in predictions if one.error is None]
        videos = [clip.video for clip in clips if clip]
        classes = coverage.name_of.values()
        past = pretraining(classes, videos, pretraining_of(record), self.labels)
        failed = sum(one.error is not None for one in predictions)
        nothing = failed == len(predictions)
        error = f"none of the {failed} files could be read" if nothing else None
        scores = [] if nothing else _scores(predictions, label_of, coverage)
        if self.json:
            summary = {
                **weights_described(record),
                "labels": self.labels,
                **self.clip.described(geometry),
                "scores": [asdict(score) for score in scores],
                "uncovered_classes": list(coverage.uncovered),
                "pretraining": past.to_json(),
                "failed": failed,
            }
            print_envelope(results, summary, warnings, error)
        for line in [*warnings, *(one.error for one in predictions if one.error), error]:
            if line is not None and not self.json:
                warn(line)
        if not self.json and not nothing:
            _print_table(scores, failed, len(results))
            print(fill(pretraining_words(past), 80))
            print("(--json lists every file)")
        return 2 if nothing or (failed and self.strict) else 0

    def _classes(self, folders: Iterable[str]) -> tuple[str, ...]:
        """Return the classes of the data, which a zero-shot model chooses from."""
        if self.labels is None:
            return tuple(folders)
        from anigifs.taxonomy import class_list

        return class_list(self.labels).names

    def _predict(
        self, files: dict[str, list[Path]], geometry: "Geometry", model: "Classifier"
    ) -> "list[FilePrediction]":
        from anigifs.evaluation.predict import predict_files

        paths = [path for folder in files.values() for path in folder]
        background = BACKGROUNDS[self.clip.background]
        predictions = predict_files(model, paths, geometry, self.clip.sampler, background)
        return list(with_progress(predictions, len(paths), "evaluating"))


def _unknown_classes(coverage: "Coverage") -> list[str]:
    if not coverage.uncovered:
        return []
    count = len(coverage.uncovered)
    classes = "1 class" if count == 1 else f"{count} classes"
    return [f"{classes} that the model does not know: {', '.join(coverage.uncovered)}"]


def _warnings(folder: Path, coverage: "Coverage") -> list[str]:
    warnings = _unknown_classes(coverage)
    loose = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    if loose:
        files = "1 file is" if len(loose) == 1 else f"{len(loose)} files are"
        warnings.append(f"{files} in no class folder, and so not looked at")
    return warnings


def _scores(
    predictions: "list[FilePrediction]", label_of: dict[Path, str], coverage: "Coverage"
) -> "list[Score]":
    import numpy as np

    from anigifs.evaluation import score_all_readings

    read = [(one.logits_K, label_of[one.path]) for one in predictions if one.logits_K is not None]
    logits_NK = np.stack([logits_K for logits_K, _ in read])
    return score_all_readings(logits_NK, [label for _, label in read], coverage.index_of)


def _result(
    prediction: "FilePrediction", label: str, coverage: "Coverage", classes: tuple[str, ...]
) -> dict[str, Any]:
    rank, truth = None, coverage.index_of.get(label)
    if prediction.logits_K is not None and truth is not None:
        order = (-prediction.logits_K).argsort(kind="stable").tolist()
        rank = 1 + order.index(truth)
    info = prediction.info
    return {
        "file": str(prediction.path),
        "label": label,
        "covered": label in coverage.index_of,
        "rank": rank,
        "predictions": best(prediction, classes, TOP),
        "warnings": list(info.warnings) if info else [],
        "error": prediction.error,
        "frames": info.frames if info else None,
        "duration_ms": round(info.duration_ms, 3) if info else None,
    }


def _print_table(scores: "list[Score]", failed: int, files: int) -> None:
    print(f"{'':36} {'n':>6} {'classes':>7} {'top-1':>7} {'top-5':>7} {'mean-class':>10}")
    for score in scores:
        shares = (
            f"{percent(score.top1):>7} {percent(score.top5):>7} {percent(score.mean_class):>10}"
        )
        name = READINGS[score.clips, score.classes]
        print(f"{name:36} {score.n:6} {score.classes_n:7} {shares}")
    if failed:
        print(f"{failed} of {files} files could not be read and were not scored")
