"""The human check: a page that asks what clips show, and the scores of somebody's answers."""

import base64
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from anigifs.foundation import UsageError, generator, write_text
from anigifs.index import USABLE, Index, Row
from anigifs.media import Format, sniff

DEFAULT_CLIPS = 64
#: What browsers play, and how the page calls it.
TYPES = {
    Format.GIF: "image/gif",
    Format.WEBP: "image/webp",
    Format.PNG: "image/png",
    Format.MP4: "video/mp4",
}


@dataclass(frozen=True)
class Answer:
    """What somebody said of a clip: a class, or None for "cannot tell", and after how long."""

    clip: str
    said: str | None
    seconds: float


Told = tuple[Row, str | None]


def write_quiz(index: Index, path: Path | str, *, clips: int = DEFAULT_CLIPS, seed: int = 0) -> int:
    """Write one page, which needs no network, that shows clips and asks for their class.

    The clips are spread evenly over styles and classes, and come in random order. The answers stay
    in the browser and can be saved from it; :func:`score_quiz` reads them. The right ones are in
    the page, but are not to be read there by accident.

    Args:
        index: Such as a rendered benchmark's; of each class in each style, clips of the split
            ``test`` are taken where there are any.
        path: Where to write the page.
        clips: How many to ask for; fewer if there are not so many.
        seed: The same seed asks for the same clips in the same order.

    Returns:
        How many clips the page asks for.

    Raises:
        UsageError: There is nothing to ask for.
        MediaError: A clip's file cannot be read.
    """
    if clips < 1:
        raise UsageError(f"a quiz of {clips} clips; at least 1")
    classes = sorted(index.labels)
    rows = sample_clips(_answerable(index), clips, seed)
    if not rows:
        raise UsageError("a quiz of no clips; the index has none that can be used")
    name = _name_of(rows, classes)
    entries = [_entry(row, index.root, classes.index(row.label), len(classes)) for row in rows]
    quiz = json.dumps({"id": name, "classes": classes, "clips": entries}).replace("<", "\\u003c")
    page = (resources.files("anigifs.puppets") / "data" / "quiz.html").read_text("utf-8")
    write_text(path, Template(page).substitute(quiz=quiz))
    return len(rows)


def sample_clips(rows: Iterable[Row], count: int, seed: int) -> list[Row]:
    """Return clips by lot: styles, classes and instances come as equally often as they can.

    Args:
        rows: To draw from.
        count: How many; all of them, if there are fewer.
        seed: The same seed draws the same clips.
    """
    rng = generator(seed, "quiz")
    ordered = sorted(rows, key=lambda row: row.clip_id)
    left = [ordered[place] for place in rng.permutation(len(ordered))]
    cells, styles, labels, groups = (Counter[Any]() for _ in range(4))

    def often(row: Row) -> tuple[int, ...]:
        """Return how often the like has been taken; the first number weighs most."""
        cell = (row.style, row.label)
        return cells[cell], styles[row.style], labels[row.label], groups[row.group]

    taken: list[Row] = []
    while left and len(taken) < count:
        row = min(left, key=often)
        left.remove(row)
        taken.append(row)
        cells[row.style, row.label] += 1
        styles[row.style] += 1
        labels[row.label] += 1
        groups[row.group] += 1
    return [taken[place] for place in rng.permutation(len(taken))]


def score_quiz(index: Index, path: Path | str) -> dict[str, Any]:
    """Score the answers that a page of :func:`write_quiz` saved.

    Args:
        index: The one that the page was made of.
        path: The saved answers.

    Returns:
        ``clips``, ``right``, ``cannot_tell`` (which counts as wrong), ``accuracy`` with ``low`` and
        ``high``, Wilson's 95 % interval, each 0..1; the same ``by_style`` and ``by_class``; median
        ``seconds`` of an answer; and ``confusions``, the most frequent first.

    Raises:
        UsageError: The file holds no answers, or answers about something else.
    """
    rows = {row.clip_id: row for row in index.rows()}
    classes = {row.label for row in rows.values()}
    answers = _answers(Path(path), rows, classes)
    told = [(rows[one.clip], one.said) for one in answers]
    confusions = Counter((row.label, said) for row, said in told if said not in (None, row.label))
    return {
        **_share(told),
        "seconds": float(np.median([one.seconds for one in answers])),
        "by_style": _shares((row.style, (row, said)) for row, said in told),
        "by_class": _shares((row.label, (row, said)) for row, said in told),
        "confusions": [
            {"label": label, "answer": said, "clips": clips}
            for (label, said), clips in sorted(confusions.items(), key=lambda one: (-one[1], one))
        ],
    }


def _answerable(index: Index) -> list[Row]:
    """Return the rows that have a file; of each cell those for tests, if there are any."""
    rows = [row for row in index.filter(state=USABLE).rows() if row.path is not None]
    tested = {(row.style, row.label) for row in rows if row.split == "test"}
    return [row for row in rows if row.split == "test" or (row.style, row.label) not in tested]


def _name_of(rows: Sequence[Row], classes: Sequence[str]) -> str:
    """Return a name under which a browser keeps the answers to just these questions."""
    text = json.dumps([[row.clip_id for row in rows], list(classes)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _entry(row: Row, root: Path, place: int, classes: int) -> dict[str, Any]:
    path = root / str(row.path)
    kind = sniff(path)
    if kind not in TYPES:
        raise UsageError(f"{path}: browsers do not play {kind.value}; a quiz is of GIFs and MP4s")
    return {
        "id": row.clip_id,
        "style": row.style,
        # The class's place, moved on by a number that differs from clip to clip.
        "key": (place + int(row.clip_id[:8], 16)) % classes,
        "type": TYPES[kind],
        "data": base64.b64encode(path.read_bytes()).decode(),
    }


def _answers(path: Path, rows: Mapping[str, Row], classes: set[str]) -> list[Answer]:
    if not path.is_file():
        raise UsageError(f"{path}: no such file; save the answers from the last page of the quiz")
    try:
        answers = [_answer(one) for one in json.loads(path.read_bytes())["answers"]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise UsageError(f"{path}: not the answers that the quiz's page saves") from None
    if not answers:
        raise UsageError(f"{path}: holds no answer")
    for one in answers:
        if one.clip not in rows:
            raise UsageError(
                f"{path}: clip {one.clip[:12]} is not in the index; give the one that the quiz was "
                "made of"
            )
        if one.said is not None and one.said not in classes:
            raise UsageError(f"{path}: the index has no class {one.said!r}")
    if len({one.clip for one in answers}) < len(answers):
        raise UsageError(f"{path}: answers a clip twice; score each person's file by itself")
    return answers


def _answer(one: Mapping[str, Any]) -> Answer:
    clip, said, seconds = one["clip_id"], one["answer"], float(one["seconds"])
    if not isinstance(clip, str) or not isinstance(said, str | None) or not 0 <= seconds < math.inf:
        raise ValueError
    return Answer(clip, said, seconds)


def _shares(told: Iterable[tuple[str, Told]]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Told]] = {}
    for name, one in told:
        groups.setdefault(name, []).append(one)
    return {name: _share(groups[name]) for name in sorted(groups)}


def _share(told: Sequence[Told]) -> dict[str, Any]:
    from scipy.stats import binomtest  # a second, which writing a page need not wait for

    right = sum(said == row.label for row, said in told)
    interval = binomtest(right, len(told)).proportion_ci(0.95, method="wilson")
    return {
        "clips": len(told),
        "right": right,
        "cannot_tell": sum(said is None for _, said in told),
        "accuracy": right / len(told),
        "low": float(interval.low),
        "high": float(interval.high),
    }
