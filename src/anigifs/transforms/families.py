"""All operations there are, in families, and tuples of them on clips.

RSDA's own pool is the family ``photometric``; the others are this project's, for searches that look
beyond the colours of single frames.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from anigifs.foundation import UsageError
from anigifs.transforms.context import CONTEXT, apply_context
from anigifs.transforms.gif_making import GIF_MAKING, apply_gif_making
from anigifs.transforms.photometric import Statistics, apply
from anigifs.transforms.pool import POOL, Operation, Operations, Pool, draw
from anigifs.transforms.temporal import TEMPORAL, apply_temporal

FAMILIES: dict[str, Pool] = {
    "photometric": POOL,
    "temporal": TEMPORAL,
    "gif-making": GIF_MAKING,
    "context": CONTEXT,
}
#: Of all families; no two operations have one name.
EVERY: Pool = {name: levels for family in FAMILIES.values() for name, levels in family.items()}

Families = Mapping[str, Pool]


def families_of(names: Sequence[str], without: Sequence[str] = ()) -> dict[str, Pool]:
    """Return families of operations, some operations left out.

    Args:
        names: Keys of :data:`FAMILIES`.
        without: Operations to leave out; a family that loses all of its own is left out, too.

    Raises:
        UsageError: There is no such family or operation, or nothing is left.

    Example:
        >>> list(families_of(["temporal"], ["speed", "hold", "drop", "uneven"])["temporal"])
        ['reverse', 'ping-pong', 'phase', 'exaggerate']
    """
    for name, known in [*((n, FAMILIES) for n in names), *((n, EVERY) for n in without)]:
        if name not in known:
            raise UsageError(f"no operation or family {name!r}; there are {', '.join(known)}")
    kept = {
        family: {name: levels for name, levels in FAMILIES[family].items() if name not in without}
        for family in names
    }
    if not any(kept.values()):
        raise UsageError("no operations are left; name a family, or leave out fewer of them")
    return {family: pool for family, pool in kept.items() if pool}


def draw_of(rng: np.random.Generator, length: int, families: Families) -> Operations:
    """Draw a tuple: each time a family uniformly, then a name, then a level.

    So no family is drawn more often for having more operations.

    Args:
        rng: Where the chance comes from; three numbers are taken for each operation.
        length: How many operations.
        families: What to draw from.
    """
    pools = tuple(families.values())
    return tuple(
        operation
        for _ in range(length)
        for operation in draw(rng, 1, pools[int(rng.integers(len(pools)))])
    )


def transform(
    operations: Operations,
    clips_BTHWC: np.ndarray,
    tubes_BTHW: np.ndarray | None = None,
    statistics: Statistics = "frame",
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return clips under a tuple of operations of any families, and where people are in them.

    Args:
        operations: In the order of application.
        clips_BTHWC: uint8 RGB; not changed.
        tubes_BTHW: bool; not changed. Operations of the family ``context`` need it, and do nothing
            without.
        statistics: Of the photometric operations.

    Example:
        >>> clips_BTHWC = np.arange(4, dtype=np.uint8).reshape(1, 4, 1, 1, 1).repeat(3, 4)
        >>> transform((Operation("reverse", None), Operation("red", 12)), clips_BTHWC)[0][0, 0, 0]
        array([[15,  3,  3]], dtype=uint8)
    """
    for photometric, run in groupby(operations, lambda one: one.name in POOL):
        if photometric:  # together, since tables in a row are one
            clips_BTHWC = apply(tuple(run), clips_BTHWC, statistics)
            continue
        for operation in run:
            clips_BTHWC, tubes_BTHW = _under(operation, clips_BTHWC, tubes_BTHW)
    return clips_BTHWC, tubes_BTHW


def _under(
    operation: Operation, clips_BTHWC: np.ndarray, tubes_BTHW: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None]:
    if operation.name in TEMPORAL:
        return apply_temporal(operation, clips_BTHWC, tubes_BTHW)
    if operation.name in GIF_MAKING:
        return apply_gif_making(operation, clips_BTHWC), tubes_BTHW
    if operation.name in CONTEXT:
        return apply_context(operation, clips_BTHWC, tubes_BTHW), tubes_BTHW
    raise UsageError(f"no operation is named {operation.name!r}; there are {', '.join(EVERY)}")
