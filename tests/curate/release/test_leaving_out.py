import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from anigifs.collect.candidates import SCHEMA
from anigifs.curate.release.account import Account
from anigifs.curate.release.released import read_released
from anigifs.curate.seeing.fingerprints import FINGERPRINTS, read_fingerprints
from tests.curate.made import HOST, Made, write_candidates
from tests.curate.release.conftest import Build


def every_text(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of each file, and what is in tables, which are compressed, as text."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
            if path.suffix == ".parquet":
                yield path.name, str(pq.read_table(path).to_pylist()).encode()


def traces(folder: Path, *known: bytes) -> list[tuple[str, bytes]]:
    """Return which of the things that are known stand in which files."""
    found = every_text(folder)
    return [(name, one[:80]) for name, held in found for one in known if one in held]


def removals(path: Path, *requests: tuple[str, str]) -> Path:
    """Write a list of removals."""
    path.write_text("".join(f'[[removal]]\n{kind} = "{value}"\n' for kind, value in requests))
    return path


def with_rows(made: Made, folder: Path, change: dict[str, dict[str, Any]]) -> Made:
    """Return a copy of the collection in which the hits of some addresses say something else."""
    shutil.copytree(made.folder, folder)
    rows = pq.read_table(folder / "candidates.parquet").to_pylist()
    write_candidates(
        folder / "candidates.parquet", [{**row, **change.get(row["url"], {})} for row in rows]
    )
    return Made(folder, folder / "votes.csv", made.planted, made.sha256)


def test_what_is_removed_is_nowhere(
    release: Build, released: tuple[Path, Account], made: Made, tmp_path: Path
) -> None:
    first, film = made.sha256["cartoon", 0], made.sha256["film", 0]
    gone = [
        first,
        made.sha256["copy-resized", 0],
        made.sha256["copy-webp", 0],
        film,
        made.url("cartoon"),
        made.url("copy-resized"),
        made.url("copy-webp"),
        made.url("film"),
        "Ada Lovelace",
        "Fay",
    ]
    known = [one.encode() for one in gone]
    known += [made.path(*one).read_bytes()[20:220] for one in (("cartoon", 0), ("film", 0))]
    known += [str(bytes.fromhex(first)).encode()]  # its perceptual hash
    # A resized copy is named, and so the whole cluster goes; of an item that was not accepted, too.
    asked = removals(tmp_path / "r.toml", ("sha256", gone[1]), ("creator", "fay"))
    out, account = release(removals=asked, contact="me@lab.example", creators=("A Lab", "Bo & Co"))
    assert len(traces(released[0], *known)) > 20  # they are found where they are
    assert traces(out, *known) == []
    assert (account.items, account.clusters, account.unmatched) == (5, 6, 0)
    assert json.loads((out / "removed.json").read_text()) == {
        "requests": 2,
        "items": {"creator": 1, "sha256": 1},
        "candidates": 4,
    }
    assert account.votes < released[1].votes


def test_its_frames_are_in_no_picture(
    release: Build, released: tuple[Path, Account], made: Made, tmp_path: Path
) -> None:
    def has_film(folder: Path) -> bool:
        with Image.open(folder / "figures" / "examples.png") as picture:
            pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
        with Image.open(made.path("film")) as film:
            ground = np.asarray(film.convert("RGB"))[2, 2]
        return bool((np.abs(pixels.astype(int) - ground).max(axis=1) < 3).sum() > 500)

    asked = removals(tmp_path / "r.toml", ("url", made.url("film")))
    out, _ = release(removals=asked)
    assert (has_film(released[0]), has_film(out)) == (True, False)


def test_a_family_is_not_called_by_a_removed_item(
    release: Build, released: tuple[Path, Account], made: Made, tmp_path: Path
) -> None:
    relatives = sorted([made.sha256["cartoon", 1], made.sha256["cartoon", 2]])
    assert traces(released[0], relatives[0].encode())
    asked = removals(tmp_path / "r.toml", ("sha256", relatives[0]))
    out, account = release(removals=asked)
    assert traces(out, relatives[0].encode()) == []
    (left,) = [item for item in read_released(out) if item.cluster == relatives[1]]
    assert (left.family, account.families) == (relatives[1], 0)


def test_a_way_through_a_removed_address_is_one_to_it(
    release: Build, made: Made, tmp_path: Path
) -> None:
    behind = "https://gone.example/real.gif"
    url = made.url("truncated")
    collection = with_rows(made, tmp_path / "c", {url: {"hops": [url, behind]}})
    asked = removals(tmp_path / "r.toml", ("host", "gone.example"))
    out, account = release(collection, removals=asked)
    assert (account.items, account.removed) == (5, {"host": 1})
    assert traces(out, behind.encode(), url.encode(), made.sha256["truncated", 0].encode()) == []


def test_a_hit_that_was_refused_can_be_removed(release: Build, made: Made, tmp_path: Path) -> None:
    asked = removals(tmp_path / "r.toml", ("url", made.url("html")))
    out, account = release(removals=asked)
    assert traces(out, made.url("html").encode()) == []
    assert (account.removed_hits, account.items, account.removed) == (1, 6, {})


@pytest.mark.parametrize("shared", ["page", "way"])
def test_a_refused_hit_that_leads_to_a_removed_work_goes_with_it(
    shared: str, release: Build, made: Made, tmp_path: Path
) -> None:
    """Such as another size of it, which was too large, on the same page."""
    film, html = made.url("film"), made.url("html")
    known = "https://gone.example/film"
    changes: dict[str, dict[str, dict[str, Any]]] = {
        "page": {film: {"page_url": known}, html: {"page_url": known}},
        "way": {film: {"hops": [film, known]}, html: {"media_url": known}},
    }
    collection = with_rows(made, tmp_path / "c", changes[shared])
    asked = removals(tmp_path / "r.toml", ("sha256", made.sha256["film", 0]))
    out, account = release(collection, removals=asked)
    assert traces(out, known.encode(), html.encode(), film.encode()) == []
    assert (account.removed, account.removed_hits) == ({"sha256": 1}, 2)


def test_another_file_on_the_page_of_a_removed_work_stays(
    release: Build, made: Made, tmp_path: Path
) -> None:
    """A page may show the works of many; whoever asks for all of it names the page."""
    page = "https://gallery.example/all"
    pages = {made.url(kind): {"page_url": page} for kind in ("film", "truncated")}
    collection = with_rows(made, tmp_path / "c", pages)
    asked = removals(tmp_path / "r.toml", ("sha256", made.sha256["film", 0]))
    out, account = release(collection, removals=asked)
    assert (account.items, account.removed_hits) == (6, 1)
    assert traces(out, made.url("truncated").encode())


def test_another_file_behind_the_address_of_a_removed_one_goes(
    release: Build, made: Made, tmp_path: Path
) -> None:
    film, cut = made.url("film"), made.url("truncated")
    collection = with_rows(made, tmp_path / "c", {cut: {"hops": [cut, film]}})
    asked = removals(tmp_path / "r.toml", ("sha256", made.sha256["film", 0]))
    out, account = release(collection, removals=asked)
    assert traces(out, film.encode(), cut.encode(), made.sha256["truncated", 0].encode()) == []
    assert (account.items, account.removed) == (5, {"sha256": 2})


def test_what_looks_like_a_removed_picture_goes(release: Build, made: Made, tmp_path: Path) -> None:
    (hashes,) = [
        one.hashes_NB
        for name, one in read_fingerprints(made.folder).items()
        if name == made.sha256["copy-webp", 0]
    ]
    assert (made.folder / FINGERPRINTS).is_file()
    near = bytearray(hashes[1].tobytes())
    near[0] ^= 0xFF
    near[1] ^= 0xFF
    asked = removals(tmp_path / "r.toml", ("pdq", bytes(near).hex()))
    out, account = release(removals=asked)
    assert account.removed == {"pdq": 1}
    assert traces(out, made.sha256["cartoon", 0].encode()) == []


def test_a_request_that_meets_nothing_is_counted(release: Build, tmp_path: Path) -> None:
    asked = removals(tmp_path / "r.toml", ("host", "elsewhere.example"))
    _, account = release(removals=asked)
    assert (account.unmatched, account.requests, account.removed) == (1, 1, {})


def test_other_candidates_stay_as_they_are(release: Build, made: Made, tmp_path: Path) -> None:
    asked = removals(tmp_path / "r.toml", ("sha256", made.sha256["film", 0]))
    out, _ = release(removals=asked)
    before = pq.read_table(made.folder / "candidates.parquet")
    after = pq.read_table(out / "candidates.parquet")
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.schema.equals(SCHEMA)
    left = [row for row in before.to_pylist() if row["sha256"] != made.sha256["film", 0]]
    assert after.to_pylist() == left
    assert {row["state"] for row in left} == {"stored", "refused"}


@pytest.mark.parametrize("host", [HOST.removeprefix("https://"), "example"])
def test_a_host_of_everything_leaves_nothing(host: str, release: Build, tmp_path: Path) -> None:
    from anigifs.foundation import UsageError

    asked = removals(tmp_path / "r.toml", ("host", host))
    with pytest.raises(UsageError):
        release(removals=asked)
