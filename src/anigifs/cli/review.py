"""``anigifs review``: several people judge the items of a collection, in their browsers."""

from dataclasses import dataclass
from typing import Annotated

import tyro

from anigifs.cli.review_accounts import ReviewAccounts
from anigifs.cli.review_exchange import ReviewExport, ReviewLoad
from anigifs.cli.review_init import ReviewInit
from anigifs.cli.review_serve import ReviewServe

ReviewCommand = (
    Annotated[ReviewInit, tyro.conf.subcommand("init")]
    | Annotated[ReviewAccounts, tyro.conf.subcommand("accounts")]
    | Annotated[ReviewServe, tyro.conf.subcommand("serve")]
    | Annotated[ReviewExport, tyro.conf.subcommand("export")]
    | Annotated[ReviewLoad, tyro.conf.subcommand("load")]
)


@dataclass(frozen=True)
class ReviewGroup:
    """Let several people judge the items of a collection in a browser, and keep what they say.

    Example: anigifs review init found --out review
    """

    command: ReviewCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()
