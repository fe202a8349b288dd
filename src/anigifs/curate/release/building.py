"""Build a release: a folder that appears whole or not at all; same input, same bytes."""

import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anigifs.collect.store import Store
from anigifs.curate.release.account import Account, account_of
from anigifs.curate.release.agreeing import write_agreement
from anigifs.curate.release.cards import attribution, data_card, datasheet
from anigifs.curate.release.checksums import write_checksums
from anigifs.curate.release.classes import (
    KINETICS,
    count_classes,
    kinetics_600_of,
    write_classes,
)
from anigifs.curate.release.croissant import CROISSANT, as_text, croissant
from anigifs.curate.release.examples import choose_examples
from anigifs.curate.release.gathering import Gathered, gather
from anigifs.curate.release.index import INDEX, index_of, with_splits
from anigifs.curate.release.leaving_out import write_kept
from anigifs.curate.release.pictures import draw_examples, draw_most_frequent
from anigifs.curate.release.released import ITEMS, ReleasedItem, write_items
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.release.statements import statements_of
from anigifs.curate.release.table_one import table_one, write_table_one
from anigifs.curate.votes import write_votes
from anigifs.foundation import UsageError, write_text
from anigifs.foundation.errors import is_no_room, output_error
from anigifs.foundation.files import PART, part_prefix
from anigifs.foundation.lock import Lock, lock_beside
from anigifs.index import Index, most_frequent, stats
from anigifs.taxonomy import ClassList, class_list

RELEASE = "release.json"
#: Raised by one when the same input gives another release.
RELEASE_VERSION = 1
#: What the bytes of a release depend on, besides this program.
PACKAGES = ("anigifs", "matplotlib", "numpy", "opencv-python-headless", "pillow", "pyarrow")
_CHUNK = 1 << 20
#: Told what is being done, and how far it is, 0..1.
Tell = Callable[[str, float], None]


def build(
    collection: Path,
    votes: Path,
    out: Path,
    settings: ReleaseSettings,
    tell: Tell = lambda stage, share: None,
) -> Account:
    """Make a release of a collection.

    Args:
        collection: Its folder; it has been screened, and its duplicates have been found.
        votes: File of the votes.
        out: The release's folder, which must not be there yet.
        settings: How.
        tell: Shown how far it is.

    Returns:
        What is in it.

    Raises:
        UsageError: Something is missing or damaged, nothing is accepted, or the folder is there.
    """
    if out.exists():
        raise UsageError(f"{out}: is there already; a release is made once, in a new folder")
    tell("reading the collection", 0.0)
    gathered = gather(collection, votes, settings)
    with _whole(out) as folder:
        return _Release(folder, gathered, settings, tell).made()


class _Release:
    """A release while it is made."""

    def __init__(
        self, folder: Path, gathered: Gathered, settings: ReleaseSettings, tell: Tell
    ) -> None:
        self._folder, self._gathered = folder, gathered
        self._settings, self._tell = settings, tell
        self._classes = class_list(settings.classes)

    def made(self) -> Account:
        """Write everything."""
        folder, gathered, settings = self._folder, self._gathered, self._settings
        index = index_of(gathered.accepted, settings, folder)
        items = with_splits(gathered.accepted, index)
        counts = count_classes(
            self._classes, gathered.hits, gathered.items, gathered.decisions, items
        )
        subset = most_frequent(index, min(settings.most_frequent, len(index.labels)))
        account = account_of(gathered, settings, items, index, subset, counts)
        self._copy(items)
        self._tell("writing tables", 0.7)
        self._tables(items, index, subset, account)
        self._tell("drawing", 0.8)
        self._pages(items, index, account)
        self._tell("hashing", 0.9)
        write_checksums(folder)
        return account

    def _copy(self, items: Sequence[ReleasedItem]) -> None:
        """Put the files in that may be copied, each hashed on the way."""
        store = Store(self._gathered.folder.store)
        copied = [item for item in items if item.path]
        for number, item in enumerate(copied):
            self._tell("copying files", 0.1 + 0.6 * number / len(copied))
            _copy(store.path(item.cluster, item.kind), self._folder / item.path, item.cluster)

    def _tables(
        self,
        items: Sequence[ReleasedItem],
        index: Index,
        subset: Index,
        account: Account,
    ) -> None:
        folder, gathered, settings = self._folder, self._gathered, self._settings
        index.write(folder / INDEX)
        subset.write(folder / f"adaptation-{settings.most_frequent}.parquet")
        write_items(folder / ITEMS, items)
        candidates = gathered.folder.candidates
        write_kept(candidates, gathered.left_out.hits, folder / "candidates.parquet")
        write_votes(folder / "votes.parquet", gathered.votes)
        write_classes(folder / "classes.csv", account.by_class, settings.splits)
        write_table_one(folder, table_one(account))
        write_agreement(folder / "agreement.csv", account.agreement)
        _write_json(folder / "taxonomy.json", _taxonomy(self._classes, account))
        _write_json(folder / "removed.json", _removed(account))
        _write_json(folder / RELEASE, _described(account, settings))

    def _pages(self, items: Sequence[ReleasedItem], index: Index, account: Account) -> None:
        folder, settings = self._folder, self._settings
        groups = choose_examples(self._gathered, settings)
        shown = [example for group in groups for example in group.examples]
        figures = folder / "figures"
        draw_examples(groups, figures / "examples.png")
        draw_most_frequent(stats(index).classes, figures / "classes.png", settings.most_frequent)
        said = statements_of(account, settings)
        write_text(folder / "README.md", data_card(account, settings, said))
        write_text(folder / "DATASHEET.md", datasheet(account, settings, said))
        write_text(folder / "ATTRIBUTION.md", attribution(account, items, shown))
        write_text(folder / CROISSANT, as_text(croissant(folder, account, settings, said)))


def _taxonomy(classes: ClassList, account: Account) -> dict[str, Any]:
    """Return the classes, what they are in Kinetics-600, and which are empty, in either list."""
    same = kinetics_600_of(classes)
    has_items = [one.label for one in account.by_class if one.accepted]
    reached = {same[label] for label in has_items if label in same}
    return {
        "name": account.taxonomy,
        "version": classes.version,
        "source": classes.source if account.taxonomy == classes.name else "",
        "classes": list(classes),
        "empty": [one.label for one in account.by_class if one.listed and not one.accepted],
        KINETICS: same,
        f"{KINETICS} empty": [name for name in class_list(KINETICS) if name not in reached],
    }


def _removed(account: Account) -> dict[str, Any]:
    return {
        "requests": account.requests,
        "items": account.removed,
        "candidates": account.removed_hits,
    }


def _described(account: Account, settings: ReleaseSettings) -> dict[str, Any]:
    return {
        "release": RELEASE_VERSION,
        "name": account.name,
        "version": account.version,
        "date": account.date,
        "identity": account.identity,
        "items": account.items,
        "with_bytes": account.with_bytes,
        "waiting": account.waiting,
        "settings": settings.described(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _copy(source: Path, target: Path, sha256: str) -> None:
    """Copy a file of the store.

    Raises:
        UsageError: It is not there, or not what its name says.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(_CHUNK):
                digest.update(chunk)
                writing.write(chunk)
    except FileNotFoundError:
        raise UsageError(f"{source}: no such file, although it was screened") from None
    except OSError as error:
        if is_no_room(error):
            raise output_error(target, error) from None
        raise
    if digest.hexdigest() != sha256:
        raise UsageError(f"{source}: is damaged; `anigifs collect --verify` finds all that are")


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Yield a folder beside ``out`` which becomes it at the end, or is removed if that fails."""
    out = out.absolute()
    with Lock(lock_beside(out), f"{out}: another process is making it"):
        _remove_left_over(out)
        made = Path(tempfile.mkdtemp(dir=out.parent, prefix=part_prefix(out), suffix=PART))
        folder = made / out.name
        try:
            folder.mkdir()  # with the usual mode, which `mkdtemp` does not give
            yield folder
            os.sync()
            folder.rename(out)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _remove_left_over(out: Path) -> None:
    """Remove what calls that were killed have left of a folder."""
    for made in out.parent.glob(f"{glob.escape(part_prefix(out))}*{PART}"):
        if (made / out.name).is_dir():
            shutil.rmtree(made, ignore_errors=True)
