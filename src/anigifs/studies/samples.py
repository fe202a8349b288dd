"""Some clips of each set with what every model said of them, to be looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from anigifs.foundation import MediaError, generator
from anigifs.media import Format, sniff
from anigifs.studies.outcomes import Outcome
from anigifs.studies.strips import strip

GIF_BYTES = 150_000


@dataclass(frozen=True)
class Saying:
    """What one model said of a clip.

    Attributes:
        model: Key of the model.
        answer: The class that it named.
        confidence: Probability that it gave to that class, 0..1; None where unknown.
        right: Whether that is so.
    """

    model: str
    answer: str
    confidence: float | None
    right: bool


@dataclass(frozen=True)
class Sample:
    """One clip, and what models said of it.

    Attributes:
        of_set: Key of its set.
        label: What it shows.
        said: By each model that was tested on the set.
        still: Some of its frames side by side, a WebP; None where it could not be read.
        moving: The file itself, where it is a small GIF.
        error: Why there is no picture.
    """

    of_set: str
    label: str
    said: tuple[Saying, ...]
    still: bytes | None
    moving: bytes | None = None
    error: str = ""


def choose_samples(
    outcomes: Iterable[Outcome],
    most: Mapping[str, int],
    files: Mapping[str, Path],
    *,
    seed: int = 0,
) -> tuple[Sample, ...]:
    """Return clips of some sets, drawn by lot, with the classes as even as can be.

    Of each class, every other clip was answered wrongly by a model, where there are so many: they
    are there to be looked at, and their shares say nothing of accuracy. Of a model with several
    seeds, the answers of the first are shown.

    Args:
        outcomes: The tests.
        most: How many clips of each set, by its key; other sets are left out.
        files: Where each clip lies, by its id.
        seed: The same seed draws the same clips.
    """
    shown: dict[str, dict[str, Outcome]] = {key: {} for key in most}
    for one in outcomes:
        if one.set in most:
            shown[one.set].setdefault(one.model, one)
    return tuple(
        sample
        for key, tests in shown.items()
        if tests
        for sample in _of_set(list(tests.values()), most[key], files, seed)
    )


def _of_set(
    tests: Sequence[Outcome], most: int, files: Mapping[str, Path], seed: int
) -> Iterator[Sample]:
    of_set, said = tests[0].set, _said(tests)
    label_of = dict(zip(tests[0].ranking.clip_ids, tests[0].ranking.labels, strict=True))
    rng = generator(seed, "samples", of_set)
    queues: dict[str, tuple[list[str], list[str]]] = {}
    for clip_id in rng.permutation(sorted(label_of)).tolist():
        all_right = all(one.right for one in said[clip_id])
        queues.setdefault(label_of[clip_id], ([], []))[all_right].append(clip_id)
    for clip_id in sorted(_in_turn(queues)[:most], key=label_of.__getitem__):
        still, moving, error = _pictures(files.get(clip_id))
        yield Sample(of_set, label_of[clip_id], said[clip_id], still, moving, error)


def _said(tests: Iterable[Outcome]) -> dict[str, tuple[Saying, ...]]:
    """Return what was said of each clip."""
    found: dict[str, list[Saying]] = {}
    for one in tests:
        ranking = one.ranking
        sure_N = ranking.confidence_N
        for place, clip_id in enumerate(ranking.clip_ids):
            sure = None if sure_N is None else float(sure_N[place])
            right = bool(ranking.right_N[place])
            saying = Saying(one.model, ranking.answers[place], sure, right)
            found.setdefault(clip_id, []).append(saying)
    return {clip_id: tuple(some) for clip_id, some in found.items()}


def _in_turn(queues: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> list[str]:
    """Return clips of all classes in turn, and of each class one of either queue in turn."""
    of_class = [
        [one for pair in zip_longest(*queues[label]) for one in pair if one is not None]
        for label in sorted(queues)
    ]
    return [one for turn in zip_longest(*of_class) for one in turn if one is not None]


def _pictures(path: Path | None) -> tuple[bytes | None, bytes | None, str]:
    if path is None:
        return None, None, "its file is not known"
    try:
        small = sniff(path) == Format.GIF and path.stat().st_size <= GIF_BYTES
        return strip(path), path.read_bytes() if small else None, ""
    except MediaError as error:
        return None, None, str(error).removeprefix(f"{path}: ")
