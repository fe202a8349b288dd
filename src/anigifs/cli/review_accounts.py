"""``anigifs review accounts``: who takes part in a review."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.output import print_envelope, printable
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.review.people.accounts import Account
    from anigifs.review.review import Review

#: As in anigifs.review.people.accounts, which is not imported before a command runs.
Role = Literal["annotator", "adjudicator", "administrator"]
Folder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
Name = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]


@dataclass(frozen=True)
class ListAccounts:
    """List the accounts of a review.

    Example: anigifs review accounts list review
    """

    review: Folder
    """What `anigifs review init` made."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Print the accounts."""
        from anigifs.review.people.accounts import all_accounts

        with opened(self.review) as review:
            found = all_accounts(review)
        if self.json:
            print_envelope([_row(one) for one in found], {"accounts": len(found)})
            return 0
        for one in found:
            state = "" if one.enabled else " disabled"
            print(printable(f"{one.name:<24} {one.role:<14}{state}".rstrip()))
        if not found:
            print(printable(f"{self.review}: no accounts yet"))
        return 0


@dataclass(frozen=True)
class AddAccount:
    """Add an account; its password is asked for, unless an option says where it comes from.

    Example: anigifs review accounts add review ann --role annotator
    """

    review: Folder
    """What `anigifs review init` made."""
    name: Name
    """1 to 64 letters, digits or . _ - @"""
    role: Role
    """What this person does; who does two things has two accounts."""
    password_stdin: bool = False
    """Read the password from the first line of standard input."""
    generate: bool = False
    """Make a password up and print it, once."""

    def run(self) -> int:
        """Add it."""
        from anigifs.review.people.accounts import add_account, check_person

        check_person(self.name)
        with opened(self.review) as review:
            word = new_password(self.password_stdin, self.generate)
            account = add_account(review, self.name, self.role, word)
        return _tell(account, "added", word if self.generate else None)


@dataclass(frozen=True)
class SetRole:
    """Give an account another role; it is logged out.

    Example: anigifs review accounts role review ann adjudicator
    """

    review: Folder
    """What `anigifs review init` made."""
    name: Name
    """Of the account."""
    role: Annotated[Role, tyro.conf.Positional]
    """What this person does from now on."""

    def run(self) -> int:
        """Change it."""
        from anigifs.review.people.accounts import set_role

        return _change(self.review, lambda review: set_role(review, self.name, self.role))


@dataclass(frozen=True)
class SetPassword:
    """Give an account another password; it is logged out.

    Example: anigifs review accounts password review ann --generate
    """

    review: Folder
    """What `anigifs review init` made."""
    name: Name
    """Of the account."""
    password_stdin: bool = False
    """Read the password from the first line of standard input."""
    generate: bool = False
    """Make a password up and print it, once."""

    def run(self) -> int:
        """Change it."""
        from anigifs.review.people.accounts import set_password

        with opened(self.review) as review:
            word = new_password(self.password_stdin, self.generate)
            account = set_password(review, self.name, word)
        return _tell(account, "has a new password", word if self.generate else None)


@dataclass(frozen=True)
class Disable:
    """Let an account log in no more, and log it out; its votes stay.

    Example: anigifs review accounts disable review ann
    """

    review: Folder
    """What `anigifs review init` made."""
    name: Name
    """Of the account."""

    def run(self) -> int:
        """Change it."""
        from anigifs.review.people.accounts import set_enabled

        return _change(self.review, lambda review: set_enabled(review, self.name, False))


@dataclass(frozen=True)
class Enable:
    """Let an account log in again.

    Example: anigifs review accounts enable review ann
    """

    review: Folder
    """What `anigifs review init` made."""
    name: Name
    """Of the account."""

    def run(self) -> int:
        """Change it."""
        from anigifs.review.people.accounts import set_enabled

        return _change(self.review, lambda review: set_enabled(review, self.name, True))


AccountsCommand = (
    Annotated[ListAccounts, tyro.conf.subcommand("list")]
    | Annotated[AddAccount, tyro.conf.subcommand("add")]
    | Annotated[SetRole, tyro.conf.subcommand("role")]
    | Annotated[SetPassword, tyro.conf.subcommand("password")]
    | Annotated[Disable, tyro.conf.subcommand("disable")]
    | Annotated[Enable, tyro.conf.subcommand("enable")]
)


@dataclass(frozen=True)
class ReviewAccounts:
    """List, add and change the accounts of a review.

    Example: anigifs review accounts add review ann --role annotator
    """

    command: AccountsCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()


@contextmanager
def opened(folder: Path) -> Iterator["Review"]:
    """Yield a review and close it.

    Raises:
        UsageError: There is none, or the packages that it needs are not installed.
    """
    from anigifs.review.settings import check_installed

    check_installed()
    from anigifs.review.review import open_review

    review = open_review(folder)
    try:
        yield review
    finally:
        review.close()


def new_password(stdin: bool, generate: bool) -> str:
    """Return a password: made up, read, or typed twice.

    Raises:
        UsageError: There is nobody to ask, or it is none.
    """
    from anigifs.review.people.passwords import check_password, made_up

    if stdin and generate:
        raise UsageError("--password-stdin and --generate: give one of them")
    if generate:
        return made_up()
    if stdin:
        word = sys.stdin.readline().rstrip("\r\n")
        check_password(word)
        return word
    if not sys.stdin.isatty():
        raise UsageError("no terminal to ask on; give --password-stdin or --generate")
    word = getpass("Password: ")
    check_password(word)
    if getpass("The same again: ") != word:
        raise UsageError("the two passwords are not the same")
    return word


def _change(folder: Path, change: Callable[["Review"], "Account"]) -> int:
    with opened(folder) as review:
        account = change(review)
    return _tell(account, "is")


def _tell(account: "Account", what: str, password: str | None = None) -> int:
    state = account.role if account.enabled else f"{account.role}, disabled"
    words = f"{account.name} {what} ({state})" if what != "is" else f"{account.name}: {state}"
    print(printable(words))
    if password is not None:
        print(f"password: {password}")
    return 0


def _row(account: "Account") -> dict[str, object]:
    return {"name": account.name, "role": account.role, "enabled": account.enabled}
