"""The command line, run in this process under a fault; and what it left behind."""

import contextlib
import hashlib
import io
import re
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anigifs.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What one run of the command line did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """The one line that says what went wrong, after those of progress and warnings."""
        assert self.code == 2, (self.code, self.out, self.err)
        *before, last = self.err.splitlines()
        assert all(re.match(r" *\d+ %  |anigifs: warning: ", line) for line in before), self.err
        assert last.startswith("anigifs: "), self.err
        return last


def run(arguments: Sequence[object]) -> Ran:
    """Run a command; what it prints is kept in memory, where no limit of files is met."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def ends_well(ran: Ran) -> None:
    """Make sure that a command did what it is for."""
    assert ran.code == 0, ran.err


@contextlib.contextmanager
def limited(kind: int, least: int) -> Iterator[None]:
    """Let the kernel refuse this process more of something, and what it starts as well.

    Args:
        kind: Such as ``resource.RLIMIT_FSIZE``, the largest size of a file.
        least: What it may have.
    """
    before, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (least, most))
    try:
        yield
    finally:
        resource.setrlimit(kind, (before, most))


def contents(folder: Path) -> dict[str, str]:
    """Return what a folder holds: the hash of each file, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def litter(folder: Path) -> list[str]:
    """Return what should not outlive a command: half files and locks."""
    return [
        path
        for path in contents(folder)
        if path.endswith((".part", ".lock")) or "/unfinished/" in path
    ]
