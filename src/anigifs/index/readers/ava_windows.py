"""From marks at key frames to windows of clips: where each lies in its file; what is dropped."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from anigifs.index.readers.ava_clips import Source, Sources
from anigifs.index.readers.ava_rows import Edges, Mark
from anigifs.index.row import Box

Several = Literal["drop", "rarest"]

#: Why a key frame makes no row.
MOVIE = "of an AVA movie, which are left out"
NO_CLIP = "of a video that no clip is known of"
OUTSIDE = "outside the listed times of its video's clips"
BEYOND = "beyond the end of its file"
FAILED = "in a file that is in error"
MIXED = "with several of the classes"
TWO_SPLITS = "in two splits"
REASONS = (MOVIE, NO_CLIP, OUTSIDE, BEYOND, FAILED, MIXED, TWO_SPLITS)


@dataclass
class KeyFrame:
    """What is marked at one instant of one video.

    Attributes:
        video: YouTube's id.
        t_ms: The instant, from the beginning of the whole video.
        splits: Of the annotations that it stands in.
        marks: Each person and action; a line that stands there twice is one.
    """

    video: str
    t_ms: int
    splits: set[str] = field(default_factory=set)
    marks: dict[Mark, None] = field(default_factory=dict)

    @property
    def tells_apart(self) -> bool:
        """Whether the annotation says which person is which."""
        return all(mark.person is not None for mark in self.marks)


@dataclass
class Window:
    """Part of a file, and the key frames in it.

    Attributes:
        source: The clip that it is a part of.
        start_ms: Where it begins in the file.
        end_ms: Where it ends; None is the end of the file.
        frames: Its key frames by their instant in the file, in milliseconds.
    """

    source: Source
    start_ms: int
    end_ms: int | None
    frames: dict[int, KeyFrame] = field(default_factory=dict)

    @property
    def splits(self) -> set[str]:
        """Of its key frames."""
        return set[str]().union(*(frame.splits for frame in self.frames.values()))

    def labels(self, class_of: Mapping[int, str]) -> set[str]:
        """Return the classes that its key frames are marked with."""
        return {class_of[mark.action] for frame in self.frames.values() for mark in frame.marks}

    def boxes(self, actions: Mapping[int, str]) -> tuple[Box, ...]:
        """Return the boxes of everyone who does one of some actions.

        Where the annotation does not tell people apart, a box at a key frame is a person, and
        persons are numbered; over several key frames nobody can say who is who.

        Args:
            actions: Their names by AVA's id.
        """
        found: dict[Box, None] = {}
        for t_ms, frame in sorted(self.frames.items()):
            numbers: dict[Edges, str] = {}
            for mark in frame.marks:
                number = numbers.setdefault(mark.edges, str(len(numbers) + 1))
                known = mark.person if frame.tells_apart else number
                person = known if frame.tells_apart or len(self.frames) == 1 else ""
                if mark.action in actions:
                    found[Box(t_ms, *mark.edges, actions[mark.action], person or "")] = None
        return tuple(found)


def key_frames(marks: Iterable[tuple[str, Mark]]) -> list[KeyFrame]:
    """Gather marks, each with its split, by their key frames."""
    frames: dict[tuple[str, int], KeyFrame] = {}
    for split, mark in marks:
        place = (mark.video, mark.t_ms)
        frame = frames.setdefault(place, KeyFrame(*place))
        frame.splits.add(split)
        frame.marks[mark] = None
    return list(frames.values())


def place(
    frames: Iterable[KeyFrame],
    clips: Sources,
    movies: Sources | None,
    window_ms: int | None,
    dropped: Counter[str],
) -> list[Window]:
    """Return the window around each key frame; those with the same window share it.

    An instant is never moved: what lies outside its clip, or beyond the end of its file where that
    is known, is dropped.

    Args:
        frames: The key frames.
        clips: Of Kinetics.
        movies: Of AVA; None leaves them out.
        window_ms: How long a window is, the key frame in its middle, before it is clamped to the
            clip; None is the whole clip.
        dropped: Counts key frames by the reason why they make no row.
    """
    windows: dict[tuple[str, int, int | None], Window] = {}
    for frame in frames:
        # A movie's video has no clip in Kinetics, and in AVA's part people are told apart.
        is_movie = frame.video not in clips.by_video and frame.tells_apart
        found = _placed(frame, movies if is_movie else clips, is_movie=is_movie)
        if isinstance(found, str):
            dropped[found] += 1
            continue
        source, t_ms = found
        start_ms, end_ms = _window(source, t_ms, window_ms)
        key = (source.key, start_ms, end_ms)
        windows.setdefault(key, Window(source, start_ms, end_ms)).frames[t_ms] = frame
    return list(windows.values())


def settle(
    windows: Iterable[Window],
    class_of: Mapping[int, str],
    several: Several,
    dropped: Counter[str],
) -> list[tuple[Window, str, str]]:
    """Return each window with its one class and its split, and count what has several.

    Args:
        windows: From :func:`place`.
        class_of: The class of each of AVA's ids.
        several: ``drop`` windows with several classes, or keep the ``rarest`` of them, which is
            the one that the fewest windows have; of equals, the first by name.
        dropped: Counts key frames by the reason why they make no row.
    """
    found = [(window, window.labels(class_of)) for window in windows]
    counts = Counter(label for _, labels in found for label in labels)
    kept = []
    for window, labels in found:
        if len(window.splits) > 1:
            dropped[TWO_SPLITS] += len(window.frames)
        elif len(labels) > 1 and several == "drop":
            dropped[MIXED] += len(window.frames)
        else:
            rarest = min(labels, key=lambda label: (counts[label], label))
            kept.append((window, rarest, min(window.splits)))
    return kept


def _placed(
    frame: KeyFrame, sources: Sources | None, *, is_movie: bool
) -> tuple[Source, int] | str:
    """Return a key frame's clip and its instant in the file, or why there is none."""
    if sources is None:
        return MOVIE
    source = sources.at(frame.video, frame.t_ms)
    if source is None:
        known = is_movie or frame.video in sources.by_video
        return OUTSIDE if known else NO_CLIP
    t_ms = frame.t_ms - source.start_ms + source.offset_ms
    if (row := source.checked) is not None:
        if row.state == "error":
            return FAILED
        if row.duration_ms is not None and t_ms >= row.duration_ms:
            return BEYOND
    return source, t_ms


def _window(source: Source, t_ms: int, window_ms: int | None) -> tuple[int, int | None]:
    first_ms = source.offset_ms
    if window_ms is None:
        return (source.checked.start_ms, source.checked.end_ms) if source.checked else (0, None)
    start_ms = max(first_ms, t_ms - window_ms // 2)
    end_ms = t_ms + window_ms - window_ms // 2
    if source.end_ms is not None:
        end_ms = min(end_ms, first_ms + source.end_ms - source.start_ms)
    return start_ms, end_ms
