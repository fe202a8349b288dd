"""Whether a test shows what weights were pre-trained on: classes, and videos where they are known.

A network that has learnt the tested classes from other footage is tested on a new domain; one that
has seen the very videos is not. Every result says which, or that it cannot be said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from anigifs.foundation import UsageError
from anigifs.index.readers.clip_names import YOUTUBE_ID
from anigifs.models.weights.seen import seen_videos
from anigifs.taxonomy import CLASS_MAPS, ClassList, class_list, class_map


@dataclass(frozen=True)
class Pretraining:
    """What of a test was in the pre-training of the weights.

    Attributes:
        data: The class lists that weights have learnt from before, as far as that is known.
        classes: Classes of the test.
        classes_seen: Those that one of the lists has, or that a class of it shows a part of.
        clips: Clips of the test whose group is a YouTube video.
        clips_seen: Those whose video is in a list of training videos; None where no list of
            them is known (see :func:`~anigifs.models.weights.seen.add_seen`).
        without_list: The class lists of which no list of training videos is known.
    """

    data: tuple[str, ...]
    classes: int
    classes_seen: int
    clips: int
    clips_seen: int | None
    without_list: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        lists = {"data": list(self.data), "without_list": list(self.without_list)}
        return asdict(self) | lists

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Pretraining":
        """Return what :meth:`to_json` was of."""
        lists = {name: tuple(fields[name]) for name in ("data", "without_list")}
        return cls(**{**fields, **lists})


def pretraining(
    labels: Iterable[str],
    groups: Sequence[str],
    data: Sequence[str],
    taxonomy: str | None = None,
) -> Pretraining:
    """Compare a test with what weights have learnt from before.

    Args:
        labels: Classes of the test.
        groups: Of each clip.
        data: The class lists that the weights have learnt from.
        taxonomy: The class list of the labels; None compares by their spelling alone.

    Example:
        >>> found = pretraining({"archery", "bow"}, ["a.gif"], ["kinetics-400"])
        >>> found.classes, found.classes_seen, found.clips
        (2, 1, 0)
    """
    classes = set(labels) - {""}
    learnt = [class_list(name) for name in data]
    seen = {one for one in classes if any(_has(known, one, taxonomy) for known in learnt)}
    lists = {name: seen_videos(name) for name in data}
    known = [ids for ids in lists.values() if ids is not None]
    videos = [group for group in groups if YOUTUBE_ID.fullmatch(group)]
    return Pretraining(
        data=tuple(data),
        classes=len(classes),
        classes_seen=len(seen),
        clips=len(videos),
        clips_seen=sum(any(one in ids for ids in known) for one in videos) if known else None,
        without_list=tuple(name for name, ids in lists.items() if ids is None),
    )


def _has(known: ClassList, name: str, taxonomy: str | None) -> bool:
    """Return whether a list has a class, or by a map of the two lists any that shows some of it."""
    if (forward := f"{taxonomy}-{known.name}") in CLASS_MAPS:
        return bool(class_map(forward).targets(name))
    if (backward := f"{known.name}-{taxonomy}") in CLASS_MAPS:
        return bool(class_map(backward).sources(name))
    try:
        return bool(known.find(name))
    except UsageError:
        return False


def pretraining_words(one: Pretraining) -> str:
    """Return a sentence for a reader.

    Example:
        >>> found = Pretraining(("kinetics-400",), 16, 16, 0, None, ())
        >>> print(pretraining_words(found))
        Pre-training on kinetics-400 had 16 of the 16 classes tested; no clip names its video.
    """
    if not one.data:
        return "What the weights were pre-trained on is not on record."
    had = f"{one.classes_seen} of the {one.classes} classes tested"
    return f"Pre-training on {' and '.join(one.data)} had {had}; {_videos(one)}."


def _videos(one: Pretraining) -> str:
    if not one.clips:
        return "no clip names its video"
    if one.clips_seen is None:
        return "whether it had their videos is not known (see `anigifs weights seen`)"
    limits = f", by the lists of all but {', '.join(one.without_list)}" if one.without_list else ""
    return f"{one.clips_seen} of {one.clips} clips are of its videos{limits}"
