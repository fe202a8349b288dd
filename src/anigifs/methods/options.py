"""What a method can be told: ``name=value`` words, read into the dataclass that it declares."""

import types
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from anigifs.foundation import UsageError
from anigifs.models import ENDPOINTS

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class NoOptions:
    """Of a method that has nothing to choose."""


def read_options(method: str, kind: type[Kind], given: Sequence[str]) -> Kind:
    """Return a method's options from words such as ``period=8``.

    Args:
        method: Its name, for messages.
        kind: The frozen dataclass of its options; what is not given keeps its default.
        given: ``name=value`` each; ``none`` is None, ``true`` and ``false`` are truth values.

    Raises:
        UsageError: An unknown option, one given twice, or a value that does not fit.

    Example:
        >>> @dataclass(frozen=True)
        ... class Options:
        ...     period: int | None = None
        ...     layer: Literal["Mixed_4f", "Mixed_5c"] = "Mixed_5c"
        >>> read_options("gating", Options, ["period=8"])
        Options(period=8, layer='Mixed_5c')
    """
    types_of = get_type_hints(kind)
    values: dict[str, Any] = {}
    for word in given:
        name, equals, text = word.partition("=")
        if name not in types_of or not equals:
            raise UsageError(f"method {method!r}: no option {word!r}; {_known(kind)}")
        if name in values:
            raise UsageError(f"method {method!r}: the option {name!r} is given twice")
        try:
            values[name] = _read(text, types_of[name])
        except ValueError:
            wanted = _words(types_of[name])
            raise UsageError(f"method {method!r}: {name} is {wanted}, not {text!r}") from None
    return kind(**values)


def check_layer(layer: str) -> None:
    """Refuse the name of a layer that the network has not.

    Raises:
        UsageError: None of its endpoints is called so.
    """
    if layer not in ENDPOINTS:
        known = ", ".join(ENDPOINTS)
        raise UsageError(f"no layer {layer!r}; the network's endpoints are {known}")


def _known(kind: type) -> str:
    known = [f"{field.name}={_shown(field.default)}" for field in fields(kind)]
    return f"its options are {' '.join(known)}" if known else "it has none"


def _shown(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _read(text: str, wanted: Any) -> Any:  # noqa: ANN401 - any type that a field may have
    """Return the value that a text stands for.

    Raises:
        ValueError: It stands for none of the type.
    """
    if get_origin(wanted) in (Union, types.UnionType):
        if text == "none":
            return None
        (wanted,) = (one for one in get_args(wanted) if one is not types.NoneType)
    if wanted is bool:
        choices = {"true": True, "false": False}
    elif get_origin(wanted) is Literal:
        choices = {str(one): one for one in get_args(wanted)}
    else:
        return wanted(text)
    if text not in choices:
        raise ValueError(text)
    return choices[text]


def _words(wanted: Any) -> str:  # noqa: ANN401 - any type that a field may have
    if get_origin(wanted) in (Union, types.UnionType):
        parts = ["none" if one is types.NoneType else _words(one) for one in get_args(wanted)]
        return " or ".join(parts)
    if get_origin(wanted) is Literal:
        return " or ".join(map(str, get_args(wanted)))
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "a name"}
    return names[wanted]
