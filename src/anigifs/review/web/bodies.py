"""What is sent to us: taken only if it has exactly the shape that is asked for."""

import json
from collections.abc import Collection, Sequence
from dataclasses import MISSING, fields
from typing import Any, Literal, NoReturn, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request

from anigifs.index.names import is_utf8

#: Of a body, at most.
MOST_BYTES = 64 * 1024
#: In which it has to come, in seconds.
PATIENCE_S = 30
#: Whole numbers are exact in every browser up to here.
MOST_NUMBER = 2**53 - 1
Shape = TypeVar("Shape")


async def read_body(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        HTTPException: 413, it is more than 64 KiB; no more than that was read. 408, it did not
            come in half a minute.
        ClientDisconnect: Its sender is gone.
    """
    body = bytearray()
    try:
        with anyio.fail_after(PATIENCE_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(413, f"too large: at most {MOST_BYTES:,} bytes are taken")
    except TimeoutError:
        raise HTTPException(408, "it took too long to come; send it again") from None
    return bytes(body)


def json_body(content_type: str | None, body: bytes, shape: type[Shape]) -> Shape:
    """Return a body in JSON as a dataclass.

    Args:
        content_type: What the request says it is: ``application/json``.
        body: UTF-8.
        shape: Its fields are texts, whole numbers, true or false, or one of some texts. Those
            without a default are needed; there may be no other ones.

    Raises:
        HTTPException: 400, with what is wrong with it.
    """
    if _plain(content_type) != "application/json":
        _bad("send application/json")
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_constant=_bad)
    except (ValueError, RecursionError):
        _bad("this is not JSON")
    if not isinstance(found, dict):
        _bad("send one JSON object")
    hints = get_type_hints(shape)
    known = {field.name: field for field in fields(shape)}  # type: ignore[arg-type]
    for name, value in found.items():
        if name not in known:
            _bad(f"there is no field {name[:80]!a}")
        _check(name, value, hints[name])
    for name, field in known.items():
        if name not in found and field.default is MISSING:
            _bad(f"the field {name} is needed")
    return shape(**found)


def form_body(content_type: str | None, body: bytes, names: Collection[str]) -> dict[str, str]:
    """Return the fields of a form; those that were not sent are empty.

    Args:
        content_type: What the request says it is: ``application/x-www-form-urlencoded``.
        body: As forms without files are sent.
        names: The fields that there may be.

    Raises:
        HTTPException: 400, with what is wrong with it.
    """
    if _plain(content_type) != "application/x-www-form-urlencoded":
        _bad("send application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
    except ValueError:
        _bad("this is not a form")
    found = _once(pairs)
    for name, value in found.items():
        if name not in names:
            _bad(f"there is no field {name[:80]!a}")
        _check(name, value, str)
    return {**dict.fromkeys(names, ""), **found}


def whole_number(text: str, least: int, most: int) -> int:
    """Return a number of a query.

    Raises:
        HTTPException: 400, it is none, or out of its range.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        _bad(f"give a whole number from {least} to {most}")
    return int(text)


def is_text(value: object) -> bool:
    r"""Return whether a value is a text that every database can hold.

    Example:
        >>> is_text("naïve"), is_text("\ud800"), is_text("\0"), is_text(5)
        (True, False, False, False)
    """
    return isinstance(value, str) and "\0" not in value and is_utf8(value)


def _check(name: str, value: object, hint: object) -> None:
    """Make sure that a value is of a type; true is no number here."""
    if get_origin(hint) is Literal:
        if not isinstance(value, str) or value not in get_args(hint):
            _bad(f"{name} is one of {', '.join(get_args(hint))}")
    elif hint is str:
        if not is_text(value):
            _bad(f"{name} is a text")
    elif type(value) is not hint:
        _bad(f"{name} is {'a whole number' if hint is int else 'true or false'}")
    elif isinstance(value, int) and abs(value) > MOST_NUMBER:
        _bad(f"{name} is too large")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _bad("a field stands there twice")
    return found


def _plain(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _bad(why: str) -> NoReturn:
    raise HTTPException(400, why)
