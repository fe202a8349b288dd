"""Predictions of any outside model: CSV, JSON lines or Parquet, with scores or ranked labels."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from anigifs.evaluation.predictions import Predictions, is_predictions
from anigifs.evaluation.ranking import UNRANKED, Ranking
from anigifs.evaluation.rows import PARQUET, Row, numbered_rows, starts_with
from anigifs.foundation import UsageError
from anigifs.taxonomy import ClassList, normalise

SCORES = ("logits", "probabilities")
#: A probability of 0 is taken as this, so that its logarithm is finite; scikit-learn's choice.
LEAST_PROBABILITY = float(np.finfo(np.float64).eps)
#: How far from 1 probabilities may sum: files are written with few digits.
SUM_TOLERANCE = 0.02


@dataclass(frozen=True)
class _Clip:
    """One row, checked: its words, and a row of scores or a list of ranked answers."""

    clip_id: str
    group: str
    label: str
    domain: str
    style: str
    frames: int
    logits_K: np.ndarray | None
    ranked: tuple[str, ...]


def read_any(
    path: Path | str, classes: ClassList | None = None
) -> tuple[Predictions | Ranking, tuple[str, ...]]:
    """Read a predictions file, our own or any other; see :func:`read_foreign`."""
    if starts_with(path) == PARQUET and is_predictions(path):
        return Predictions.read(path), ()
    return read_foreign(path, classes)


def read_foreign(
    path: Path | str, classes: ClassList | None = None
) -> tuple[Predictions | Ranking, tuple[str, ...]]:
    r"""Read an outside model's predictions.

    A file has the columns ``clip_id``, ``label``, and either ``logits`` or ``probabilities`` (a
    list, in the order of ``classes``), or ``prediction`` (a label) and perhaps ``top5`` (ranked
    labels, best first). ``group``, ``domain``, ``style`` and ``frames`` may be there. In CSV a
    list is written as JSON. What the file is, its first bytes say. Spellings of a class that
    :func:`~anigifs.taxonomy.normalise` holds for one are one.

    Returns:
        Predictions where there are scores, else a ranking; and warnings, each one line.

    Raises:
        UsageError: The file cannot be read, or a line of it is not right; the line is named.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.csv"
        >>> _ = path.write_text("clip_id,group,label,prediction\na,a,Break Dancing,breakdancing\n")
        >>> ranking, warnings = read_foreign(path)
        >>> ranking.right_N.tolist(), warnings
        ([True], ())
    """
    spell = _speller(classes)
    clips: list[_Clip] = []
    seen: dict[str, str] = {}
    kind = ""
    for where, row in numbered_rows(Path(path)):
        try:
            kind = kind or _kind(row, classes)
            clip = _clip(row, kind, classes, spell)
            if clip.clip_id in seen:
                raise UsageError(f"clip_id {clip.clip_id!r} stands at {seen[clip.clip_id]} too")
        except UsageError as error:
            raise UsageError(f"{path}, {where}: {error}") from None
        seen[clip.clip_id] = where
        clips.append(clip)
    if not clips:
        raise UsageError(f"{path}: holds no predictions; write one row a clip")
    known = set(classes) if classes is not None and kind in SCORES else None
    warnings = _warnings(path, clips, known)
    if classes is not None and kind in SCORES:
        return _predictions(clips, classes), warnings
    return _ranking(clips, None if classes is None else len(classes)), warnings


def _kind(row: Row, classes: ClassList | None) -> str:
    """Return the column that holds the answers, by the first row."""
    kinds = [name for name in (*SCORES, "prediction") if name in row]
    if not kinds:
        raise UsageError("no column logits, probabilities or prediction; give one of them")
    if kinds[0] in SCORES and classes is None:
        raise UsageError(f"{kinds[0]} of unnamed classes; name them with --classes FILE|LIST")
    return kinds[0]


def _clip(row: Row, kind: str, classes: ClassList | None, spell: Callable[[str], str]) -> _Clip:
    clip_id = _word(row, "clip_id", required=True)
    logits_K = _logits(row, kind, classes) if classes is not None and kind in SCORES else None
    return _Clip(
        clip_id=clip_id,
        group=_word(row, "group"),
        label=spell(_word(row, "label", required=True)),
        domain=_word(row, "domain"),
        style=_word(row, "style"),
        frames=_frames(row.get("frames")),
        logits_K=logits_K,
        ranked=() if logits_K is not None else _ranked(row, spell),
    )


def _word(row: Row, name: str, *, required: bool = False) -> str:
    value = row.get(name)
    if isinstance(value, int) and name in ("clip_id", "group"):
        value = str(value)
    if value is None or value == "":
        if required:
            raise UsageError(f"no {name}; every clip needs one")
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{name} {value!r} is not text")
    return value


def _frames(value: object) -> int:
    if value is None or value == "":
        return 0
    try:
        frames = float(str(value))
    except ValueError:
        frames = -1.0
    if math.isnan(frames):  # how data frames say that a number is missing
        return 0
    if frames < 0 or not frames.is_integer():
        raise UsageError(f"frames {value!r} is not a whole number")
    return int(frames)


def _list(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, list) or not value:
        raise UsageError(f'{name} is not a list; write one as JSON, such as [0.9, 0.1] or ["a"]')
    return value


def _logits(row: Row, kind: str, classes: ClassList) -> np.ndarray:
    try:
        scores_K = np.asarray(_list(row, kind), dtype=np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{kind} holds something that is not a number") from None
    if scores_K.shape != (len(classes),):
        raise UsageError(f"{scores_K.size} {kind}, and {classes.name} has {len(classes)} classes")
    if not (np.abs(scores_K) <= np.finfo(np.float32).max).all():
        raise UsageError(f"{kind} holds something that is not a finite number")
    if kind == "logits":
        return scores_K
    total = scores_K.sum()
    if scores_K.min() < 0 or abs(total - 1) > SUM_TOLERANCE:
        raise UsageError(f"probabilities sum to {total:.4g}, or one is negative; give logits?")
    return np.asarray(np.log(np.maximum(scores_K, LEAST_PROBABILITY)))


def _ranked(row: Row, spell: Callable[[str], str]) -> tuple[str, ...]:
    prediction = spell(_word(row, "prediction", required=True))
    if row.get("top5") in (None, ""):
        return (prediction,)
    names = _list(row, "top5")
    if not all(isinstance(name, str) for name in names):
        raise UsageError("top5 holds something that is not text")
    ranked = tuple(spell(name) for name in names)
    if len(set(ranked)) < len(ranked):
        raise UsageError("top5 names a class twice")
    if ranked[0] != prediction:
        raise UsageError(f"top5 begins with {ranked[0]!r}, but prediction is {prediction!r}")
    return ranked


def _speller(classes: ClassList | None) -> Callable[[str], str]:
    """Return a function that gives all spellings of one class the list's, or the first met."""
    spellings = {normalise(name): name for name in classes or ()}

    @cache
    def spell(name: str) -> str:
        return spellings.setdefault(normalise(name), name)

    return spell


def _warnings(path: Path | str, clips: list[_Clip], known: set[str] | None) -> tuple[str, ...]:
    warnings = []
    if alone := sum(not clip.group for clip in clips):
        warnings.append(
            f"{path}: {alone} of {len(clips)} clips have no group and count as independent; "
            "intervals are too narrow if some of them share a source"
        )
    if known is not None:
        unknown = [clip.label for clip in clips if clip.label not in known]
        if len(unknown) == len(clips):
            raise UsageError(f"{path}: no label is one of the classes, {unknown[0]!r} for example")
        if unknown:
            warnings.append(
                f"{path}: {len(unknown)} of {len(clips)} clips have a label that is not one of "
                f"the classes, and count as wrong: {', '.join(sorted(set(unknown))[:3])}"
            )
    return tuple(warnings)


def _columns(clips: list[_Clip]) -> dict[str, Any]:
    return {
        "clip_ids": tuple(clip.clip_id for clip in clips),
        # Its own group, whatever the groups of others are called.
        "groups": tuple(clip.group or f"\0{clip.clip_id}" for clip in clips),
        "labels": tuple(clip.label for clip in clips),
        "domains": tuple(clip.domain for clip in clips),
        "styles": tuple(clip.style for clip in clips),
        "frames": tuple(clip.frames for clip in clips),
    }


def _predictions(clips: list[_Clip], classes: ClassList) -> Predictions:
    logits_NK = np.array([clip.logits_K for clip in clips], dtype=np.float32)
    return Predictions(**_columns(clips), classes=classes.names, logits_NK=logits_NK)


def _ranking(clips: list[_Clip], classes: int | None) -> Ranking:
    found = [
        clip.ranked.index(clip.label) if clip.label in clip.ranked else UNRANKED for clip in clips
    ]
    return Ranking(
        **_columns(clips),
        answers=tuple(clip.ranked[0] for clip in clips),
        rank_N=np.array(found, dtype=np.int64),
        places=min(len(clip.ranked) for clip in clips),
        classes=classes,
    )
