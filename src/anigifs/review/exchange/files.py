"""Files of votes that a review writes and reads: tables, and Label Studio's JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.curate.votes import ENDINGS, Vote, read_votes, write_votes
from anigifs.foundation import UsageError, write_text
from anigifs.review.exchange.label_studio import (
    LOCAL_FILES,
    Shown,
    labelling_config,
    tasks_of,
    votes_of,
)
from anigifs.review.settings import STYLES

if TYPE_CHECKING:
    from anigifs.review.review import Review

JSON = ".json"
#: Of the file beside the JSON that holds Label Studio's interface.
CONFIG = ".xml"


def export(
    review: "Review", path: Path, *, until_seq: int | None = None, raw: bool = False
) -> tuple[int, tuple[Path, ...]]:
    """Write the votes of a review.

    Args:
        review: Whose.
        path: Its ending says what it becomes: ``.csv``, ``.jsonl``, ``.parquet``, or ``.json`` for
            Label Studio, with the interface beside it.
        until_seq: What stands behind this number in the log is left out; None is all of it.
        raw: Every vote that was ever cast, and not only what counts.

    Returns:
        How many votes, and the files that were written.

    Raises:
        UsageError: The ending is another one.
        Unreachable: The database cannot be used.
    """
    from anigifs.review.store.log import standing_votes

    check_ending(path)
    votes = standing_votes(review, until_seq, raw)
    if path.suffix.lower() != JSON:
        write_votes(path, votes)
        return len(votes), (path,)
    tasks = tasks_of(votes, shown_of(review))
    config = path.with_suffix(CONFIG)
    write_text(path, json.dumps(tasks, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    write_text(config, labelling_config(review.labels, STYLES))
    return len(votes), (path, config)


def read(path: Path) -> list[Vote]:
    """Return the votes of a file.

    Args:
        path: ``.csv``, ``.jsonl``, ``.parquet``, or ``.json`` as Label Studio exports it.

    Raises:
        UsageError: What is wrong and where.
    """
    check_ending(path)
    if path.suffix.lower() != JSON:
        return read_votes(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file of votes")
    try:
        tasks = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON ({error})") from None
    try:
        return votes_of(tasks)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def check_ending(path: Path) -> None:
    """Make sure that the name of a file says what it is.

    Raises:
        UsageError: It does not.
    """
    endings = (*ENDINGS, JSON)
    if path.suffix.lower() not in endings:
        raise UsageError(
            f"{path}: its name must end in {', '.join(endings)}, which says what it is"
        )


def shown_of(review: "Review") -> list[Shown]:
    """Return the items of a review, withdrawn ones left out, in the order of judging.

    Label Studio finds their files where its root of local files is the collection's folder.
    """
    from sqlalchemy import select

    from anigifs.review.store.engine import reading
    from anigifs.review.store.schema import items

    query = select(items.c.sha256, items.c.kind, items.c.label)
    query = query.where(items.c.state != "withdrawn").order_by(items.c.place)
    with reading(review.engine) as connection:
        rows = connection.execute(query).all()
    root = Path(review.settings.collection)
    return [
        Shown(
            row.sha256,
            LOCAL_FILES + review.file_of(row.sha256, row.kind).relative_to(root).as_posix(),
            row.label,
        )
        for row in rows
    ]
