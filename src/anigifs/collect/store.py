"""A folder of files that are named by their content, so that the same bytes are one file."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import atomic_path, sha256_of
from anigifs.foundation.errors import is_no_room, output_error
from anigifs.foundation.files import refusals_said

OBJECTS = "objects"
UNFINISHED = "unfinished"
#: After which a file that is not finished is taken for one that a kill has left, in seconds.
LEFT_S = 3600.0


@dataclass(frozen=True)
class Problem:
    """Something in a store that should not be there, or not so.

    Attributes:
        path: Of the file.
        text: What is wrong with it.
    """

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class Store:
    """Keeps files as ``objects/ab/cd/<sha256>.<kind>`` in a folder.

    A file is there whole or not at all, whenever the program is killed. Several threads and
    processes may use a store at once.

    Args:
        root: The folder; it is made when the first file comes.

    Example:
        >>> store = Store(Path(tempfile.mkdtemp()))
        >>> with store.temporary() as path:
        ...     _ = path.write_bytes(b"GIF89a")
        ...     sha256 = store.add(path, "gif")
        >>> store.path(sha256, "gif").read_bytes(), list(store.verify())
        (b'GIF89a', [])
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def path(self, sha256: str, kind: str) -> Path:
        """Return where a file is, or would be.

        Args:
            sha256: Of its bytes, in lower-case hexadecimal.
            kind: What it is, such as ``gif``.
        """
        return self.root / OBJECTS / sha256[:2] / sha256[2:4] / f"{sha256}.{kind}"

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """Yield an empty file to write to, which is gone afterwards unless it was added.

        Raises:
            OutputError: There is no room for it, or it may not be written.
        """
        folder = self.root / UNFINISHED
        with refusals_said(folder):
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        path = Path(name)
        try:
            yield path
        except OSError as error:
            if is_no_room(error):
                raise output_error(self.root, error) from error
            raise
        finally:
            path.unlink(missing_ok=True)

    def add(self, temporary_path: Path, kind: str) -> str:
        """Take a file from :meth:`temporary` in, and return its sha256.

        It is written through to the disk and then renamed. What is there already under its name is
        replaced by it, so that a file that was damaged since becomes whole.
        """
        sha256 = sha256_of(temporary_path)
        with atomic_path(self.path(sha256, kind)) as part:
            temporary_path.replace(part)
        return sha256

    def clear_unfinished(self, older_s: float = LEFT_S) -> None:
        """Remove what kills have left; younger files may belong to another process."""
        before = time.time() - older_s
        for path in [*(self.root / UNFINISHED).glob("*"), *self._objects(".*.part")]:
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
            except FileNotFoundError:  # another process has done with it
                continue

    def verify(self) -> Iterator[Problem]:
        """Read every file and yield what is wrong, in the order of their names."""
        for path in self._objects("*"):
            sha256, _, kind = path.name.partition(".")
            if path.name.startswith("."):
                yield Problem(path, "was left unfinished by a kill; it can be removed")
            elif self.path(sha256, kind) != path or len(sha256) != 64:
                yield Problem(path, "does not belong here")
            elif (found := sha256_of(path)) != sha256:
                yield Problem(path, f"damaged: its sha256 is {found}")

    def _objects(self, pattern: str) -> Iterator[Path]:
        """Yield files in order, with one folder in memory at a time."""
        for upper in sorted((self.root / OBJECTS).glob("*")):
            for lower in sorted(upper.glob("*")):
                yield from sorted(path for path in lower.glob(pattern) if path.is_file())
