"""The most frequent classes of animated GIFs, as the paper's adaptation has them (section 3.4)."""

from anigifs.foundation import UsageError
from anigifs.index import Index
from anigifs.index.subset import USABLE, most_frequent
from anigifs.studies.paper.roles import Roles


def frequent(index: Index, roles: Roles, count: int, where: str) -> Index:
    """Return the rows of the ``count`` classes with the most animated GIFs.

    Only classes that both videos and animated GIFs have are counted.

    Args:
        index: All rows.
        roles: Which rows are videos, and which are animated GIFs.
        count: How many classes; the paper has 40.
        where: The index file, for messages.

    Raises:
        UsageError: There are not as many.
    """
    videos, animated = (
        index.filter(domain=role.domain, state=USABLE) for role in (roles.videos, roles.animated)
    )
    shared = videos.labels & animated.labels
    if not 1 <= count <= len(shared):
        raise UsageError(
            f"{where}: the {count} most frequent classes: domains {roles.videos.domain!r} and "
            f"{roles.animated.domain!r} have {len(shared)} in common"
        )
    return index.filter(label=most_frequent(animated.filter(label=shared), count).labels)
