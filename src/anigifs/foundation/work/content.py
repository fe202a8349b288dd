"""Names by content: equal values have equal names, in every process and on every day."""

import hashlib
import types
from collections.abc import Iterator
from typing import Any

#: Hexadecimal digits of a name: 64 bits, so that a billion names meet by chance 3 times in 100.
DIGITS = 16


def content_name(*values: object) -> str:
    """Return a short name of values, made of nothing but what they hold.

    The hash of a pickle would not do: pickles of equal values differ by which of their parts are
    one object, and by the order of a set, which is another in each process.

    Args:
        values: Anything that can be pickled, and that holds no circle.

    Raises:
        TypeError: A value cannot be pickled.

    Example:
        >>> content_name("index check", {"b": 1, "a": 2}) == content_name(
        ...     "index check", {"a": 2, "b": 1}
        ... )
        True
        >>> content_name(1) == content_name("1")
        False
    """
    digest = hashlib.sha256()
    for piece in _pieces(values):
        digest.update(b"%d:%s" % (len(piece), piece))  # with its length, or "ab" were "a", "b"
    return digest.hexdigest()[:DIGITS]


def _pieces(value: Any) -> Iterator[bytes]:  # noqa: ANN401 - whatever an item is
    """Yield what tells a value from all others, piece by piece."""
    kind = type(value)
    yield kind.__qualname__.encode()
    match value:
        case bytes():
            yield value
        case str():
            yield value.encode("utf-8", "surrogatepass")
        case None | bool() | int() | float() if kind.__module__ == "builtins":
            yield repr(value).encode()
        case tuple() | list() if kind.__module__ == "builtins":
            yield b"%d" % len(value)
            for one in value:
                yield from _pieces(one)
        case set() | frozenset():
            yield b"%d" % len(value)
            yield from sorted(content_name(one).encode() for one in value)
        case dict() if kind is dict:
            yield b"%d" % len(value)
            yield from sorted(content_name(*pair).encode() for pair in value.items())
        case type() | types.FunctionType():
            yield f"{value.__module__}.{value.__qualname__}".encode()
        case _:
            yield from _reduced(value)


def _reduced(value: object) -> Iterator[bytes]:
    """Yield what a pickle would keep of an object: how it is made, and its state."""
    made = value.__reduce_ex__(4)
    if isinstance(made, str):  # the name of a thing that there is once
        yield made.encode()
        return
    for part in made:
        yield from _pieces(list(part) if isinstance(part, Iterator) else part)
