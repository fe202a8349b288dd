"""WebDataset: tar files of samples, each a clip's file as it is and a JSON of what it is."""

import hashlib
import io
import json
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anigifs.foundation import append_record, atomic_path, read_records, sha256_of, write_text
from anigifs.index.export.metadata import cells_of
from anigifs.index.export.plan import CHANGED, ENDINGS, GONE, Item

#: A line for each shard: its name, sha256, samples, and what was left out of it.
JOURNAL = "shards.jsonl"
BLOCK = 512

Watch = Callable[[Iterator["ShardOutcome"], int], Iterable["ShardOutcome"]]


@dataclass(frozen=True)
class Shard:
    """A tar file to write.

    Attributes:
        name: Of the file.
        items: What goes into it, in order.
    """

    name: str
    items: tuple[Item, ...]

    @property
    def content(self) -> str:
        """A hash of what should be in it."""
        keys = "\n".join(item.key for item in self.items)
        return hashlib.sha256(keys.encode()).hexdigest()


@dataclass(frozen=True)
class ShardOutcome:
    """What became of a shard.

    Attributes:
        shard: The shard.
        made: Whether it was written now; else it was there.
        left_out: Items that could not be read, by reason.
    """

    shard: Shard
    made: bool = False
    left_out: Counter[str] = field(default_factory=Counter)


def plan_shards(items: Sequence[Item], most_bytes: int) -> list[Shard]:
    """Divide items into shards of one split and about so many bytes each, at least one item.

    Items are in the order of their keys, which are hashes: the classes are mixed.
    """
    shards: list[Shard] = []
    current: list[Item] = []
    size = number = 0
    for item in items:
        wanted = _tar_bytes(item.source.stat().st_size) + _tar_bytes(len(_json(item)))
        if current and (item.split != current[0].split or size + wanted > most_bytes):
            shards.append(Shard(f"{current[0].split}-{number:06d}.tar", tuple(current)))
            number = 0 if item.split != current[0].split else number + 1
            current, size = [], 0
        current.append(item)
        size += wanted
    if current:
        shards.append(Shard(f"{current[0].split}-{number:06d}.tar", tuple(current)))
    return shards


def write_shards(
    shards: Sequence[Shard], folder: Path, watch: Watch | None = None
) -> list[ShardOutcome]:
    """Write shards, but those that are there as they should be; the same items give the same bytes.

    Shards of an earlier plan are removed.
    """
    noted = {str(record.get("shard")): record for record in read_records(folder / JOURNAL)}

    def writing() -> Iterator[ShardOutcome]:
        for shard in shards:
            before = noted.get(shard.name)
            made = before is None or not _holds(folder, shard, before)
            if made:
                noted[shard.name] = _write(shard, folder / shard.name)
                append_record(folder / JOURNAL, noted[shard.name])
            yield ShardOutcome(shard, made, Counter(noted[shard.name]["left_out"]))

    outcomes = list(watch(writing(), len(shards)) if watch else writing())
    for path in set(folder.glob("*.tar")) - {folder / shard.name for shard in shards}:
        path.unlink()
    lines = (json.dumps(noted[shard.name], sort_keys=True) for shard in shards)
    write_text(folder / JOURNAL, "".join(f"{line}\n" for line in lines))
    return outcomes


def _holds(folder: Path, shard: Shard, before: Mapping[str, Any]) -> bool:
    path = folder / shard.name
    known = before.get("content") == shard.content and isinstance(before.get("left_out"), dict)
    return known and path.is_file() and sha256_of(path) == before.get("sha256")


def _write(shard: Shard, path: Path) -> dict[str, Any]:
    """Write a shard and return its line in the journal."""
    left_out: Counter[str] = Counter()
    with (
        atomic_path(path) as temporary,
        tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for item in shard.items:
            data = _read(item)
            if isinstance(data, str):
                left_out[data] += 1
                continue
            for ending, content in ((ENDINGS[item.format], data), (".json", _json(item))):
                entry = tarfile.TarInfo(f"{item.key}{ending}")  # of nobody, at the epoch
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return {
        "shard": shard.name,
        "content": shard.content,
        "sha256": sha256_of(path),
        "samples": len(shard.items) - left_out.total(),
        "left_out": dict(left_out),
    }


def _read(item: Item) -> bytes | str:
    """Return an item's file, or why it cannot be had."""
    try:
        data = item.source.read_bytes()
    except OSError:
        return GONE
    return data if hashlib.sha256(data).hexdigest() == item.row.sha256 else CHANGED


def _json(item: Item) -> bytes:
    told = {"boxes": [], **cells_of(item.row)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _tar_bytes(size: int) -> int:
    """Return what a file of a size takes in a tar: a head, and the file in whole blocks."""
    return BLOCK + -(-size // BLOCK) * BLOCK
