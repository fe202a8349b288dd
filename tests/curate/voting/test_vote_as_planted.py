"""The example that votes on a demo: right but for its slips, and the same each time."""

import importlib.util
import runpy
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anigifs.collect.demo import KINDS, World
from anigifs.collect.demo.planted import Planted
from anigifs.curate.candidate import CandidateHit
from anigifs.curate.copies.clustered import CLUSTERED, Clustered, write_clustered
from anigifs.curate.screening.screened import SCREENED, Screened, write_screened
from anigifs.curate.votes import read_votes
from anigifs.curate.voting.decisions import decide
from anigifs.curate.voting.items import read_items
from anigifs.foundation import UsageError
from tests.conftest import REPOSITORY
from tests.curate.voting.voted import sha

SCRIPT = REPOSITORY / "examples" / "vote_as_planted.py"
WORLD = World(classes=5, originals=3)
STORED = [item for item in WORLD.items if item.outcome == "stored"]


def bytes_of(item: Planted) -> str:
    """Return the hash of a planted file, made up."""
    return sha(item.original if item.kind == "copy-bytes" else item.path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder as collect, screen and duplicates leave it, but for the files themselves."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "planted.jsonl").write_text(WORLD.manifest())
    hits = [
        CandidateHit(
            url=item.url("http://127.0.0.1:8765"),
            label=listing.label,
            keyword=listing.keyword,
            sha256=bytes_of(item) if item.outcome == "stored" else "",
        )
        for item in WORLD.items
        for listing in item.listings
    ]
    pq.write_table(
        pa.Table.from_pylist([asdict(hit) for hit in hits]), folder / "candidates.parquet"
    )
    clusters = {bytes_of(item): sha(item.original or item.path) for item in STORED}
    write_screened(
        folder / SCREENED, [Screened(sha256=one, kind="gif", bytes=1) for one in clusters]
    )
    write_clustered(
        folder / CLUSTERED,
        [Clustered(sha256=one, cluster=name, family=name) for one, name in clusters.items()],
    )
    return folder


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vote_as_planted", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def votes_of(example: ModuleType, demo: Path, **script: float) -> Any:  # noqa: ANN401
    return example.Script(**script).votes(read_items(demo), example.read_planted(demo))


def test_without_slips_everything_is_judged_as_it_was_planted(
    example: ModuleType, demo: Path
) -> None:
    items = read_items(demo)
    decisions = decide(items, votes_of(example, demo, slips=0.0), least=2)
    planted = {sha(item.path): item for item in STORED if not item.original}
    assert set(decisions) == set(planted)
    seen = Counter[str]()
    for name, decision in decisions.items():
        item = planted[name]
        assert decision.votes == 2
        listed = {listing.label for listing in item.listings}
        if item.kind in ("still", "frozen"):
            wanted = ("rejected", "", "gif")
        elif item.kind == "film":
            wanted = ("rejected", "", "animated")
        elif item.kind == "wrong-class" and item.shows not in listed:
            wanted = ("rejected", "", "action")
        else:
            assert KINDS[item.kind].drawn
            wanted = ("accepted", item.shows, "")
            assert item.shows in listed
        assert (decision.state, decision.label, decision.criterion) == wanted
        seen[wanted[0] + wanted[2]] += 1
    assert set(seen) == {"accepted", "rejectedgif", "rejectedanimated", "rejectedaction"}


def test_what_is_found_under_its_class_as_well_is_accepted_with_it(
    example: ModuleType, demo: Path
) -> None:
    """A wrong result of one search whose copy another search finds rightly."""
    items = [item for item in read_items(demo) if len(item.labels) == 2]
    truth = {"kind": "wrong-class", "shows": items[0].labels[1], "style": "flat"}
    assert example.judged(items[0], truth).label == items[0].labels[1]
    assert example.judged(items[0], {**truth, "shows": "yoga"}).criterion == "action"


def test_slips_are_as_many_as_wanted_and_a_third_person_settles(
    example: ModuleType, demo: Path
) -> None:
    items, votes = read_items(demo), votes_of(example, demo, slips=0.3, annotators=5, seed=1)
    assert {vote.annotator for vote in votes} == {f"scripted-{n}" for n in range(1, 6)}
    slips = sum(vote.comment == example.SLIP for vote in votes)
    assert 0.2 < slips / len(votes) < 0.4
    planted = example.read_planted(demo)
    truths = {one.cluster: example.judged(one, example.truth_of(one, planted)) for one in items}
    for vote in votes:
        right = truths[vote.item]
        same = (vote.verdict, vote.verdict == "accept" and vote.label) == (
            right.verdict,
            right.verdict == "accept" and right.label,
        )
        assert same == (vote.comment == "")
    judges = Counter(vote.item for vote in votes)
    assert set(judges.values()) == {2, 3}
    assert len({(vote.item, vote.annotator) for vote in votes}) == len(votes)
    assert [vote.at for vote in votes] == sorted(vote.at for vote in votes)


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, words)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_the_command_writes_the_same_votes_each_time(
    demo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, demo, tmp_path / "one.csv")
    said = capsys.readouterr().out
    run(monkeypatch, demo, tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    votes = read_votes(tmp_path / "one.csv")
    assert f"one.csv: {len(votes):,} scripted votes" in said
    assert f"{len(read_items(demo)):,} items: " in said


def test_what_is_no_demo_is_told_in_one_line(
    example: ModuleType, demo: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"planted.jsonl: no such file"):
        example.read_planted(tmp_path)
    with pytest.raises(UsageError, match="knows none of its addresses"):
        example.Script().votes(read_items(demo), {})
    with pytest.raises(UsageError, match="give 3 annotators or more"):
        example.Script(annotators=2)
    with pytest.raises(UsageError, match="a chance is 0 to 1"):
        example.Script(slips=1.5)


def test_a_fault_ends_the_command_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, tmp_path, "votes.csv")
    assert ended.value.code == 2
    assert "error: " in (last := capsys.readouterr().err.splitlines()[-1])
    assert "clusters.parquet: no such file" in last
