"""A place that one process works in at a time."""

import fcntl
import os
import socket
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from anigifs.foundation.errors import UsageError
from anigifs.foundation.files import refusals_said, write_all

#: The name of the lock in a folder; one beside a file has that file's name before it.
NAME = ".lock"
_MOST_BYTES = 1_000


class Lock:
    """Keeps other processes out of a place until it is closed.

    The kernel frees it when this process ends, however that happens. The file that carries it says
    who holds it, and is gone once it is free; one that a kill has left keeps nobody out. On a
    shared file system it holds for all machines that lock through the file's server.

    Args:
        path: Of the file: :data:`NAME` in a folder that is written to, or beside a file.
        taken: What is said where another process holds it, such as ``found: another process is
            collecting into it``.

    Raises:
        UsageError: Another process holds it; the line says which, and since when.
        OutputError: The place cannot be written to.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / NAME
        >>> with Lock(path, "it is taken"):
        ...     path.exists()
        True
        >>> path.exists()
        False
    """

    def __init__(self, path: Path | str, taken: str) -> None:
        self.path = Path(path)
        self._descriptor: int | None = None
        with refusals_said(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = self._locked(taken)
            try:
                os.ftruncate(self._descriptor, 0)
                write_all(self._descriptor, _holder().encode())
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let others in."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # the place may be gone, or read-only by now
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _locked(self, taken: str) -> int:
        """Return the file, opened and locked."""
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                said = os.pread(descriptor, _MOST_BYTES, 0).decode(errors="replace").strip()
                os.close(descriptor)
                holder = f" ({said})" if said else ""
                raise UsageError(f"{taken}{holder}; wait until it has ended") from None
            except BaseException:
                os.close(descriptor)
                raise
            if self._is_still_there(descriptor):
                return descriptor
            os.close(descriptor)  # its holder removed it in between, and another may be there now

    def _is_still_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False


def lock_beside(path: Path) -> Path:
    """Return the lock of a file that is written: beside it.

    Example:
        >>> lock_beside(Path("clips/index.parquet")).name
        '.index.parquet.lock'
    """
    return path.with_name(f".{path.name}{NAME}")


def _holder() -> str:
    now = datetime.now().astimezone()
    return f"process {os.getpid()} on {socket.gethostname()}, since {now:%Y-%m-%d %H:%M:%S}\n"
