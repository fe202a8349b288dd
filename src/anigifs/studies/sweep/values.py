"""Values of a TOML file: each is of its field's type, or one line says that it is not."""

import dataclasses
import math
import types
from collections.abc import Collection, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from anigifs.foundation import UsageError

_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def check_keys(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse a table with a key that nobody knows.

    Raises:
        UsageError: There is one; those that are known are listed.
    """
    if unknown := [key for key in table if key not in known]:
        raise UsageError(f"{where}: no key {unknown[0]!r}; there are {', '.join(sorted(known))}")


def fields_of(table: Mapping[str, Any], kind: type, where: str) -> dict[str, Any]:
    """Return the values of a table as the types that the fields of a dataclass have.

    Args:
        table: Its keys are names of fields; not all need to be there.
        kind: The dataclass.
        where: The file and the table, for messages.

    Raises:
        UsageError: A value does not fit.
    """
    types_of = get_type_hints(kind)
    return {key: fitted(value, types_of[key], f"{where}: {key}") for key, value in table.items()}


def field_names(kind: type) -> set[str]:
    """Return the names of the fields of a dataclass."""
    return {field.name for field in dataclasses.fields(kind)}


def fitted(value: object, wanted: Any, where: str) -> Any:  # noqa: ANN401 - any type of a field
    """Return a value as the type that is wanted.

    A whole number is a number too, and a list becomes a tuple, so that equal settings are equal.

    Args:
        value: As TOML gives it.
        wanted: ``int``, ``float``, ``bool``, ``str``, a ``Literal``, a ``tuple`` of one type, or
            one of these or None.
        where: The file, the table and the key, for messages.

    Raises:
        UsageError: It is of another type.

    Example:
        >>> fitted(1, float, "a.toml: lr"), fitted(["film"], tuple[str, ...], "a.toml: styles")
        (1.0, ('film',))
    """
    if get_origin(wanted) in (Union, types.UnionType):
        (wanted,) = (one for one in get_args(wanted) if one is not types.NoneType)
    if get_origin(wanted) is tuple and isinstance(value, list):
        return tuple(fitted(one, get_args(wanted)[0], where) for one in value)
    if not _fits(value, wanted):
        raise UsageError(f"{where} is {_said(wanted)}, not {value!r}")
    return float(value) if wanted is float and isinstance(value, int) else value


def _fits(value: object, wanted: Any) -> bool:  # noqa: ANN401 - any type of a field
    if get_origin(wanted) is Literal:
        return value in get_args(wanted)
    if get_origin(wanted) is tuple:
        return False
    if wanted is float:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (isinstance(value, float) and math.isfinite(value))
    # The truth values are whole numbers to Python, and to nobody else.
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _said(wanted: Any) -> str:  # noqa: ANN401 - any type of a field
    if get_origin(wanted) is Literal:
        return " or ".join(repr(one) for one in get_args(wanted))
    if get_origin(wanted) is tuple:
        return f"a list, each {_said(get_args(wanted)[0])}"
    return _WORDS[wanted]
