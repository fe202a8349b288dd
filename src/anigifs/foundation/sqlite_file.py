"""A file of SQLite, looked at from outside."""

from pathlib import Path

_HEADER_BYTES = 100
_LARGEST_PAGE = 65_536


def is_cut_short(database: Path) -> bool:
    """Return whether a database has lost its end; SQLite reads what is left of its last page.

    What has been written lies in another file at first, whose name ends in ``-wal``: as long as
    something is in that, nothing can be said.

    Args:
        database: The file; one that is empty or not there is not cut short.
    """
    log = database.with_name(f"{database.name}-wal")
    if not database.is_file() or (log.is_file() and log.stat().st_size):
        return False
    size = database.stat().st_size
    with database.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return size > 0
    page_bytes, pages, changes, of_changes = (
        int.from_bytes(header[begin:end]) for begin, end in ((16, 18), (28, 32), (24, 28), (92, 96))
    )
    # Programs of before 2010 do not keep the number of pages.
    known = changes == of_changes
    return known and size < pages * (_LARGEST_PAGE if page_bytes == 1 else page_bytes)
