"""A release is rebuilt from the demo's engine: every fate, and what a kill leaves."""

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from anigifs.collect.demo import DemoEngine, World
from anigifs.curate.rebuilding.materialise import materialise
from anigifs.curate.rebuilding.rebuilt import Rebuilt
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index
from tests.curate.rebuilding.planted_release import WORLD, body, carried, item, release, url, wishes

RUN = "from tests.curate.rebuilding.test_materialise import child; child()"


@pytest.fixture(scope="module")
def running() -> Iterator[DemoEngine]:
    with DemoEngine(WORLD, retry_after_s=0) as engine:
        yield engine


@pytest.fixture
def engine(running: DemoEngine) -> DemoEngine:
    running.forget()
    return running


class Case:
    """A release of some items, and its rebuilding."""

    def __init__(self, folder: Path, engine: DemoEngine, items: Sequence[ReleasedItem]) -> None:
        self.engine, self.items = engine, items
        self.release, self.out = folder / "release", folder / "out"
        self.warnings: list[str] = []

    def write(self, *carried: bytes) -> "Case":
        release(self.release, self.items, carried)
        return self

    def rebuild(self, **how: object) -> Rebuilt:
        self.engine.forget()
        rebuilt = materialise(
            self.release, self.out, wishes(self.engine), warn=self.warnings.append,
            executor=Local(1), **how,  # type: ignore[arg-type]
        )  # fmt: skip
        self._check(rebuilt)
        return rebuilt

    def _check(self, rebuilt: Rebuilt) -> None:
        """Make sure that what lies there is what is told of it, and nothing else."""
        index = Index.read(self.out / "index.parquet")
        assert index.identity == rebuilt.index.identity
        paths = [str(row.path) for row in index.rows()]
        assert sorted(paths) == sorted(
            path.relative_to(self.out).as_posix() for path in (self.out / "clips").rglob("*.*")
        )
        for row in index.rows():
            data = (self.out / str(row.path)).read_bytes()
            assert hashlib.sha256(data).hexdigest() == row.sha256
        assert not list((self.out / "unfinished").glob("*"))
        report = json.loads((self.out / "report.json").read_text())
        assert report == json.loads(json.dumps(rebuilt.report()))
        assert sum(report["counts"].values()) == len(self.items) == len(report["fates"])

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked since the last call, in their order."""
        base = self.engine.base_url
        return [base + one.path for one in self.engine.requests if one.path != "/robots.txt"]


@pytest.fixture
def case(engine: DemoEngine, tmp_path: Path) -> Case:
    """Six items, one of each fate, and one of which another address has the bytes."""

    def at(*kinds: str) -> list[str]:
        return [url(engine, kind) for kind in kinds]

    items = [
        item(body(engine, "cartoon"), at("cartoon")),
        item(body(engine, "cartoon", 1), at("gone", "copy-bytes")),
        item(
            body(engine, "cartoon", 2), at("not-found", "copy-shifted", "error-once"), label="yoga"
        ),
        item(body(engine, "cartoon-two-classes"), at("cartoon-two-keywords"), label="yoga"),
        item(body(engine, "film"), at("forbidden", "html", "noai", "robots"), label="yoga"),
        item(body(engine, "film", 1), at("compressed", "error-always"), label="yoga"),
    ]
    return Case(tmp_path, engine, items).write()


FATES = ["exact", "exact", "similar", "changed", "gone", "failed"]


def test_every_fate(case: Case) -> None:
    rebuilt = case.rebuild()
    found = {fate["clip_id"]: fate for fate in rebuilt.report()["fates"]}
    fates = [found[one.clip_id] for one in case.items]
    assert [one["fate"] for one in fates] == FATES
    assert [one["url"] for one in fates[:3]] == [
        case.items[0].urls[0], case.items[1].urls[1], case.items[2].urls[1]
    ]  # fmt: skip
    assert fates[2]["sha256"] == hashlib.sha256(body(case.engine, "copy-shifted")).hexdigest()
    assert rebuilt.counts == {
        "exact": 2, "similar": 1, "changed": 1, "gone": 1, "failed": 1, "removed": 0
    }  # fmt: skip
    assert rebuilt.classes["archery"]["exact"] == 2
    assert rebuilt.classes["yoga"] == {**rebuilt.counts, "exact": 0}
    assert rebuilt.reasons == {"gone": {"forbidden": 1}, "failed": {"server-error": 1}}
    rows = list(rebuilt.index.rows())
    assert {row.clip_id for row in rows} == {one.clip_id for one in case.items[:2]}
    identity, own = rebuilt.release.identity, rebuilt.index.identity
    assert identity != own
    assert rebuilt.citation == (
        f"ani-gifs 1.0.0 (identity {identity[:12]}), rebuilt with identity {own[:12]}: "
        "33.3 % exact, 16.6 % similar (left out)"
    )
    assert list(rebuilt.lines())[-1] == rebuilt.citation


def test_another_call_asks_for_what_failed_alone(case: Case) -> None:
    first = case.rebuild()
    again = case.rebuild()
    assert set(case.asked) == {url(case.engine, "error-always")}
    assert again.report() == first.report()


def test_all_that_is_not_exact_is_asked_again_if_wanted(case: Case) -> None:
    case.rebuild()
    case.rebuild(again=True)
    reached = {one for item in case.items[2:] for one in item.urls if "/private/" not in one}
    assert set(case.asked) == reached


def test_what_shows_the_same_is_taken_if_wanted(case: Case) -> None:
    strict = case.rebuild()
    rebuilt = case.rebuild(allow_similar=True)
    similar = url(case.engine, "copy-shifted")
    assert set(case.asked) == {similar, url(case.engine, "error-always")}
    (row,) = [row for row in rebuilt.index.rows() if row.clip_id == case.items[2].clip_id]
    data = body(case.engine, "copy-shifted")
    assert row.sha256 == hashlib.sha256(data).hexdigest() != case.items[2].cluster
    assert (row.state, row.width, row.label) == ("probed", 64, "yoga")
    assert len({rebuilt.index.identity, strict.index.identity, rebuilt.release.identity}) == 3
    assert rebuilt.citation.endswith("33.3 % exact, 16.6 % similar")
    case.rebuild(allow_similar=True)
    assert set(case.asked) == {url(case.engine, "error-always")}
    assert case.rebuild().index.identity == strict.index.identity


def test_a_file_that_was_lost_or_damaged_is_fetched_again(case: Case) -> None:
    case.rebuild(allow_similar=True)
    exact, _, similar, *_ = case.items
    for path in (case.out / "clips").rglob("*.gif"):
        if path.stem == exact.cluster:
            path.write_bytes(b"GIF89a")
        elif path.stem != case.items[1].cluster:
            path.unlink()
    assert case.rebuild(allow_similar=True).counts["similar"] == 1
    assert set(case.asked) == {exact.urls[0], similar.urls[1], url(case.engine, "error-always")}


def test_a_release_that_comes_out_exactly_has_its_identity_and_index(
    engine: DemoEngine, tmp_path: Path
) -> None:
    """Also through redirects, from busy servers and from ones that fail once."""
    kinds = ("cartoon", "redirects-2", "busy-once", "error-once", "odd-type", "copy-webp")
    items = [item(body(engine, kind), [url(engine, kind)]) for kind in kinds]
    case = Case(tmp_path, engine, items).write()
    rebuilt = case.rebuild()
    assert rebuilt.counts["exact"] == len(kinds)
    assert rebuilt.index.identity == rebuilt.release.identity
    files = [folder / "index.parquet" for folder in (case.out, case.release)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert rebuilt.citation == f"{rebuilt.release.title}: 100.0 % exact, 0.0 % similar"


def test_the_best_of_several_similar_files_is_taken(engine: DemoEngine, tmp_path: Path) -> None:
    """One that the release knows as a duplicate goes before one that is only much alike."""
    copies = ("copy-apng", "copy-thinned", "copy-resized")
    known = [body(engine, "copy-resized")]
    urls = [url(engine, kind) for kind in copies]
    case = Case(tmp_path, engine, [item(body(engine, "cartoon"), urls, known)]).write()
    (row,) = case.rebuild(allow_similar=True).index.rows()
    assert row.sha256 == hashlib.sha256(known[0]).hexdigest()
    assert sorted(case.asked) == sorted(urls)  # any of them could have had the bytes
    case.rebuild(allow_similar=True)
    assert case.asked == []


def test_bytes_of_the_release_are_copied_and_nobody_is_asked(
    engine: DemoEngine, tmp_path: Path
) -> None:
    data = [body(engine, "cartoon", number) for number in range(2)]
    case = Case(tmp_path, engine, [carried(one, [url(engine, "gone")]) for one in data])
    rebuilt = case.write(*data).rebuild()
    assert (rebuilt.counts["exact"], case.asked, case.warnings) == (2, [], [])
    assert rebuilt.index.identity == rebuilt.release.identity


def test_bytes_of_the_release_that_are_damaged_are_fetched(
    engine: DemoEngine, tmp_path: Path
) -> None:
    data = [body(engine, "cartoon", number) for number in range(3)]
    items = [carried(one, [url(engine, "cartoon", number)]) for number, one in enumerate(data)]
    case = Case(tmp_path, engine, items).write(*data[:2])
    (case.release / items[1].path).write_bytes(data[0])
    rebuilt = case.rebuild()
    assert rebuilt.counts["exact"] == 3
    assert sorted(case.asked) == sorted([items[1].urls[0], items[2].urls[0]])
    damaged, missing = sorted(case.warnings)
    assert {damaged, missing} == {
        f"{case.release / items[1].path}: damaged; fetched instead",
        f"{case.release / items[2].path}: missing; fetched instead",
    }
    assert rebuilt.report()["warnings"] == case.warnings


def test_what_is_to_be_removed_is_not_made_and_not_asked_for(
    case: Case, engine: DemoEngine
) -> None:
    exact, fallback = case.items[:2]
    case.rebuild()

    def removed(one: ReleasedItem) -> object:
        return "asked for" if one.clip_id == exact.clip_id else None

    rebuilt = case.rebuild(removed=removed)
    assert (rebuilt.counts["removed"], rebuilt.counts["exact"]) == (1, 1)
    assert [row.clip_id for row in rebuilt.index.rows()] == [fallback.clip_id]
    assert exact.urls[0] not in case.asked
    assert not list(case.out.rglob(f"{exact.cluster}*"))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.2/a.gif", "private-address"),
        ("http://10.0.0.1/a.gif", "private-address"),
        ("http://2130706433/a.gif", "private-address"),
        ("http://[::ffff:127.0.0.1]/a.gif", "private-address"),
        ("to-loopback", "private-address"),
        ("to-link-local", "private-address"),
        ("file:///etc/passwd", "not-http"),
        ("to-file", "not-http"),
        ("http://127.0.0.1:22/", "port"),
        ("http://[::1/a.gif", "bad-url"),
        ("robots", "robots"),
        ("noai", "x-robots-tag"),
        ("reserved", "tdm-reservation"),
        ("endless", "too-large"),
        ("bomb-frames", "over-budget"),
    ],
)
def test_a_release_leads_nowhere_else(
    address: str, reason: str, engine: DemoEngine, tmp_path: Path
) -> None:
    """The guards of collecting hold, whatever a release says and wherever it sends us on to."""
    address = address if ":" in address else url(engine, address)
    case = Case(tmp_path, engine, [item(body(engine, "cartoon"), [address])]).write()
    (fate,) = case.rebuild().report()["fates"]
    assert (fate["fate"], fate["reason"]) == ("gone", reason)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gif/../../x"},
        {"cluster": "../" * 21 + "x"},
        {"path": "../secret.gif"},
        {"path": "/etc/passwd"},
    ],
)
def test_a_release_names_no_file_outside(
    change: dict[str, Any], engine: DemoEngine, tmp_path: Path
) -> None:
    case = Case(tmp_path, engine, [item(body(engine, "cartoon"), [], **change)]).write()
    with pytest.raises(UsageError, match="names no file that may be"):
        case.rebuild()
    assert not case.out.exists()


def test_a_release_that_was_changed_is_not_rebuilt(case: Case) -> None:
    about = json.loads((case.release / "release.json").read_text())
    for changed, message in (
        ({**about, "identity": "0" * 64}, "its index is not the one"),
        ({"name": "ani-gifs"}, "does not say what the release is"),
    ):
        (case.release / "release.json").write_text(json.dumps(changed))
        with pytest.raises(UsageError, match=message):
            case.rebuild()
    (case.release / "release.json").unlink()
    with pytest.raises(UsageError, match="give the folder of a release"):
        case.rebuild()


def test_a_folder_of_something_else_is_left_alone(case: Case) -> None:
    case.out.mkdir()
    (case.out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files, but no rebuilt release"):
        case.rebuild()
    assert [one.name for one in case.out.iterdir()] == ["notes.txt"]


def test_a_folder_takes_one_release(case: Case, engine: DemoEngine, tmp_path: Path) -> None:
    case.rebuild()
    other = Case(tmp_path / "other", engine, case.items[:1]).write()
    other.out = case.out
    with pytest.raises(UsageError, match="holds a rebuilt release that differs in identity"):
        other.rebuild()


PLAIN = World(plain=120, troubles=0, classes=2)


def child() -> None:
    """Rebuild in this process; the parent kills it."""

    class Engine:
        host = sys.argv[3]

    folder, out = map(Path, sys.argv[1:3])
    materialise(folder, out, wishes(Engine()), executor=Local(1))  # type: ignore[arg-type]


def test_kills_lose_no_more_than_what_was_in_hand(tmp_path: Path) -> None:
    kills, rng = 2, random.Random(0)
    with DemoEngine(PLAIN, pause_s=0.02) as engine:
        items = [
            item(body(engine, "plain", number), [url(engine, "plain", number)])
            for number in range(PLAIN.plain)
        ]
        case = Case(tmp_path, engine, items).write()
        command = [sys.executable, "-c", RUN, str(case.release), str(case.out), engine.host]
        for _ in range(kills):
            process = subprocess.Popen(command)
            begun = len(engine.requests)
            while len(engine.requests) == begun and process.poll() is None:
                time.sleep(0.005)
            time.sleep(rng.uniform(0.02, 0.1))
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        assert 0 < len(set(engine.counts)) - 1 < PLAIN.plain
        asked = engine.counts
        rebuilt = case.rebuild()
        assert rebuilt.index.identity == rebuilt.release.identity
        total = asked + engine.counts
        assert total.total() - total["/robots.txt"] - PLAIN.plain <= kills * 8


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    with DemoEngine(PLAIN, pause_s=0.05) as engine:
        items = [item(body(engine, "plain", n), [url(engine, "plain", n)]) for n in range(60)]
        case = Case(tmp_path, engine, items).write()
        command = [sys.executable, "-c", RUN, str(case.release), str(case.out), engine.host]
        with subprocess.Popen(command) as process:
            while not engine.requests and process.poll() is None:
                time.sleep(0.005)
            with pytest.raises(UsageError, match="another process is rebuilding into it"):
                case.rebuild()
            process.kill()
