"""A release that somebody has got: what it says it is, and whether it is that."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from anigifs.curate.release.accepting import clip_path
from anigifs.curate.release.index import INDEX
from anigifs.curate.release.released import ReleasedItem, read_released
from anigifs.foundation import UsageError
from anigifs.index import Index
from anigifs.media import Format

#: Says what a release is called, and which identity its index has.
ABOUT = "release.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KINDS = frozenset(Format)


@dataclass(frozen=True, eq=False)
class OpenRelease:
    """A release as it lies in a folder; not all of its files need to be there.

    Attributes:
        folder: Where it lies.
        name: Of the data set.
        version: Of the release.
        index: Its rows, whether their files are there or not.
        items: To each row, what is known of it, by clip id.
    """

    folder: Path
    name: str
    version: str
    index: Index
    items: tuple[ReleasedItem, ...]

    @property
    def identity(self) -> str:
        """Of its index."""
        return self.index.identity

    @property
    def title(self) -> str:
        """Its name, its version and the beginning of its identity."""
        return f"{self.name} {self.version} (identity {short(self.identity)})"


def short(identity: str) -> str:
    """Return as much of an identity as tells releases apart.

    Example:
        >>> short(64 * "a")
        'aaaaaaaaaaaa'
    """
    return identity[:12]


def open_release(folder: Path | str) -> OpenRelease:
    """Read a release, and make sure that its parts belong together.

    What it says of itself becomes names of files, so none of it is believed unseen.

    Raises:
        UsageError: The folder holds no release, or one that was changed since.
    """
    folder = Path(folder)
    items, index = read_released(folder), Index.read(folder / INDEX)
    about = _about(folder / ABOUT)
    release = OpenRelease(folder, about["name"], about["version"], index, tuple(items))
    if about["identity"] != release.identity:
        raise UsageError(f"{folder}: its index is not the one that {ABOUT} speaks of; get it anew")
    if sorted(index.table["clip_id"].to_pylist()) != sorted(item.clip_id for item in items):
        raise UsageError(f"{folder}: its index and its items are not the same clips; get it anew")
    for item in items:
        _check(folder, item)
    return release


def _about(path: Path) -> dict[str, str]:
    try:
        told = json.loads(path.read_text())
        return {key: str(told[key]) for key in ("name", "version", "identity")}
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; give the folder of a release") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{path}: does not say what the release is; get it anew") from None


def _check(folder: Path, item: ReleasedItem) -> None:
    sound = _SHA256.fullmatch(item.cluster) and item.kind in _KINDS
    if not sound or item.path not in ("", clip_path(item.cluster, item.kind)):
        raise UsageError(f"{folder}: item {item.clip_id[:12]!a} names no file that may be; see it")
