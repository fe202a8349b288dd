"""What people say of items: votes, and the files that hold them."""

import csv
import hmac
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.curate.tables import write_table
from anigifs.foundation import UsageError, write_text
from anigifs.index.json_lines import json_objects
from anigifs.index.names import is_utf8

Verdict = Literal["accept", "reject", "skip"]
#: The paper's criteria (section 3.2), in the order in which they are asked: a file that fails one
#: is not asked for those after it.
CRITERIA = {
    "gif": "a GIF: it moves",
    "animated": "performed by an animated, cartoon or graphics character",
    "action": "shows exactly the action of the class",
}
Role = Literal["annotator", "adjudicator"]
#: The adjudicator whose votes are the answers that are known. It is nobody: such a vote decides,
#: but no person has judged.
GOLD = "gold"
ENDINGS = (".csv", ".jsonl", ".parquet")
_NAME = "votes 1"  # of the table in Parquet
_NEEDED = ("item", "annotator", "verdict")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9TWZ:.,+ -]*")
#: Where a vote stands, for messages, and its cells.
_Line = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One judgement of one person on one item.

    Attributes:
        item: The sha256 of the file that was judged; it stands for its cluster.
        annotator: Who judged. No release holds this.
        verdict: ``accept``, ``reject`` or ``skip``.
        label: The class that is accepted, or that was asked for.
        criterion: A key of :data:`CRITERIA` that fails, where it is rejected; else empty.
        style: Such as ``cartoon`` or ``pixel``, where the person says so.
        role: An adjudicator's vote decides alone.
        at: When, as ISO 8601 in UTC; a person's later vote on an item takes the earlier one's
            place.
        comment: What the person wrote. No release holds this.

    """

    item: str
    annotator: str
    verdict: Verdict
    label: str = ""
    criterion: str = ""
    style: str = ""
    role: Role = "annotator"
    at: str = ""
    comment: str = ""

    @property
    def is_known_answer(self) -> bool:
        """Whether it tells a known answer, and is no judgement of a person."""
        return self.annotator == GOLD and self.role == "adjudicator"

    @property
    def when(self) -> datetime:
        """The time of the vote in UTC; one without a time is older than all others.

        Raises:
            ValueError: ``at`` is no time.
            OverflowError: It is before the first year of UTC, or after the last that Python knows.
        """
        if not self.at:
            return datetime.min.replace(tzinfo=UTC)
        time = datetime.fromisoformat(self.at)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


_COLUMNS = tuple(field.name for field in fields(Vote))
_SCHEMA = pa.schema([pa.field(name, pa.string(), nullable=False) for name in _COLUMNS])


def check_vote(vote: Vote) -> None:
    """Make sure that a vote makes sense.

    Raises:
        UsageError: What does not.

    Example:
        >>> check_vote(Vote(item=64 * "0", annotator="ann", verdict="reject", label="yoga"))
        Traceback (most recent call last):
        ...
        anigifs.foundation.errors.UsageError: criterion is ''; a rejection names the one that \
fails: gif, animated, action
    """
    for name in _COLUMNS:
        if not is_utf8(getattr(vote, name)):
            raise UsageError(f"{name} is {_shown(getattr(vote, name))}, which is not UTF-8")
    if not _SHA256.fullmatch(vote.item):
        raise UsageError(f"item is {_shown(vote.item)}; a sha256 has 64 digits of 0..f")
    if not vote.annotator.strip():
        raise UsageError("annotator is empty; say who judged")
    for name, known in (("verdict", Verdict), ("role", Role)):
        if getattr(vote, name) not in get_args(known):
            choices = ", ".join(get_args(known))
            raise UsageError(f"{name} is {_shown(getattr(vote, name))}; there are {choices}")
    _check_reasons(vote)
    if not _is_time(vote):
        raise UsageError(f"at is {_shown(vote.at)}; give a time such as 2026-01-31T12:00:00Z")


def read_votes(path: Path | str) -> list[Vote]:
    """Return the votes of a file, in its order.

    The columns have the names of :class:`Vote`'s fields; ``item``, ``annotator`` and ``verdict``
    are needed. Nothing else is taken, so that a misspelt column is noticed.

    Args:
        path: A ``.csv`` file with a header, a ``.jsonl`` or a ``.parquet`` file, in UTF-8.

    Raises:
        UsageError: What is wrong and in which line.
    """
    path = Path(path)
    readers: dict[str, Callable[[Path], Iterator[_Line]]] = {
        ".csv": _csv_lines,
        ".jsonl": _json_lines,
        ".parquet": _parquet_rows,
    }
    _check_ending(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file of votes")
    return [_vote(where, cells) for where, cells in readers[path.suffix.lower()](path)]


def write_votes(path: Path | str, votes: Iterable[Vote]) -> None:
    """Write votes to a file that :func:`read_votes` reads; it appears whole or not at all.

    Args:
        path: Its ending says what it becomes: ``.csv``, ``.jsonl`` or ``.parquet``.
        votes: In the order in which they are to stand there.

    Raises:
        UsageError: The ending is another one, or a vote makes no sense.
    """
    path = Path(path)
    _check_ending(path)
    rows = []
    for number, vote in enumerate(votes, start=1):
        _checked(f"{path}, vote {number}", vote)
        rows.append(asdict(vote))
    match path.suffix.lower():
        case ".csv":
            write_text(path, _csv_text(rows))
        case ".jsonl":
            write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        case _:
            write_table(path, _NAME, _SCHEMA, rows)


def pseudonyms(votes: Iterable[Vote], salt: str) -> dict[str, str]:
    """Return a name such as ``annotator-01`` for everybody who voted; a known answer is nobody's.

    Args:
        votes: Theirs.
        salt: A secret. The order of the pseudonyms follows from it, and tells nothing to who does
            not know it.

    Example:
        >>> votes = [Vote(item=64 * "0", annotator=name, verdict="skip") for name in ("ann", "bob")]
        >>> sorted(pseudonyms(votes, "a secret").values())
        ['annotator-01', 'annotator-02']
    """
    names = {vote.annotator for vote in votes if not vote.is_known_answer}
    ordered = sorted(names, key=lambda name: hmac.digest(salt.encode(), name.encode(), "sha256"))
    width = max(2, len(str(len(names))))
    return {name: f"annotator-{n:0{width}}" for n, name in enumerate(ordered, start=1)}


def _shown(text: str) -> str:
    return f"{text[:80]!a}"


def _check_reasons(vote: Vote) -> None:
    """Make sure that a rejection has a criterion, and an acceptance a class."""
    if vote.verdict == "reject":
        if vote.criterion not in CRITERIA:
            raise UsageError(
                f"criterion is {_shown(vote.criterion)}; a rejection names the one that fails: "
                f"{', '.join(CRITERIA)}"
            )
    elif vote.criterion:
        raise UsageError(
            f"criterion is {_shown(vote.criterion)}; only a rejection names one, and this is "
            f"{vote.verdict}"
        )
    if vote.verdict == "accept" and not vote.label:
        raise UsageError("label is empty; who accepts says as which class")


def _is_time(vote: Vote) -> bool:
    try:
        _ = vote.when
    except (ValueError, OverflowError):
        return False
    # Python takes any sign between date and time.
    return _TIME.fullmatch(vote.at) is not None


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"{path}: its name must end in {', '.join(ENDINGS)}, which says what it is"
        )


def _checked(where: str, vote: Vote) -> Vote:
    try:
        check_vote(vote)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    return vote


def _vote(where: str, cells: dict[str, Any]) -> Vote:
    for name, value in cells.items():
        if not isinstance(value, str | None):
            raise UsageError(f"{where}: {name} is {_shown(repr(value))}; give a text")
    said: dict[str, Any] = dict.fromkeys(_NEEDED, "")
    said |= {name: value for name, value in cells.items() if value}
    return _checked(where, Vote(**{**said, "item": said["item"].lower()}))


def _csv_lines(path: Path) -> Iterator[_Line]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        where = f"{path}, line 1"
        try:
            header = next(reader, [])
            _check_names(where, header)
            while True:
                where = f"{path}, line {reader.line_num + 1}"  # a cell may run over several lines
                cells = next(reader, None)
                if cells is None:
                    return
                if not cells:
                    continue  # an empty line
                if len(cells) != len(header):
                    raise UsageError(f"{where}: {len(cells)} cells under {len(header)} columns")
                yield where, dict(zip(header, cells, strict=True))
        except csv.Error as error:
            raise UsageError(f"{where}: not CSV ({error})") from None


def _json_lines(path: Path) -> Iterator[_Line]:
    for where, cells in json_objects(path, "item"):
        _check_names(where, list(cells))
        yield where, cells


def _parquet_rows(path: Path) -> Iterator[_Line]:
    try:
        with (
            path.open("rb") as opened,
            pq.ParquetFile(opened, page_checksum_verification=True) as file,
        ):
            _check_names(str(path), file.schema_arrow.names)
            rows = (row for batch in file.iter_batches() for row in batch.to_pylist())
            for number, cells in enumerate(rows, start=1):
                yield f"{path}, row {number}", cells
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"{path}: not a Parquet file of votes ({reason})") from None


def _check_names(where: str, names: Sequence[str]) -> None:
    if missing := [name for name in _NEEDED if name not in names]:
        raise UsageError(f"{where}: no column {missing[0]!r}; a vote needs {', '.join(_NEEDED)}")
    if unknown := [name for name in names if name not in _COLUMNS]:
        raise UsageError(
            f"{where}: no column may be called {_shown(unknown[0])}; there are "
            f"{', '.join(_COLUMNS)}"
        )
    if len(set(names)) < len(names):
        raise UsageError(f"{where}: a column stands there twice; leave one out")


def _csv_text(rows: Iterable[dict[str, str]]) -> str:
    text = io.StringIO(newline="")
    # All in quotes: a bare \r would end the line.
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
