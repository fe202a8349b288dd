"""Several indexes as one: the videos, the GIFs made of them and the animated GIFs of a study."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from anigifs.foundation import UsageError
from anigifs.index.subset import USABLE
from anigifs.index.table import Index


def join(indexes: Sequence[Index], root: Path, *, shared_classes: bool = False) -> Index:
    """Return the rows of all indexes, one after another.

    Groups keep their names: clips of one YouTube video stay together whichever index they are of,
    and so do files of equal names within two folders, which costs nothing.

    Args:
        indexes: With labels of one class list.
        root: The folder that the joint index will lie in.
        shared_classes: Keep only classes that each index has usable clips of, so that what is
            tested can have been learnt.

    Raises:
        UsageError: There are none, their class lists differ, or they have no class in common.

    Example:
        >>> from anigifs.index import Row
        >>> bow, run, wave = (Row(clip_id=n, label=n, group=n) for n in ("bow", "run", "wave"))
        >>> parts = [Index.from_rows([bow, run]), Index.from_rows([run, wave])]
        >>> len(join(parts, Path())), join(parts, Path(), shared_classes=True).labels
        (4, {'run'})
    """
    if not indexes:
        raise UsageError("no index to join; name at least one")
    first = indexes[0].taxonomy
    if other := next((one.taxonomy for one in indexes if one.taxonomy != first), None):
        raise UsageError(
            f"labels of {first} and of {other} are not joined; list both with one --taxonomy"
        )
    table = pa.concat_tables([one.rooted(root).table for one in indexes])
    joint = replace(indexes[0], table=table, root=root)
    if not shared_classes:
        return joint
    shared = set.intersection(*(one.filter(state=USABLE).labels for one in indexes)) - {""}
    if not shared:
        raise UsageError("no class that all of the indexes have usable clips of")
    return joint.filter(label=shared)
