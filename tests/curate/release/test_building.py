import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.curate.copies.clustered import CLUSTERED, read_clustered, write_clustered
from anigifs.curate.release.account import Account
from anigifs.curate.release.building import build
from anigifs.curate.release.released import read_released
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.screening.screened import SCREENED, read_screened, write_screened
from anigifs.curate.votes import GOLD, Vote, read_votes, write_votes
from anigifs.curate.voting.decisions import decide
from anigifs.curate.voting.items import read_items
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, check
from tests.curate.made import COMMENT, PEOPLE, Made
from tests.curate.release.conftest import Build

FILES = {
    "ATTRIBUTION.md", "DATASHEET.md", "README.md", "SHA256SUMS", "adaptation-40.parquet",
    "agreement.csv",
    "candidates.parquet", "classes.csv", "croissant.json", "index.parquet", "items.parquet",
    "release.json", "removed.json", "table-1.csv", "table-1.md", "taxonomy.json", "votes.parquet",
}  # fmt: skip
#: Of the planted items, those under an open licence that are whole.
OPEN = (("cartoon", 0), ("cartoon", 2), ("cartoon-two-classes", 0), ("copy-bytes", 0))


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_is_in_it(released: tuple[Path, Account], made: Made, tmp_path: Path) -> None:
    out, account = released
    held = contents(out)
    clips = {name.rpartition("/")[2][:64] for name in held if name.startswith("clips/")}
    figures = {"figures/classes.png", "figures/examples.png"}
    assert {name for name in held if not name.startswith("clips/")} == FILES | figures
    assert clips == {made.sha256[one] for one in OPEN}
    assert all(hashlib.sha256(held[f"clips/{name[:2]}/{name}.gif"]).hexdigest() == name
               for name in clips)  # fmt: skip
    assert (account.items, account.with_bytes, account.waiting) == (6, 4, 2)
    (tmp_path / "usual").mkdir()
    assert out.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_same_input_gives_the_same_bytes(
    made: Made, released: tuple[Path, Account], tmp_path: Path
) -> None:
    collection = tmp_path / "another place" / "and name"
    shutil.copytree(made.folder, collection)
    votes = (collection / "votes.csv").rename(tmp_path / "v.csv")
    out = tmp_path / "again"
    # In another process, in which sets have another order.
    code = (
        "import sys; from pathlib import Path; from anigifs.curate.release.building import build; "
        "from anigifs.curate.release.settings import ReleaseSettings; "
        "build(*map(Path, sys.argv[1:4]), ReleaseSettings(contact='me@lab.example', "
        "creators=('A Lab', 'Bo & Co')))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(collection), str(votes), str(out)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=tmp_path,
    )
    assert contents(out) == contents(released[0])


def test_sha256sum_finds_everything_as_it_was_made(released: tuple[Path, Account]) -> None:
    out, _ = released
    names = [line[66:] for line in (out / "SHA256SUMS").read_text().splitlines()]
    assert names == sorted(set(contents(out)) - {"SHA256SUMS"})
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=True
    )


def test_the_index_is_the_same_before_and_after_all_files_are_there(
    released: tuple[Path, Account], made: Made, tmp_path: Path
) -> None:
    out, account = released
    index = Index.read(out / "index.parquet")
    assert index.identity == account.identity
    assert json.loads((out / "release.json").read_text())["identity"] == account.identity
    rows = list(index.rows())
    assert {row.state for row in rows} == {"decoded"}
    assert {row.domain for row in rows} == {"animated-gif"}
    present = {row.sha256 for row in rows if (out / str(row.path)).is_file()}
    assert present == {made.sha256[one] for one in OPEN}

    whole = tmp_path / "whole"
    shutil.copytree(out, whole)
    for row in rows:
        source = next(made.folder.rglob(f"{row.sha256}.*"))
        (whole / str(row.path)).parent.mkdir(exist_ok=True)
        shutil.copy(source, whole / str(row.path))
    index = Index.read(whole / "index.parquet")
    checked, found = check(index, "decode", journal=tmp_path / "journal", executor=Local(1))
    assert (found.states["decoded"], found.changed) == (6, 0)
    assert checked.identity == account.identity


@pytest.mark.parametrize(
    ("table", "todo"),
    [("screened", "`anigifs screen"), ("clusters", "`anigifs duplicates"), ("both", "duplicates")],
)
def test_tables_that_are_older_than_the_collection_are_refused(
    table: str, todo: str, release: Build, made: Made, tmp_path: Path
) -> None:
    """Else files that nobody screened or compared would be left out without a word."""
    folder, left = tmp_path / "c", made.sha256["film", 0]
    shutil.copytree(made.folder, folder)
    screened, clusters = read_screened(folder), read_clustered(folder)
    if table != "clusters":
        write_screened(folder / SCREENED, [one for one in screened.values() if one.sha256 != left])
    if table != "screened":
        write_clustered(
            folder / CLUSTERED, [one for one in clusters.values() if one.sha256 != left]
        )
    with pytest.raises(UsageError, match=todo):
        release(Made(folder, folder / "votes.csv", made.planted, made.sha256))
    with pytest.raises(UsageError, match=todo):
        read_items(folder)


def test_a_class_that_was_rejected_is_told_only_as_a_class(
    release: Build, made: Made, tmp_path: Path
) -> None:
    secret = "see the mail of jane@lab.example"
    first = read_votes(made.votes)[0]
    said = replace(first, annotator="jane", verdict="reject", criterion="gif", label=secret)
    spelt = replace(said, annotator="kim", label="Archery")
    votes = tmp_path / "votes.csv"
    write_votes(votes, [*read_votes(made.votes), said, spelt])
    out, _ = release(votes=votes)
    labels = {vote.label for vote in read_votes(out / "votes.parquet") if vote.verdict == "reject"}
    assert labels == {"", "archery"}


def test_relatives_are_in_one_split(release: Build, made: Made) -> None:
    relatives = {made.sha256["cartoon", 1], made.sha256["cartoon", 2]}
    out, account = release(splits={"train": 1, "test": 1}, seed=3)
    items = read_released(out)
    assert account.splits == {"test": 3, "train": 3}
    assert len({item.split for item in items if item.cluster in relatives}) == 1
    rows = {row.clip_id: row for row in Index.read(out / "index.parquet").rows()}
    assert all(rows[item.clip_id].split == item.split for item in items)
    assert all(rows[item.clip_id].group == item.family for item in items)


def test_items_say_what_is_known(released: tuple[Path, Account], made: Made) -> None:
    items = {item.cluster: item for item in read_released(released[0])}
    first = items[made.sha256["cartoon", 0]]
    copies = {made.sha256["copy-resized", 0], made.sha256["copy-webp", 0]}
    assert (first.label, first.style, first.licence) == ("archery", "flat", "CC BY 4.0")
    assert first.urls == (
        made.url("cartoon"),
        made.url("copy-resized"),
        made.url("copy-webp"),
    )
    assert (first.same_bytes, set(first.files)) == (1, {first.cluster, *copies})
    assert (first.retrieved_at, first.creator) == ("2026-05-01T20:00:00Z", "Ada Lovelace")
    assert b"".join(first.hashes)[:32].hex() == first.cluster

    twice = items[made.sha256["cartoon", 1]]  # the same bytes at two addresses, one without licence
    assert (twice.same_bytes, twice.licence, twice.creator) == (2, "CC BY 4.0", "Dagny")
    both = items[made.sha256["cartoon-two-classes", 0]]
    assert both.label == "archery"
    assert {found[0] for found in both.found_under} == {"archery", "bench pressing"}
    not_whole = items[made.sha256["truncated", 0]]
    assert (not_whole.complete, not_whole.path, not_whole.licence) == (False, "", "CC BY 4.0")
    assert items[made.sha256["cartoon", 3]].path == ""


def test_votes_stand_without_names_comments_and_times(
    released: tuple[Path, Account], made: Made
) -> None:
    told = read_votes(released[0] / "votes.parquet")
    cast = read_votes(made.votes)
    assert len(told) == len(cast)
    assert {vote.annotator for vote in told} == {"annotator-01", "annotator-02"}
    assert {vote.comment for vote in told} == {""}
    # It was still the day before where they judged.
    assert {vote.at for vote in told} == {f"2026-06-{2 + n:02}" for n in range(12)} - {
        f"2026-06-{2 + n:02}" for n in (5, 6, 7)
    }
    items = read_items(made.folder)
    assert decide(items, told) == decide(items, cast)
    held = b"".join(contents(released[0]).values()) + str(told).encode()
    assert not any(name.encode() in held for name in (*PEOPLE, COMMENT))


def test_a_known_answer_decides_and_is_no_person(
    release: Build, released: tuple[Path, Account], made: Made, tmp_path: Path
) -> None:
    item, rejected = made.sha256["cartoon", 3], made.sha256["film", 0]
    before = {one.cluster: one for one in read_released(released[0])}[item]
    answers = [
        Vote(item=one, annotator=GOLD, verdict="accept", label=before.label, role="adjudicator")
        for one in (item, rejected)
    ]
    write_votes(tmp_path / "votes.csv", [*read_votes(made.votes), *answers])
    out, account = release(votes=tmp_path / "votes.csv")
    items = {one.cluster: one for one in read_released(out)}
    assert (items[item].votes, items[item].accepts) == (before.votes, before.accepts)
    assert items[rejected].accepts == 0
    assert (account.annotators, account.known) == (released[1].annotators, 2)
    assert {vote.annotator for vote in read_votes(out / "votes.parquet")} == {
        "annotator-01", "annotator-02", GOLD,
    }  # fmt: skip
    said = " ".join((out / "README.md").read_text().split())
    assert "2 people judged" in said
    assert "Of 2 items the answer was known before and decides" in said


def test_all_bytes_are_in_it_only_where_that_is_asked_for(release: Build) -> None:
    out, account = release(include_all_bytes=True)
    assert (account.with_bytes, account.waiting) == (6, 0)
    assert all((out / item.path).is_file() for item in read_released(out))
    card = (out / "README.md").read_text()
    assert "must not be given to others" in card
    assert "may be copied" not in card


def test_votes_on_other_files_are_counted(release: Build, made: Made, tmp_path: Path) -> None:
    known = read_votes(made.votes)
    foreign = Vote(item="0" * 64, annotator="eve", verdict="accept", label="yoga")
    write_votes(tmp_path / "votes.jsonl", [*known, foreign])
    out, account = release(votes=tmp_path / "votes.jsonl")
    assert (account.foreign, account.items, account.annotators) == (1, 6, 2)
    assert len(read_votes(out / "votes.parquet")) == len(known)


def test_spellings_of_a_class_are_one_class(release: Build, made: Made, tmp_path: Path) -> None:
    item = made.sha256["cartoon", 3]
    votes = [
        Vote(item=item, annotator=name, verdict="accept", label=label)
        for name, label in (("a", "Bench_Pressing"), ("b", "bench pressing"))
    ]
    write_votes(tmp_path / "votes.csv", votes)
    _, account = release(votes=tmp_path / "votes.csv", least_votes=2)
    assert [one.label for one in account.by_class if one.accepted] == ["bench pressing"]

    write_votes(tmp_path / "bad.csv", [replace(votes[0], label="flying")])
    with pytest.raises(UsageError, match=r"bad\.csv: item .* no class 'flying'"):
        build(made.folder, tmp_path / "bad.csv", tmp_path / "no", ReleaseSettings())


def test_nothing_is_left_of_a_release_that_cannot_be_made(made: Made, tmp_path: Path) -> None:
    refusing = [
        Vote(item=item, annotator="a", verdict="reject", criterion="action")
        for item in made.sha256.values()
    ]
    write_votes(tmp_path / "votes.csv", refusing)
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(UsageError, match="of 8 items none is accepted"):
        build(made.folder, tmp_path / "votes.csv", place / "out", ReleaseSettings())

    damaged = tmp_path / "damaged"
    shutil.copytree(made.folder, damaged)
    next(damaged.rglob(f"{made.sha256['cartoon', 0]}.gif")).write_bytes(b"GIF89a")
    with pytest.raises(UsageError, match="is damaged"):
        build(damaged, made.votes, place / "out", ReleaseSettings())
    next(damaged.rglob(f"{made.sha256['cartoon', 0]}.gif")).unlink()
    with pytest.raises(UsageError, match="no such file"):
        build(damaged, made.votes, place / "out", ReleaseSettings())
    assert list(place.iterdir()) == []

    left_over = place / ".out.killed.part" / "out"
    other = place / ".out.csv.abc.part"
    left_over.mkdir(parents=True)
    other.touch()
    with pytest.raises(UsageError, match="of 8 items none is accepted"):
        build(made.folder, tmp_path / "votes.csv", place / "out", ReleaseSettings())
    build(made.folder, made.votes, place / "out", ReleaseSettings())
    assert sorted(one.name for one in place.iterdir()) == [other.name, "out"]
    shutil.rmtree(place / "out")

    (place / "out").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        build(made.folder, made.votes, place / "out", ReleaseSettings())


def test_a_subset_has_the_most_frequent_classes(release: Build) -> None:
    out, account = release(most_frequent=1)
    assert (account.subset_classes, account.subset_items) == (1, 4)
    assert Index.read(out / "adaptation-1.parquet").labels == {"archery"}


def test_a_file_of_classes_gives_its_own_name_alone(
    release: Build, made: Made, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_text("archery\nbench pressing\njuggling swords\n")
    out, account = release(classes=path)
    assert Index.read(out / "index.parquet").taxonomy == account.taxonomy == "own"
    told = json.loads((out / "taxonomy.json").read_text())
    assert told["empty"] == ["juggling swords"]
    assert told["kinetics-600"] == {name: name for name in ("archery", "bench pressing")}
    assert len(told["kinetics-600 empty"]) == 598
    assert not any(str(tmp_path).encode() in held for held in contents(out).values())
