"""Where the videos of AVA-Kinetics lie, and which seconds of each a file holds."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.index.labels import Labels
from anigifs.index.names import is_utf8
from anigifs.index.readers.clip_files import ClipFiles, find_clips
from anigifs.index.readers.clip_names import ClipName, clip_of_url
from anigifs.index.readers.kinetics import DOMAIN, read_lists
from anigifs.index.row import Row
from anigifs.index.table import Index

KINETICS = "kinetics-700"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Some seconds of a video, and the file that holds them.

    Attributes:
        key: The dataset's name of them.
        video: YouTube's id.
        url: Where they can be seen.
        start_ms: Where they begin in the whole video.
        end_ms: Where they end in it; None is the video's own end.
        offset_ms: Where they begin in the file.
        path: The file, relative to a root that all share; None where there is none.
        label: The class that Kinetics gives them; "" where that is not known.
        checked: The row of an index that knows the file.
    """

    key: str
    video: str
    url: str
    start_ms: int
    end_ms: int | None
    offset_ms: int = 0
    path: str | None = None
    label: str = ""
    checked: Row | None = None

    @property
    def is_clip(self) -> bool:
        """Whether it is a clip of Kinetics; else it is a whole movie."""
        return self.end_ms is not None

    def holds(self, t_ms: int) -> bool:
        """Return whether an instant of the whole video lies within."""
        return self.start_ms < t_ms and (self.end_ms is None or t_ms < self.end_ms)

    def margin_ms(self, t_ms: int) -> int:
        """Return how far an instant lies from the nearer end."""
        after = t_ms - self.start_ms
        return after if self.end_ms is None else min(after, self.end_ms - t_ms)


@dataclass(frozen=True)
class Sources:
    """The clips or movies that key frames may lie in.

    Attributes:
        by_video: Those of each annotated video.
        root: What paths are relative to.
        taxonomy: The class list of their labels; "" where none has a label.
        first: The name of the first clip that there is, of whatever video, for messages.
    """

    by_video: dict[str, list[Source]]
    root: Path
    taxonomy: str = ""
    first: str = ""

    def at(self, video: str, t_ms: int) -> Source | None:
        """Return the clip that an instant of a video lies in.

        Clips of one video may overlap: then one with a file is taken, and of these the one whose
        ends are farther away.
        """
        holding = [one for one in self.by_video.get(video, ()) if one.holds(t_ms)]
        # The key, at last, since the order of files and lists must not matter.
        return max(
            holding,
            key=lambda one: (one.path is not None, one.margin_ms(t_ms), one.key),
            default=None,
        )


def kinetics_sources(
    annotated: Collection[str],
    videos: Path | None,
    lists: Sequence[Path],
    taxonomy: str | Path = KINETICS,
) -> Sources:
    """Return the clips of Kinetics that are known of: from a tree or an index, from lists, or both.

    Args:
        annotated: The videos whose clips are wanted.
        videos: A tree of clips, or an index that ``from_kinetics`` made of one; once it has been
            checked, it knows how long each file really is.
        lists: Kinetics' own lists, which say the class of each clip, and name those without a file.
        taxonomy: The class list of ``lists``.

    Raises:
        UsageError: There is neither, or one of them is not what it should be.
    """
    if videos is None and not lists:
        raise UsageError(
            "key frames are placed by the times of clips: give the clips, or a list of Kinetics"
        )
    if videos is not None and videos.is_file():
        if lists:
            raise UsageError(
                f"{videos}: an index knows its clips and classes; give no list with it"
            )
        return _of_index(videos, annotated)
    labels = Labels(taxonomy)
    said = read_lists(lists, labels).said if lists else {}
    root = lists[0].parent if videos is None else videos
    tree = ClipFiles(root)
    if videos is not None:
        tree = find_clips(videos)
        tree.check_holds_clips()

    def clips() -> Iterator[Source]:
        for name in said | dict.fromkeys(tree.clips):
            if name.video in annotated:
                label = _label(said.get(name, ()))
                path = tree.path_of(name, label)
                # A name that is not UTF-8 can stand in no index: its clip counts as absent.
                yield _clip(name, path=path if path and is_utf8(path) else None, label=label)

    first = next(iter(tree.clips.values()), "") or str(next(iter(said), ""))
    return Sources(_grouped(clips()), root, labels.taxonomy if lists else "", first)


def movie_sources(folder: Path, root: Path, videos: Iterable[str]) -> Sources:
    """Return the movies of AVA, each a file ``<id>.mkv`` or the like, and those without a file.

    Args:
        folder: The tree that they lie in.
        root: What paths shall be relative to.
        videos: The ids of all that are annotated.

    Raises:
        UsageError: There is no such folder, or it holds files but none that is so named.
    """
    tree = find_clips(folder)
    tree.check_holds_whole()
    index = Index.from_rows(
        (
            Row(clip_id=video, path=path, label="", group=video)
            for video, path in tree.whole.items()
            if is_utf8(path)
        ),
        root=folder,
    ).rooted(root)
    paths = {row.group: row.path for row in index.rows()}
    movies = (
        Source(
            key=video,
            video=video,
            url=f"https://www.youtube.com/watch?v={video}",
            start_ms=0,
            end_ms=None,
            path=paths.get(video),
        )
        for video in videos
    )
    return Sources(_grouped(movies), root, first=next(iter(tree.whole.values()), ""))


def _of_index(path: Path, annotated: Collection[str]) -> Sources:
    index = Index.read(path)
    first = next(index.rows(), None)
    if first is not None:
        _clip_of_row(path, first)  # an index of something else may have no annotated video
    clips = (_clip_of_row(path, row) for row in index.filter(group=annotated).rows())
    name = (first.path or first.source) if first else ""
    return Sources(_grouped(clips), index.root, index.taxonomy, name)


def _clip_of_row(path: Path, row: Row) -> Source:
    """Return the clip of a row of ``from_kinetics``.

    Raises:
        UsageError: The row is of another index.
    """
    name = clip_of_url(row.source)
    trimmed = (row.start_ms, row.end_ms) == (0, None)
    whole = name and (row.start_ms, row.end_ms) == (1000 * name.start, 1000 * name.end)
    if name is None or row.domain != DOMAIN or row.boxes or not (trimmed or whole):
        raise UsageError(
            f"{path}: no index of Kinetics videos, as it has a clip of {row.source or row.group!r};"
            " make one with `anigifs index kinetics`"
        )
    return _clip(name, path=row.path, label=row.label, offset_ms=row.start_ms, checked=row)


def _clip(
    name: ClipName,
    *,
    path: str | None,
    label: str,
    offset_ms: int = 0,
    checked: Row | None = None,
) -> Source:
    return Source(
        key=str(name),
        video=name.video,
        url=name.url,
        start_ms=1000 * name.start,
        end_ms=1000 * name.end,
        offset_ms=offset_ms,
        path=path,
        label=label,
        checked=checked,
    )


def _label(said: Sequence[tuple[str, str]]) -> str:
    """Return the class of a clip; "" where lists contradict each other."""
    labels = {label for label, _ in said}
    return labels.pop() if len(labels) == 1 else ""


def _grouped(sources: Iterable[Source]) -> dict[str, list[Source]]:
    by_video: dict[str, list[Source]] = {}
    for source in sources:
        by_video.setdefault(source.video, []).append(source)
    return by_video
