"""What a clip of Kinetics is called: its YouTube video, and which seconds of it."""

import re
from typing import NamedTuple

#: What a video's name is made of; a spreadsheet that took one for a formula leaves something else.
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_CLIP = re.compile(r"([A-Za-z0-9_-]{11})_(\d{1,8})_(\d{1,8})")
_URL = re.compile(
    r"https://www\.youtube\.com/embed/([A-Za-z0-9_-]{11})\?start=(\d{1,8})&end=(\d{1,8})"
)

#: Endings of files that may hold a clip, by the domain that they are of.
SUFFIXES = {
    "video": (".mp4", ".mkv", ".webm", ".avi", ".mov", ".m4v"),
    "video-gif": (".gif", ".webp"),
}


class ClipName(NamedTuple):
    """The seconds of a YouTube video that are a clip; as a text, its file's name in Kinetics.

    Attributes:
        video: The video's id, 11 signs.
        start: Where the clip begins in the video, in whole seconds.
        end: Where it ends, beyond ``start``.

    Example:
        >>> name = ClipName("yq_M1PMw2hY", 38, 48)
        >>> str(name), name.url
        ('yq_M1PMw2hY_000038_000048', 'https://www.youtube.com/embed/yq_M1PMw2hY?start=38&end=48')
    """

    video: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.video}_{self.start:06d}_{self.end:06d}"

    @property
    def url(self) -> str:
        """The address that plays just these seconds."""
        return f"https://www.youtube.com/embed/{self.video}?start={self.start}&end={self.end}"

    @property
    def length_ms(self) -> int:
        """How long the clip should be."""
        return 1000 * (self.end - self.start)


def clip_of_stem(stem: str) -> ClipName | None:
    """Return the clip that a file's name without its ending states, or None.

    Example:
        >>> clip_of_stem("yq_M1PMw2hY_000038_000048"), clip_of_stem("yq_M1PMw2hY")
        (ClipName(video='yq_M1PMw2hY', start=38, end=48), None)
    """
    return _matched(_CLIP.fullmatch(stem))


def clip_of_path(path: str) -> ClipName | None:
    """Return the clip that a path in an index states, or None.

    Example:
        >>> clip_of_path("val/abseiling/yq_M1PMw2hY_000038_000048.mp4")
        ClipName(video='yq_M1PMw2hY', start=38, end=48)
    """
    return clip_of_stem(path.rpartition("/")[2].rpartition(".")[0])


def clip_of_url(url: str) -> ClipName | None:
    """Return the clip that an address from :attr:`ClipName.url` plays, or None.

    Example:
        >>> clip_of_url(ClipName("yq_M1PMw2hY", 38, 48).url)
        ClipName(video='yq_M1PMw2hY', start=38, end=48)
    """
    return _matched(_URL.fullmatch(url))


def _matched(match: re.Match[str] | None) -> ClipName | None:
    if match is None or int(match[2]) >= int(match[3]):
        return None
    return ClipName(match[1], int(match[2]), int(match[3]))
