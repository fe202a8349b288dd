"""Files that appear whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from anigifs.foundation.errors import AnigifsError, is_no_room, output_error

#: How a temporary name ends.
PART = ".part"
_NAME_BYTES = 64
#: More than what may be left over on a disk that has just refused to take something.
_PROBE_BYTES = 2**20


@contextmanager
def atomic_path(path: Path | str, *, first: bool = False) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; on success sync it and rename it into place.

    An exception inside the block, or a kill at any moment, leaves what stood at ``path`` before.

    Args:
        path: Of the file; its folder is made if it is not there.
        first: Leave alone what another process has put there meanwhile.

    Raises:
        OutputError: There is no room for it, whatever library found that out, or it may not be
            written there.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with atomic_path(folder / "table.csv") as temporary:
        ...     _ = temporary.write_text("a,b")
        >>> (folder / "table.csv").read_text()
        'a,b'
    """
    path = Path(path)
    with refusals_said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=part_prefix(path), suffix=PART)
    os.close(handle)
    temporary = Path(name)
    try:
        with _no_room_said(path, temporary):
            yield temporary
        with refusals_said(path):
            _give_usual_mode(temporary)
            _sync(temporary)
            if not (first and _is_named(temporary, path)):
                temporary.replace(path)
            _sync(path.parent)
    finally:
        with suppress(OSError):  # it is gone, or the disk takes nothing any more
            temporary.unlink()


@contextmanager
def refusals_said(path: Path) -> Iterator[None]:
    """Turn a refusal of the system, in a block that does nothing but write, into one line.

    Args:
        path: What is being written, for the line.

    Raises:
        UsageError: The system has refused; an OutputError where it would any other file as well.
    """
    try:
        yield
    except OSError as error:
        raise output_error(path, error) from error


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``: a disk that becomes full takes a part of it without an error."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def part_prefix(path: Path) -> str:
    """Return how a temporary name beside a path begins, which any file system takes.

    Example:
        >>> part_prefix(Path("clips/index.parquet"))
        '.index.parquet.'
    """
    return f".{os.fsencode(path.name)[:_NAME_BYTES].decode(errors='ignore')}."


def is_left_over(path: Path) -> bool:
    """Return whether a kill has left a file that belongs to nobody: half a file, or a lock."""
    return path.suffix in (PART, ".lock") or path.name == ".lock"


def write_bytes(path: Path | str, data: bytes) -> None:
    """Write ``data`` to ``path`` atomically."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` to ``path`` atomically, as UTF-8 with Unix line ends."""
    write_bytes(path, text.encode())


def sha256_of(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _no_room_said(path: Path, temporary: Path) -> Iterator[None]:
    """Tell the lack of room from all else that may go wrong in a block that writes a file."""
    try:
        yield
    except (AnigifsError, MemoryError):
        raise
    except Exception as error:
        if is_no_room(error):
            raise output_error(path, error) from error
        if isinstance(error, OSError) and error.errno is not None:
            if error.filename == str(temporary):
                raise output_error(path, error) from error
            raise
        # Some libraries say no more than that writing failed: whether the disk is full, it says.
        if (refusal := _refusal(temporary)) is not None:
            raise output_error(path, refusal) from error
        raise


def _is_named(temporary: Path, path: Path) -> bool:
    """Give a file its name unless that is taken; False where the file system cannot do that."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return True
    except OSError:
        return False
    return True


def _refusal(temporary: Path) -> OSError | None:
    """Return why a file that will be thrown away cannot be made longer, if that is so."""
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_APPEND)
        try:
            write_all(descriptor, bytes(_PROBE_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error if is_no_room(error) else None
    return None


def _give_usual_mode(path: Path) -> None:
    """Give the file the mode that ``open`` would have given: ``mkstemp`` makes it private."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(0o666 & ~umask)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
