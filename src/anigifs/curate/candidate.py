"""The hits of a collection, as far as a release needs them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.foundation import UsageError

BATCH_ROWS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateHit:
    """One hit of a search: a row of ``candidates.parquet``, which says what its columns mean.

    Attributes:
        url: Where the file lies; one spelling of each address.
        label: The class that was looked for.
        keyword: The style word.
        provider: Who was asked.
        rank: In its answer.
        page_url: Of the page that shows it.
        title: Its title.
        licence: Such as ``CC BY 4.0``; empty where nothing is said.
        licence_url: Of its text.
        licence_evidence: Which field of which answer says so.
        creator: Whose work it is.
        attribution: The line that is to be shown.
        state: ``stored``, ``refused`` or ``waiting``.
        reason: Why it was refused.
        sha256: Of the file, once stored.
        fetched_at: When, in milliseconds since 1970; None where it was not.
        x_robots_tag: What the server said of programs.
        tdm_reservation: Whether rights to mine it were reserved.
    """

    url: str
    label: str
    keyword: str = ""
    provider: str = ""
    rank: int = 0
    page_url: str = ""
    title: str = ""
    licence: str = ""
    licence_url: str = ""
    licence_evidence: str = ""
    creator: str = ""
    attribution: str = ""
    state: str = ""
    reason: str = ""
    sha256: str = ""
    fetched_at: int | None = None
    x_robots_tag: str = ""
    tdm_reservation: str = ""


_COLUMNS = [field.name for field in fields(CandidateHit)]


def read_candidates(path: Path | str) -> Iterator[CandidateHit]:
    """Yield the hits of a ``candidates.parquet``, in its order, a batch in memory at a time.

    Raises:
        UsageError: There is no such file, or it is none.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file; `anigifs collect` makes it")
    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=_COLUMNS):
                times = batch["fetched_at"].cast(pa.int64())
                at = batch.schema.get_field_index("fetched_at")
                for row in batch.set_column(at, "fetched_at", times).to_pylist():
                    yield CandidateHit(**row)
    except (pa.ArrowException, OSError, TypeError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"{path}: not a table of candidates ({reason})") from None
