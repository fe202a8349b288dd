"""The one entry: parse, run, and turn what a user got wrong into one line and exit code 2."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import tyro

import anigifs
from anigifs.cli.evaluate import Evaluate
from anigifs.cli.output import print_envelope
from anigifs.cli.predict import Predict
from anigifs.cli.weights import Add, List, Verify
from anigifs.foundation import AnigifsError

DESCRIPTION = """Measure, explain and narrow the gap an action-recognition model falls into on
animated GIFs. Example: anigifs predict dance.gif"""

WeightsCommand = (
    Annotated[
        List,
        tyro.conf.subcommand("list"),
    ]
    | Annotated[Add, tyro.conf.subcommand("add")]
    | Annotated[
        Verify,
        tyro.conf.subcommand("verify"),
    ]
)


@dataclass(frozen=True)
class Weights:
    """List, add and verify pretrained weights.

    Example: anigifs weights list
    """

    command: WeightsCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()


Command = (
    Annotated[
        Predict,
        tyro.conf.subcommand("predict"),
    ]
    | Annotated[
        Evaluate,
        tyro.conf.subcommand("evaluate"),
    ]
    | Annotated[
        Weights,
        tyro.conf.subcommand("weights"),
    ]
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name and exit: 0, 2 for a user's error, 130 if stopped."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments == ["--version"]:
        print(f"anigifs {anigifs.__version__}")
        return
    try:
        command: Command = tyro.cli(
            Command,
            prog="anigifs",
            description=DESCRIPTION,
            args=arguments,
            config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
        )
        sys.exit(command.run())
    except AnigifsError as error:
        if "--json" in arguments:
            print_envelope([], error=str(error))
        print(f"anigifs: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away, as `head` does; Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
