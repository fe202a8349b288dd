import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation.work.content import DIGITS, content_name
from tests.conftest import REPOSITORY


class Style(Enum):
    FILM = "film"
    CARTOON = "cartoon"


@dataclass(frozen=True)
class Row:
    path: Path
    styles: frozenset[str]
    size: tuple[int, int] | None = None


def half(scale: float, item: int) -> float:
    return scale * item / 2


#: All different, by pairs that a careless name would confuse.
VALUES: list[object] = [
    None,
    0,
    False,
    0.0,
    -0.0,
    "0",
    b"0",
    ("ab", "c"),
    ("a", "bc"),
    ["a", "bc"],
    (("a",), "bc"),
    {"a": 1, "b": 2},
    {"a": 2, "b": 1},
    {"a", "b", "c", "d"},
    frozenset({"a", "b", "c", "d"}),
    Path("a/b.gif"),
    "a/b.gif",
    Style.FILM,
    Style.CARTOON,
    Row(Path("a.gif"), frozenset({"flat", "line", "pixel"})),
    Row(Path("a.gif"), frozenset({"flat", "line"})),
    Row(Path("a.gif"), frozenset({"flat", "line"}), (8, 8)),
    np.arange(5000),
    np.arange(5000) + (np.arange(5000) == 2500),  # its repr is the same
    np.arange(5000).astype(np.int32),
    partial(half, 2.0),
    partial(half, 3.0),
    half,
    Row,
    np.float64(0.0),
]
single = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
plain = st.recursive(
    single | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


def named() -> str:
    return " ".join(map(content_name, VALUES))


def test_different_values_have_different_names() -> None:
    names = [content_name(value) for value in VALUES]
    assert {len(name) for name in names} == {DIGITS}
    for (one, of_one), (other, of_other) in combinations(zip(VALUES, names, strict=True), 2):
        assert of_one != of_other, (one, other)


@given(plain, plain)
def test_names_differ_where_values_do(one: object, other: object) -> None:
    # The text tells 1 from True, and the order of a dictionary, which a name shall not.
    if one != other:
        assert content_name(one) != content_name(other)


def test_names_are_the_same_in_processes_that_hash_otherwise() -> None:
    call = "from tests.foundation.work.test_content import named; print(named())"
    found = {
        subprocess.run(
            [sys.executable, "-c", call],
            cwd=REPOSITORY,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {named()}


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"b": [1, 2], "a": {"y", "x"}},
        lambda: ("".join(["a", "b"]), "".join(["a", "b"])),
        lambda: Row(Path("a") / "b.gif", frozenset(["x", "y"])),
    ],
)
def test_equal_values_that_are_not_the_same_objects_have_one_name(
    make: Callable[[], object],
) -> None:
    assert content_name(make()) == content_name(make())
    twice = make()
    assert content_name(twice, twice) == content_name(make(), make())


def test_the_order_of_a_dictionary_is_not_in_its_name() -> None:
    assert content_name({"a": 1, "b": 2}) == content_name({"b": 2, "a": 1})


def test_what_cannot_be_pickled_has_no_name() -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        content_name(threading.Lock())
