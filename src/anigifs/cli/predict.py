"""``anigifs predict``: what a model says of GIFs and videos."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.options import (
    BACKGROUNDS,
    ClassifierOptions,
    ClipOptions,
    warn_of_untrained,
    weights_described,
)
from anigifs.cli.output import percent, print_envelope, printable, warn, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.evaluation.predict import FilePrediction
    from anigifs.models import Classifier, WeightsRecord


@dataclass(frozen=True)
class Predict:
    """Name the most likely actions in GIFs and videos.

    Example: anigifs predict dance.gif clips/ --top 3
    """

    files: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="FILE...", help_behavior_hint=""),
    ]
    """GIF, WebP, APNG, MP4, MOV, MKV, WebM or AVI files, or folders of them."""
    top: Annotated[int, tyro.conf.arg(metavar="K")] = 5
    """How many actions to name for each file."""
    model: ClassifierOptions = field(default_factory=ClassifierOptions)
    clip: ClipOptions = field(default_factory=ClipOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any file inside a folder could not be read, too."""

    def run(self) -> int:
        """Predict and print; exit code 2 where a file named on the command line failed."""
        from anigifs.evaluation import media_files

        if not self.files:
            raise UsageError("name at least one file, as in: anigifs predict dance.gif")
        if self.top < 1:
            raise UsageError(f"--top {self.top}: at least 1")
        geometry = self.clip.geometry(self.model.find_classifier())
        paths = media_files(self.files)
        model, record = self.model.load_classifier()
        warnings = warn_of_untrained(record)
        for warning in warnings:
            warn(warning)
        answers = self._answers(paths, geometry, model, record)
        results = []
        for answer in with_progress(answers, len(paths), "predicting"):
            results.append(answer)
            if not self.json:
                print(_for_people(answer), flush=True)
        failed = [result for result in results if result["error"] is not None]
        if self.json:
            counts = {"files": len(results), "failed": len(failed)}
            summary = {**counts, **weights_described(record), **self.clip.described(geometry)}
            print_envelope(results, summary, warnings)
        elif len(results) > 1 and failed:
            print(f"{len(results) - len(failed)} of {len(results)} files answered")
        named = {str(path) for path in self.files}
        return 2 if failed and (self.strict or any(f["file"] in named for f in failed)) else 0

    def _answers(
        self, paths: list[Path], geometry: "Geometry", model: "Classifier", record: "WeightsRecord"
    ) -> Iterator[dict[str, Any]]:
        from anigifs.evaluation.predict import predict_files

        background = BACKGROUNDS[self.clip.background]
        for prediction in predict_files(model, paths, geometry, self.clip.sampler, background):
            yield _result(prediction, record.classes, self.top)


def _result(prediction: "FilePrediction", classes: tuple[str, ...], top: int) -> dict[str, Any]:
    info = prediction.info
    return {
        "file": str(prediction.path),
        "predictions": best(prediction, classes, top),
        "warnings": list(info.warnings) if info else [],
        "error": prediction.error,
        "frames": info.frames if info else None,
        "duration_ms": round(info.duration_ms, 3) if info else None,
        "size": [info.width, info.height] if info else None,
    }


def best(prediction: "FilePrediction", classes: tuple[str, ...], top: int) -> list[dict[str, Any]]:
    """Return the ``top`` likeliest classes of a file with their probabilities, best first."""
    from anigifs.evaluation.predict import probabilities

    if prediction.logits_K is None:
        return []
    shares_K = probabilities(prediction.logits_K)
    order = (-shares_K).argsort(kind="stable")[:top]
    return [
        {"label": classes[index], "probability": round(float(shares_K[index]), 6)}
        for index in order
    ]


def _for_people(result: dict[str, Any]) -> str:
    if result["error"] is not None:
        return f"{printable(result['error'])}\n"
    width, height = result["size"]
    seconds = result["duration_ms"] / 1000
    frames = "1 frame" if result["frames"] == 1 else f"{result['frames']} frames"
    lines = [f"{printable(result['file'])}  {frames}, {seconds:.2f} s, {width} x {height}"]
    lines += [f"  ! {warning}" for warning in result["warnings"]]
    lines += [
        f"  {percent(one['probability']):>7}  {one['label']}" for one in result["predictions"]
    ]
    return "\n".join(lines) + "\n"
