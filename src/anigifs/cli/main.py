"""The one entry: parse, run, and turn what a user got wrong into one line and exit code 2."""

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Annotated

import tyro

import anigifs
from anigifs.cli.agreement import Agreement
from anigifs.cli.audit import Audit
from anigifs.cli.collect import Collect
from anigifs.cli.duplicates import FindDuplicates
from anigifs.cli.evaluate import Evaluate
from anigifs.cli.explain import Explain
from anigifs.cli.figure import FigureGroup
from anigifs.cli.gap import Gap
from anigifs.cli.gifify import Gifify
from anigifs.cli.index import IndexGroup
from anigifs.cli.materialise import Materialise
from anigifs.cli.output import print_envelope, printable
from anigifs.cli.predict import Predict
from anigifs.cli.puppets import Puppets
from anigifs.cli.release import Release
from anigifs.cli.review import ReviewGroup
from anigifs.cli.score import Score
from anigifs.cli.screen import Screen
from anigifs.cli.study import Study
from anigifs.cli.sweep import Sweep
from anigifs.cli.train import Train
from anigifs.cli.weights import Add, List, Seen, Verify
from anigifs.foundation import AnigifsError
from anigifs.foundation.errors import advice, is_no_memory

DESCRIPTION = """Measure, explain and narrow the gap an action-recognition model falls into on
animated GIFs. Example: anigifs predict dance.gif (and anigifs --version)"""

#: What the system says where something could not be written.
UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
NO_MEMORY = (
    "memory ran out; give it more, or ask for less at a time (fewer --workers, smaller batches, "
    "frames or sizes), and start again: what is done is kept"
)

WeightsCommand = (
    Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Add, tyro.conf.subcommand("add")]
    | Annotated[Verify, tyro.conf.subcommand("verify")]
    | Annotated[Seen, tyro.conf.subcommand("seen")]
)


@dataclass(frozen=True)
class Weights:
    """List, add and verify pretrained weights; say what they have seen.

    Example: anigifs weights list
    """

    command: WeightsCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()


Command = (
    Annotated[Predict, tyro.conf.subcommand("predict")]
    | Annotated[Agreement, tyro.conf.subcommand("agreement")]
    | Annotated[Audit, tyro.conf.subcommand("audit")]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Collect, tyro.conf.subcommand("collect")]
    | Annotated[FindDuplicates, tyro.conf.subcommand("duplicates")]
    | Annotated[Explain, tyro.conf.subcommand("explain")]
    | Annotated[FigureGroup, tyro.conf.subcommand("figure")]
    | Annotated[IndexGroup, tyro.conf.subcommand("index")]
    | Annotated[Gap, tyro.conf.subcommand("gap")]
    | Annotated[Gifify, tyro.conf.subcommand("gifify")]
    | Annotated[Materialise, tyro.conf.subcommand("materialise")]
    | Annotated[Puppets, tyro.conf.subcommand("puppets")]
    | Annotated[Release, tyro.conf.subcommand("release")]
    | Annotated[ReviewGroup, tyro.conf.subcommand("review")]
    | Annotated[Score, tyro.conf.subcommand("score")]
    | Annotated[Screen, tyro.conf.subcommand("screen")]
    | Annotated[Study, tyro.conf.subcommand("study")]
    | Annotated[Sweep, tyro.conf.subcommand("sweep")]
    | Annotated[Train, tyro.conf.subcommand("train")]
    | Annotated[Weights, tyro.conf.subcommand("weights")]
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit.

    The code is 0, or 2 where what the user or the machine did is at fault, or 130 if stopped.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may be of any bytes
    try:
        if arguments == ["--version"]:
            print(f"anigifs {anigifs.__version__}", flush=True)
            return
        code = _parse(arguments).run()
        sys.stdout.flush()
    except AnigifsError as error:
        code = _fail(str(error), arguments)
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        _close_stdout()  # the reader went away, as `head` does
        code = 141
    except Exception as error:
        if is_no_memory(error):
            code = _fail(NO_MEMORY, arguments)
        elif isinstance(error, OSError):
            code = _fail(_refusal(error), arguments)
        else:
            raise
    sys.exit(code)


def _parse(arguments: list[str]) -> Command:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            command: Command = tyro.cli(
                Command,
                prog="anigifs",
                description=DESCRIPTION,
                args=arguments,
                config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
            )
    except SystemExit as exit_:
        if exit_.code:
            sys.exit(_fail(_one_line(said.getvalue()), arguments))
        raise
    return command


def _one_line(box: str) -> str:
    """Return what tyro says in a box: its first sentence, and the names of arguments after it."""
    said = [line.strip("│").rstrip() for line in _lines_of(box) if line.startswith("│")]
    more = takewhile(lambda line: re.match(r" [^ ─]", line), said[1:])  # what follows is indented
    lines = [line.strip() for line in said]
    first = [*lines[:1], *(line.strip() for line in more)]
    names = [line for line in lines[1:] if re.fullmatch(r"--[a-z]\S*( .*)?|[A-Z]+[.]*", line)]
    return f"{' '.join([*first, *names]).rstrip('.')}; see anigifs --help"


def _lines_of(box: str) -> list[str]:
    """Return the lines of a box; where all is ASCII, with the characters that it lacks."""
    lines = box.splitlines()
    if "│" in box or len(lines) < 2:
        return lines
    below_title = (line[1:].rstrip() for line in lines[2:])
    return [f"│{line if line.strip('- ') else ' ─'}" for line in below_title]


def _refusal(error: OSError) -> str:
    """Return what the system has refused, and what to do where it could not be written."""
    named = error.filename2 or error.filename  # of a renaming, what it was to become
    where = f"{named}: " if named else ""
    what_to_do = f"; {advice(error.errno)}" if error.errno in UNWRITTEN else ""
    return f"{where}{error.strerror or error}{what_to_do}"


def _fail(message: str, arguments: list[str]) -> int:
    try:
        if "--json" in arguments:
            print_envelope([], error=message)
        sys.stdout.flush()
    except OSError:  # a full disk takes no output either
        _close_stdout()
    with contextlib.suppress(OSError):
        print(f"anigifs: {printable(message)}", file=sys.stderr, flush=True)
    return 2


def _close_stdout() -> None:
    """Throw away what could not be printed; Python would try it once more while closing."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
