"""Files through a model: decoding runs ahead in threads while the model computes."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from anigifs.clips import PAPER, Clip, Geometry, Sampler, load_clip
from anigifs.foundation import MediaError
from anigifs.media import MediaInfo
from anigifs.models import Classifier

AHEAD = 2  # clips decoded before they are needed: enough to hide decoding, and 12 MB


@dataclass(frozen=True)
class FilePrediction:
    """What a model says of one file: logits, or the reason why there are none.

    Attributes:
        path: The file.
        logits_K: float32, one a class; None where the file could not be answered.
        info: What the file is; None where it could not be answered.
        error: One line, where it could not be answered.
    """

    path: Path
    logits_K: np.ndarray | None = None
    info: MediaInfo | None = None
    error: str | None = None


def predict_files(
    model: Classifier,
    paths: Iterable[Path],
    geometry: Geometry = PAPER,
    sampler: Sampler = "whole",
    background: tuple[int, int, int] = (0, 0, 0),
) -> Iterator[FilePrediction]:
    """Yield a prediction for each file, in order; a file that cannot be read carries its error.

    Args:
        model: In evaluation mode; :func:`anigifs.models.for_inference` makes it fast.
        paths: GIFs, WebPs, APNGs and videos.
        geometry: Number of frames, size and crop.
        sampler: Which frames.
        background: RGB shown by transparent pixels.
    """

    def load(path: Path) -> Clip:
        return load_clip(path, geometry, sampler, background=background)

    todo = iter(paths)
    with ThreadPoolExecutor(1, "decode") as pool:
        waiting: deque[tuple[Path, Future[Clip]]] = deque()
        while True:
            while len(waiting) <= AHEAD and (path := next(todo, None)) is not None:
                waiting.append((path, pool.submit(load, path)))
            if not waiting:
                return
            path, future = waiting.popleft()
            try:
                clip = future.result()
            except MediaError as error:
                yield FilePrediction(path, error=str(error))
            else:
                yield FilePrediction(path, _logits(model, clip), clip.info)


def probabilities(logits_K: np.ndarray) -> np.ndarray:
    """Return the softmax of a row of logits.

    Example:
        >>> probabilities(np.array([0.0, 0.0])).tolist()
        [0.5, 0.5]
    """
    powers = np.exp(logits_K - logits_K.max())
    return np.asarray(powers / powers.sum())


def _logits(model: Classifier, clip: Clip) -> np.ndarray:
    with torch.inference_mode():
        logits_BK, _ = model(torch.from_numpy(clip.frames_THWC)[None])
    return np.asarray(logits_BK[0].float().numpy())
