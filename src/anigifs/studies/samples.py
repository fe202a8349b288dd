"""A few clips of each set with what was said of them, to be looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anigifs.foundation import MediaError, generator
from anigifs.media import Format, sniff
from anigifs.studies.outcomes import Outcome
from anigifs.studies.strips import strip

GIF_BYTES = 150_000


@dataclass(frozen=True)
class Sample:
    """One clip, and what a model said of it.

    Attributes:
        of_set: Key of its set.
        label: What it shows.
        answer: What the model said.
        confidence: Probability that the model gave to its answer, 0..1; None where unknown.
        right: Whether that is so.
        png: Some of its frames side by side; None where it could not be read.
        gif: The file itself, where it is a small GIF.
        error: Why there is no picture.
    """

    of_set: str
    label: str
    answer: str
    confidence: float | None
    right: bool
    png: bytes | None
    gif: bytes | None = None
    error: str = ""


def choose_samples(
    outcomes: Iterable[Outcome],
    model: str,
    files: Mapping[str, Path],
    *,
    per_set: int = 4,
    seed: int = 0,
) -> tuple[Sample, ...]:
    """Return clips of every set, drawn by lot: half of them answered wrongly, if there are so many.

    Of a model with several seeds, the answers of the first are shown.

    Args:
        outcomes: The tests.
        model: Whose answers to show.
        files: Where each clip lies, by its id.
        per_set: How many clips of a set, at most.
        seed: The same seed draws the same clips.
    """
    shown: dict[str, Outcome] = {}
    for one in outcomes:
        if one.model == model:
            shown.setdefault(one.set, one)
    return tuple(
        _sample(one, place, files)
        for one in shown.values()
        for place in _drawn(one.ranking.right_N, per_set, generator(seed, "samples", one.set))
    )


def _drawn(right_N: np.ndarray, count: int, rng: np.random.Generator) -> Sequence[int]:
    """Return places of clips, those of right answers first."""
    right = rng.permutation(np.flatnonzero(right_N)).tolist()
    wrong = rng.permutation(np.flatnonzero(~right_N)).tolist()
    wrongs = min(len(wrong), max(count // 2, count - len(right)))
    return [*right[: count - wrongs], *wrong[:wrongs]]


def _sample(one: Outcome, place: int, files: Mapping[str, Path]) -> Sample:
    ranking = one.ranking
    confidence_N = ranking.confidence_N
    path = files.get(ranking.clip_ids[place])
    png, gif, error = _picture(path)
    return Sample(
        of_set=one.set,
        label=ranking.labels[place],
        answer=ranking.answers[place],
        confidence=None if confidence_N is None else float(confidence_N[place]),
        right=bool(ranking.right_N[place]),
        png=png,
        gif=gif,
        error=error,
    )


def _picture(path: Path | None) -> tuple[bytes | None, bytes | None, str]:
    if path is None:
        return None, None, "its file is not known"
    try:
        small = sniff(path) == Format.GIF and path.stat().st_size <= GIF_BYTES
        return strip(path), path.read_bytes() if small else None, ""
    except MediaError as error:
        return None, None, str(error)
