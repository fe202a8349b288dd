"""A whole collection: what is rejected, resumed and learnt from votes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from anigifs.collect.collecting import Folder
from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.store import Store
from anigifs.curate.screening import looking, screening
from anigifs.curate.screening.animated import MODEL, default_model, read_model
from anigifs.curate.screening.journal import JOURNAL, read_journal
from anigifs.curate.screening.looking import Job, Look, look
from anigifs.curate.screening.nsfw import Detector
from anigifs.curate.screening.screened import REASONS, SCREENED, read_screened
from anigifs.curate.screening.screening import screen
from anigifs.curate.seeing.fingerprints import FINGERPRINTS, read_fingerprints
from anigifs.curate.votes import Vote
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from tests.curate.demo import collect_demo

WORLD = World(seed=3, classes=1, originals=1, size=64, troubles=0)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of everything that one class has, which nobody has touched yet."""
    return collect_demo(tmp_path_factory.mktemp("collected"), WORLD)


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hash of a file of each kind."""
    folder, bodies = tmp_path_factory.mktemp("shas"), Bodies(WORLD)
    store, found = Store(folder), {}
    for item in WORLD.items:
        with store.temporary() as path:
            path.write_bytes(bodies.of(item))
            found[item.kind] = store.add(path, "gif")
    return found


@pytest.fixture
def folder(collected: Path, tmp_path: Path) -> Path:
    return shutil.copytree(collected, tmp_path / "collection")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes of files as they are looked at."""
    seen: list[str] = []

    def watched(job: Job) -> Look:
        seen.append(job.sha256)
        return look(job)

    monkeypatch.setattr(screening, "look", watched)
    return seen


def test_what_is_planted_is_found(folder: Path, shas: dict[str, str]) -> None:
    account = screen(folder, executor=Local(1))
    rows = read_screened(folder)
    kinds = [item.kind for item in WORLD.items if item.outcome == "stored"]
    assert set(rows) >= {shas[kind] for kind in kinds}
    assert len(rows) == len(kinds) - 1  # copy-bytes is another's very file
    assert {rows[shas[kind]].reason for kind in ("still", "frozen")} == {"still"}
    assert {row.reason for name, row in rows.items()} == {"", "still"}
    assert [name for name, row in rows.items() if not row.complete] == [shas["truncated"]]
    assert rows[shas["film"]].animated < 0.5 < rows[shas["cartoon"]].animated
    assert rows[shas["copy-captioned"]].overlay > rows[shas["cartoon"]].overlay
    assert {rows[shas[kind]].kind for kind in ("copy-webp", "copy-apng", "copy-mp4")} == {
        "webp", "png", "mp4"
    }  # fmt: skip

    prints = read_fingerprints(folder)
    assert set(prints) == set(rows)
    whole = prints[shas["cartoon"]].hashes_NB[: prints[shas["cartoon"]].whole]
    backwards = prints[shas["copy-reversed"]].hashes_NB
    assert {one.tobytes() for one in whole} <= {one.tobytes() for one in backwards}

    assert account.files == account.looked_at == len(rows)
    assert account.rejected == {**dict.fromkeys(REASONS, 0), "still": 2}
    assert account.left == len(rows) - 2 == sum(account.kinds.values())
    assert all(sum(parts.values()) == account.left for parts in account.scores.values())
    assert account.scores["animated"][0.2] == 2  # the films
    assert (account.incomplete, account.ai_hints, account.nsfw) == (1, {}, None)
    assert account.model == default_model().fitted


def test_scores_are_counted_in_parts_with_their_ends() -> None:
    assert screening._parts([0.0, 0.1, 0.2, 0.3, 1.0], (0.1, 0.2, 1.0)) == {
        0.1: 2, 0.2: 1, 1.0: 2
    }  # fmt: skip


def test_nothing_is_looked_at_twice_and_the_tables_are_the_same_bytes(
    folder: Path, looks: list[str]
) -> None:
    screen(folder, executor=Local(1))
    tables = [(folder / name).read_bytes() for name in (SCREENED, FINGERPRINTS)]
    assert len(looks) == len(set(looks)) > 10
    looks.clear()
    account = screen(folder, executor=Local(1))
    assert (looks, account.looked_at) == ([], 0)
    assert [(folder / name).read_bytes() for name in (SCREENED, FINGERPRINTS)] == tables
    (folder / JOURNAL).unlink()
    assert screen(folder, executor=Local(1)).looked_at == account.files
    assert [(folder / name).read_bytes() for name in (SCREENED, FINGERPRINTS)] == tables


def test_what_was_stopped_goes_on(folder: Path, looks: list[str]) -> None:
    def stop(stage: str, share: float) -> None:
        if len(looks) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(folder, executor=Local(1), tell=stop)
    assert not (folder / SCREENED).exists()
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'{"versions": [1, 1], "scre')  # as a kill leaves it
    first = set(looks)
    looks.clear()
    account = screen(folder, executor=Local(1))
    assert len(first) == 5
    assert not first & set(looks)
    assert len(looks) == account.looked_at == account.files - 5
    assert len(read_screened(folder)) == account.files


#: Screens a folder, and takes its time, so that there is some to kill it in.
SLOWLY = """
import sys, time
from anigifs.curate.screening import screening
from anigifs.foundation.work import Local

def slowly(job, look=screening.look):
    time.sleep(0.3)
    return look(job)

screening.look = slowly
screening.screen(
    sys.argv[1], executor=Local(1), tell=lambda stage, share: print(stage, flush=True)
)
"""


def test_a_killed_screening_goes_on_to_the_same_tables(folder: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(folder, tmp_path / "whole")
    screen(whole, executor=Local(1))
    command = [sys.executable, "-c", SLOWLY, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()  # said after the first look
        child.kill()
    assert child.returncode == -signal.SIGKILL
    kept = len(read_journal(folder / JOURNAL))
    assert 1 <= kept < len(read_screened(whole))
    assert screen(folder, executor=Local(1)).looked_at == len(read_screened(whole)) - kept
    for name in (SCREENED, FINGERPRINTS):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


def test_other_versions_of_a_look_do_not_count(
    folder: Path, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen(folder, executor=Local(1))
    looks.clear()
    monkeypatch.setattr("anigifs.curate.screening.journal._VERSIONS", [99, 1])
    assert screen(folder, executor=Local(1)).looked_at == len(looks) > 10


def test_a_look_is_read_as_it_was_written(folder: Path) -> None:
    screen(folder, executor=Local(1))
    rows, prints = read_screened(folder), read_fingerprints(folder)
    kept = read_journal(folder / JOURNAL)
    assert kept
    for name, one in kept.items():
        assert one.statistics is not None
        assert one.fingerprint is not None
        assert rows[name].overlay == one.screened.overlay
        assert rows[name].warnings == one.screened.warnings
        np.testing.assert_array_equal(one.fingerprint.hashes_NB, prints[name].hashes_NB)
        np.testing.assert_array_equal(one.fingerprint.quality_N, prints[name].quality_N)
        assert one.fingerprint.whole == prints[name].whole


def test_a_file_on_which_the_program_failed_is_looked_at_again(
    folder: Path, looks: list[str], monkeypatch: pytest.MonkeyPatch, shas: dict[str, str]
) -> None:
    def fail_on_one(path: Path) -> str:
        if shas["cartoon"] in path.name:
            raise RuntimeError("out of order")
        return ""

    with monkeypatch.context() as now:
        now.setattr(looking, "ai_hint", fail_on_one)
        found = screen(folder, executor=Local(1))
        assert (found.rejected["broken"], found.unfinished) == (1, 1)
    assert read_screened(folder)[shas["cartoon"]].reason == "broken"
    assert shas["cartoon"] not in read_fingerprints(folder)
    looks.clear()
    found = screen(folder, executor=Local(1))
    assert (found.rejected["broken"], found.unfinished) == (0, 0)
    assert looks == [shas["cartoon"]]


def test_a_stored_file_that_is_not_there_is_an_error(folder: Path, shas: dict[str, str]) -> None:
    Store(Folder(folder).store).path(shas["film"], "gif").unlink()
    with pytest.raises(UsageError, match=f"1 of .* are not there, such as {shas['film']}"):
        screen(folder, executor=Local(1))


def test_a_folder_without_a_collection_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`anigifs collect` makes it"):
        screen(tmp_path, executor=Local(1))
    assert not list(tmp_path.iterdir())


def detector() -> Detector:
    """Return one that is surer the redder a picture is."""

    def detect(frames: Sequence[np.ndarray]) -> float:
        return max(float(frame[..., 0].mean()) / 255 for frame in frames)

    return detect


def test_a_detector_is_asked_where_it_was_not(folder: Path, looks: list[str]) -> None:
    screen(folder, executor=Local(1))
    looks.clear()
    account = screen(folder, executor=Local(1), nsfw=detector)
    assert account.looked_at == len(looks) == account.files
    rows = read_screened(folder).values()
    assert all(row.nsfw is not None and 0 <= row.nsfw <= 1 for row in rows)
    assert account.nsfw == sum(row.nsfw > 0.5 for row in rows if row.nsfw and not row.reason)
    looks.clear()
    assert screen(folder, executor=Local(1), nsfw=detector).looked_at == 0
    assert screen(folder, executor=Local(1)).nsfw == account.nsfw  # the answers stay


def test_votes_make_a_model_that_stays(tmp_path: Path, looks: list[str]) -> None:
    """Who votes here takes small things for drawn: nothing that the default model would say."""
    world = World(seed=1, classes=1, plain=14, troubles=0)
    folder = collect_demo(tmp_path / "plain", world)
    screen(folder, executor=Local(1))
    before = read_screened(folder)
    looks.clear()
    names = sorted(before)
    votes = [
        Vote(item=name, annotator="ann", verdict="accept", label="archery")
        if place < 7
        else Vote(item=name, annotator="ann", verdict="reject", criterion="animated")
        for place, name in enumerate(names)
    ]
    account = screen(folder, executor=Local(1), votes=votes)
    assert (account.looked_at, looks) == (0, [])
    assert (account.model.on, account.model.drawn, account.model.filmed) == ("votes", 7, 7)
    after = read_screened(folder)
    assert [row.animated for row in after.values()] != [row.animated for row in before.values()]
    assert read_model(folder / MODEL).fitted == account.model
    again = screen(folder, executor=Local(1))
    assert again.model == account.model
    assert read_screened(folder) == after

    with pytest.raises(UsageError, match="at least 5 of each are needed"):
        screen(folder, executor=Local(1), votes=votes[:9])
    assert read_screened(folder) == after


def test_processes_find_what_one_does(tmp_path: Path) -> None:
    few = World(seed=1, classes=1, plain=5, troubles=0)
    one, two = (collect_demo(tmp_path / name, few) for name in ("one", "two"))
    assert screen(one, executor=Local(1)) == screen(two, executor=Local(2))
    assert read_screened(one) == read_screened(two)


def lethal() -> Detector:
    """Return one that ends its process where a picture is of 64 pixels."""

    def detect(frames: Sequence[np.ndarray]) -> float:
        if len(frames[0]) == 64:
            os._exit(1)
        return 0.0

    return detect


def test_a_file_that_ends_its_process_does_not_end_the_others(tmp_path: Path) -> None:
    few = World(seed=1, classes=1, plain=5, troubles=0)
    folder = collect_demo(tmp_path / "c", few)
    large = next(item for item in WORLD.items if item.kind == "cartoon")
    store = Store(Folder(folder).store)
    victim = sorted(path for path in store.root.rglob("*.gif"))[2]
    victim.write_bytes(Bodies(WORLD).of(large))
    account = screen(folder, executor=Local(2), nsfw=lethal)
    assert (account.files, account.rejected["broken"], account.left) == (5, 1, 4)
    row = read_screened(folder)[victim.stem]
    assert (row.reason, row.nsfw) == ("broken", None)
    assert row.detail == "its process ended with code 1, 2 times; it was given up"
