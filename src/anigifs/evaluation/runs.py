"""One evaluation as one line: what was measured, on what, with what, by which code."""

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from anigifs.evaluation.accuracy import score
from anigifs.evaluation.calibration import calibration
from anigifs.evaluation.predictions import Predictions

PACKAGES = ("anigifs", "torch", "numpy", "pillow", "av", "opencv-python-headless")


def evaluation_record(
    predictions: Predictions,
    *,
    seed: int,
    sampler: str,
    preset: str,
    index_hash: str,
    weights_hash: str,
) -> dict[str, Any]:
    """Return the line of ``records.jsonl`` that belongs to a predictions file."""
    index_of = {name: index for index, name in enumerate(predictions.classes)}
    found = score(predictions.logits_NK, predictions.labels, index_of)
    calibrated = calibration(predictions.ranking())
    return {
        "n": found.n,
        "top1": found.top1,
        "top5": found.top5,
        "mean_class": found.mean_class,
        "cross_entropy": None if calibrated is None else calibrated.nll,
        "domains": sorted(set(predictions.domains)),
        "seed": seed,
        "sampler": sampler,
        "preset": preset,
        "index_hash": index_hash,
        "weights_hash": weights_hash,
        "predictions_hash": predictions.sha256,
        "versions": versions(),
        "commit": commit(),
    }


def versions() -> dict[str, str]:
    """Return the installed versions of what can change a figure."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


@cache
def commit() -> str | None:
    """Return the commit of the code, with ``+`` where files were changed; None outside git."""
    folder = Path(__file__).parent
    try:
        head = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{head}+" if changed else head


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
