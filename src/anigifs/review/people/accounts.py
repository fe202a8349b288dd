"""Who takes part: a name, a role, and the hash of a password."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from anigifs.curate.votes import GOLD
from anigifs.foundation import UsageError
from anigifs.review.people.passwords import PASSWORDS, Passwords
from anigifs.review.people.throttle import Throttle
from anigifs.review.review import Review
from anigifs.review.store.engine import reading, writing
from anigifs.review.store.schema import accounts

#: An annotator judges; an adjudicator decides what annotators disagree on; an administrator manages
#: accounts. Nobody has two roles: a person may have two accounts.
Role = Literal["annotator", "adjudicator", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
#: It stands in addresses of pages, so it begins with neither a dot nor a dash.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_COLUMNS = [accounts.c[name] for name in ("id", "name", "role", "enabled", "epoch")]


class NotLetIn(UsageError):  # noqa: N818 - an answer, not a fault
    """A name or a password is wrong, or the account is disabled; it is not said which."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who takes part.

    Attributes:
        id: A number that stays.
        name: 1 to 64 letters, digits, ``.``, ``_``, ``-`` and ``@``; unique whatever the case.
        role: See :data:`Role`.
        enabled: Whether they may log in.
        epoch: Sessions of another epoch have ended.
    """

    id: int
    name: str
    role: Role
    enabled: bool
    epoch: int


def add_account(
    review: Review, name: str, role: str, password: str, passwords: Passwords = PASSWORDS
) -> Account:
    """Add somebody.

    Args:
        review: Where they take part.
        name: See :class:`Account`.
        role: One of :data:`ROLES`.
        password: 12 to 256 characters.
        passwords: Hashes it.

    Raises:
        UsageError: There is such a name already, or an argument is none.
    """
    check_person(name)
    row = {
        "name": name,
        "role": _checked_role(role),
        "password_hash": passwords.hash(password),
        "enabled": True,
        "epoch": 0,
        "created_ms": time.time_ns() // 1_000_000,
    }
    taken = UsageError(f"there is an account {name} already")
    try:
        with writing(review.engine) as connection:
            if _row(connection, name):
                raise taken
            connection.execute(insert(accounts).values(row))
            return _account(_needed(connection, name))
    except IntegrityError:  # somebody else added it at the same moment
        raise taken from None


def set_password(
    review: Review, name: str, password: str, passwords: Passwords = PASSWORDS
) -> Account:
    """Give somebody another password; their sessions end.

    Raises:
        UsageError: There is no such account, or it is no password.
    """
    return _change(review, name, {"password_hash": passwords.hash(password)})


def set_role(review: Review, name: str, role: str) -> Account:
    """Give somebody another role; their sessions end.

    Raises:
        UsageError: There is no such account or role, or no administrator would be left.
    """
    return _change(review, name, {"role": _checked_role(role)})


def set_enabled(review: Review, name: str, enabled: bool) -> Account:
    """Let somebody log in, or no more; their sessions end.

    Raises:
        UsageError: There is no such account, or no administrator would be left.
    """
    return _change(review, name, {"enabled": enabled})


def end_sessions(review: Review, name: str) -> Account:
    """End all sessions of somebody, wherever they are logged in.

    Raises:
        UsageError: There is no such account.
    """
    return _change(review, name, {})


def find(review: Review, name: str) -> Account | None:
    """Return the account of a name, whatever its case, or None."""
    with reading(review.engine) as connection:
        row = _row(connection, name)
    return _account(row) if row else None


def by_id(review: Review, number: int) -> Account | None:
    """Return the account of a number, or None."""
    with reading(review.engine) as connection:
        row = connection.execute(select(*_COLUMNS).where(accounts.c.id == number)).first()
    return _account(row._mapping) if row else None


def all_accounts(review: Review) -> list[Account]:
    """Return everybody, by name."""
    with reading(review.engine) as connection:
        rows = connection.execute(select(*_COLUMNS)).all()
    return sorted((_account(row._mapping) for row in rows), key=lambda one: one.name.lower())


def log_in(
    review: Review,
    throttle: Throttle,
    name: str,
    password: str,
    address: str,
    now_ms: int,
    passwords: Passwords = PASSWORDS,
) -> Account:
    """Return the account that a name and a password belong to.

    A name that does not exist takes as long as a wrong password, and answers the same.

    Args:
        review: Where somebody wants to take part.
        throttle: Remembers who failed.
        name: What they typed.
        password: What they typed.
        address: Where they come from.
        now_ms: The time, in milliseconds.
        passwords: Compares hashes.

    Raises:
        Throttled: They have to wait; the password was not looked at.
        NotLetIn: They are not let in.
    """
    # What is no name at all is counted as one, so that it cannot fill the memory.
    counted = name.lower() if _NAME.fullmatch(name) else ""
    throttle.begin(counted, address, now_ms)
    with reading(review.engine) as connection:
        row = _row(connection, name)
    hashed = row["password_hash"] if row else None
    if not passwords.right(hashed, password) or row is None or not row["enabled"]:
        raise NotLetIn
    throttle.succeeded(counted, address)
    if passwords.outdated(row["password_hash"]):
        _hash_anew(review, row, password, passwords)
    return _account(row)


def check_person(name: str) -> None:
    """Make sure that a name may be that of somebody.

    Raises:
        UsageError: It may not, or it is the name under which known answers stand.
    """
    check_name(name)
    if name.lower() == GOLD:
        raise UsageError(f"name is {name!a}, under which known answers stand; choose another one")


def check_name(name: str) -> None:
    """Make sure that a name may be one.

    Raises:
        UsageError: It may not.

    Example:
        >>> check_name("ann@example.org")
        >>> check_name("<b>")
        Traceback (most recent call last):
        ...
        anigifs.foundation.errors.UsageError: name is '<b>'; give 1 to 64 letters, digits or . _ - \
@, a letter or a digit first
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"name is {name[:80]!a}; give 1 to 64 letters, digits or . _ - @, a letter or a "
            "digit first"
        )


def _checked_role(role: str) -> Role:
    if role not in ROLES:
        raise UsageError(f"role is {role[:80]!a}; there are {', '.join(ROLES)}")
    return role


def _change(review: Review, name: str, values: Mapping[str, Any]) -> Account:
    """Change a row and end its sessions, unless no administrator were left."""
    with writing(review.engine) as connection:
        # Locked, so that two administrators cannot end each other at the same moment.
        before = _administrators(connection)
        row = _needed(connection, name)
        connection.execute(
            update(accounts)
            .where(accounts.c.id == row["id"])
            .values({**values, "epoch": accounts.c.epoch + 1})
        )
        if before and not _administrators(connection):
            raise UsageError(f"{name} is the last administrator; add another one first")
        return _account(_needed(connection, name))


def _administrators(connection: Connection) -> list[int]:
    """Return the enabled administrators, who stay so until the transaction ends."""
    chosen = accounts.c.enabled & (accounts.c.role == "administrator")
    query = select(accounts.c.id).where(chosen).order_by(accounts.c.id).with_for_update()
    return list(connection.scalars(query))


def _row(connection: Connection, name: str) -> RowMapping | None:
    if not _NAME.fullmatch(name):  # a database may not even take it
        return None
    query = select(*_COLUMNS, accounts.c.password_hash)
    row = connection.execute(query.where(func.lower(accounts.c.name) == name.lower())).first()
    return row._mapping if row else None


def _needed(connection: Connection, name: str) -> RowMapping:
    if row := _row(connection, name):
        return row
    raise UsageError(f"there is no account {name[:80]!a}")


def _account(row: RowMapping) -> Account:
    return Account(**{column.name: row[column.name] for column in _COLUMNS})


def _hash_anew(review: Review, row: RowMapping, password: str, passwords: Passwords) -> None:
    """Keep a hash with today's costs, unless the password was changed in the meantime."""
    same = (accounts.c.id == row["id"]) & (accounts.c.password_hash == row["password_hash"])
    hashed = passwords.hash(password)
    with writing(review.engine) as connection:
        connection.execute(update(accounts).where(same).values(password_hash=hashed))
