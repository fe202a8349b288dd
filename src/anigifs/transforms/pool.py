"""Operations, tuples drawn from a pool of them, and the photometric pool that RSDA searches.

The pool has ten operations, each at its listed levels: 211 pairs, and 211 ** 4 tuples of four. They
are those of Volpi & Murino, "Addressing Model Vulnerability to Distributional Shifts over Image
Transformation Sets", ICCV 2019 (arXiv 1903.11900), as their published code spaces them. Others are
in :mod:`anigifs.transforms.families`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anigifs.foundation import UsageError

LENGTH = 4  # operations in a tuple, as the study of GIFs has it


@dataclass(frozen=True)
class Operation:
    """One operation of a pool at one level.

    Attributes:
        name: A key of the pool.
        level: Of :data:`POOL` what Pillow is given: a factor for brightness, color, contrast and
            sharpness; a percentage of pixels to cut at each end for autocontrast; a threshold in
            0..255 for solarize; what is added to a channel of 0..255 for red, green and blue. None
            for grayscale, which has no level.
    """

    name: str
    level: "Level"


Level = float | int | str | None
Pool = Mapping[str, tuple[Level, ...]]  # the levels of each operation
Operations = tuple[Operation, ...]  # applied in order; the empty tuple changes nothing


def _spaced(least: float, most: float, count: int) -> tuple[float, ...]:
    return tuple(np.linspace(least, most, count).tolist())


def _spaced_whole(least: int, most: int, count: int) -> tuple[int, ...]:
    # Cut off towards zero as the published code does, so solarize has no 19 and no channel has 0.
    return tuple(int(level) for level in np.linspace(least, most, count))


POOL: Pool = {
    "autocontrast": _spaced(0.0, 0.3, 20),
    "brightness": _spaced(0.6, 1.4, 20),
    "color": _spaced(0.6, 1.4, 20),
    "contrast": _spaced(0.6, 1.4, 20),
    "sharpness": _spaced(0.6, 1.4, 20),
    "solarize": _spaced_whole(0, 20, 20),
    "grayscale": (None,),
    "red": _spaced_whole(-120, 120, 30),
    "green": _spaced_whole(-120, 120, 30),
    "blue": _spaced_whole(-120, 120, 30),
}


def draw(rng: np.random.Generator, length: int = LENGTH, pool: Pool = POOL) -> Operations:
    """Draw a tuple: each name uniformly with replacement, then one of its levels uniformly.

    So grayscale is drawn as often as any other, although it has one level of 211.

    Args:
        rng: Where the chance comes from; two numbers are taken for each operation.
        length: How many operations, 0 or more.
        pool: What to draw from.

    Example:
        >>> len(draw(np.random.default_rng(0)))
        4
        >>> draw(np.random.default_rng(0), 2) == draw(np.random.default_rng(0), 2)
        True
    """
    if length < 0:
        raise UsageError(f"a tuple of operations has 0 or more of them, not {length}")
    names = tuple(pool)
    drawn = []
    for _ in range(length):
        name = names[int(rng.integers(len(names)))]
        levels = pool[name]
        drawn.append(Operation(name, levels[int(rng.integers(len(levels)))]))
    return tuple(drawn)


def to_json(operations: Operations) -> list[list[Any]]:
    """Return a tuple as lists of a name and a level, for a file of JSON.

    Example:
        >>> to_json((Operation("contrast", 0.6), Operation("grayscale", None)))
        [['contrast', 0.6], ['grayscale', None]]
    """
    return [[operation.name, operation.level] for operation in operations]


def from_json(values: Iterable[Any], pool: Pool = POOL) -> Operations:
    """Return the tuple that :func:`to_json` wrote.

    Args:
        values: Pairs of a name and a level.
        pool: What they are of.

    Raises:
        UsageError: Not pairs, a name that is not in the pool, or a level that the name lacks.

    Example:
        >>> from_json([["solarize", 4]])
        (Operation(name='solarize', level=4),)
    """
    if isinstance(values, str | bytes | dict) or not isinstance(values, Iterable):
        raise UsageError(f"operations are a list of pairs of a name and a level, not {values!r}")
    return tuple(_from_pair(value, pool) for value in values)


def _from_pair(value: Any, pool: Pool) -> Operation:  # noqa: ANN401 - whatever a file held
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise UsageError(f"an operation is a pair of a name and a level, not {value!r}")
    name, level = value
    if not isinstance(name, str) or name not in pool:
        raise UsageError(f"no operation is named {name!r}; there are {', '.join(pool)}")
    # A file may hold 0 for 0.0, so the pool's own number is handed out; True is not 1 here.
    if not isinstance(level, bool):
        for known in pool[name]:
            if known == level:
                return Operation(name, known)
    levels = ", ".join(str(known) for known in pool[name])
    raise UsageError(f"{name} has no level {level!r}; there are {levels}")


def words(operations: Operations) -> str:
    """Return a tuple for people to read.

    Factors and percentages have two decimals, which tell all levels of a name apart.

    Example:
        >>> words((Operation("contrast", POOL["contrast"][3]), Operation("solarize", 4)))
        'contrast 0.73, solarize 4'
        >>> words((Operation("grayscale", None), Operation("red", 12)))
        'grayscale, red +12'
        >>> words(())
        'identity'
    """
    return ", ".join(_in_words(operation) for operation in operations) or "identity"


def _in_words(operation: Operation) -> str:
    name, level = operation.name, operation.level
    if level is None:
        return name
    if isinstance(level, float):
        return f"{name} {level:.2f}"
    return f"{name} {level:+d}" if name in ("red", "green", "blue") else f"{name} {level}"
