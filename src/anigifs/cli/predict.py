"""``anigifs predict``: what a model says of GIFs and videos."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.options import BACKGROUNDS, ClipOptions, ModelOptions
from anigifs.cli.output import percent, print_envelope, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.evaluation.predict import FilePrediction


@dataclass(frozen=True)
class Predict:
    """Name the most likely actions in GIFs and videos.

    Example: anigifs predict dance.gif clips/ --top 3
    """

    files: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE...")]
    """GIF, WebP, APNG, MP4, MOV, MKV, WebM or AVI files, or folders of them."""
    top: Annotated[int, tyro.conf.arg(metavar="K")] = 5
    """How many actions to name for each file."""
    model: ModelOptions = field(default_factory=ModelOptions)
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
        geometry = self.clip.geometry()
        paths = media_files(self.files)
        answers = self._answers(paths, geometry)
        results = []
        for answer in with_progress(answers, len(paths), "predicting"):
            results.append(answer)
            if not self.json:
                print(_for_people(answer), flush=True)
        failed = [result for result in results if result["error"] is not None]
        if self.json:
            summary = {"files": len(results), "failed": len(failed)}
            print_envelope(results, summary)
        elif len(results) > 1 and failed:
            print(f"{len(results) - len(failed)} of {len(results)} files answered")
        named = {str(path) for path in self.files}
        return 2 if failed and (self.strict or any(f["file"] in named for f in failed)) else 0

    def _answers(self, paths: list[Path], geometry: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        from anigifs.evaluation.predict import predict_files

        model, record = self.model.load()
        background = BACKGROUNDS[self.clip.background]
        for prediction in predict_files(model, paths, geometry, self.clip.sampler, background):
            yield _result(prediction, record.classes, self.top)


def _result(prediction: "FilePrediction", classes: tuple[str, ...], top: int) -> dict[str, Any]:
    from anigifs.evaluation.predict import probabilities

    info, logits_K = prediction.info, prediction.logits_K
    if info is None or logits_K is None:
        return {
            "file": str(prediction.path),
            "predictions": [],
            "warnings": [],
            "error": prediction.error,
            "frames": None,
            "duration_ms": None,
            "size": None,
        }
    shares = probabilities(logits_K)
    order = (-shares).argsort(kind="stable")[:top]
    return {
        "file": str(prediction.path),
        "predictions": [
            {"label": classes[index], "probability": round(float(shares[index]), 6)}
            for index in order
        ],
        "warnings": list(info.warnings),
        "error": None,
        "frames": info.frames,
        "duration_ms": round(info.duration_ms, 3),
        "size": [info.width, info.height],
    }


def _for_people(result: dict[str, Any]) -> str:
    if result["error"] is not None:
        return f"{result['error']}\n"
    width, height = result["size"]
    seconds = result["duration_ms"] / 1000
    frames = "1 frame" if result["frames"] == 1 else f"{result['frames']} frames"
    lines = [f"{result['file']}  {frames}, {seconds:.2f} s, {width} x {height}"]
    lines += [f"  ! {warning}" for warning in result["warnings"]]
    lines += [
        f"  {percent(one['probability']):>7}  {one['label']}" for one in result["predictions"]
    ]
    return "\n".join(lines) + "\n"
