"""Two processes in one place: one of them waits its turn, or both are right."""

import json
from pathlib import Path

import pytest

from anigifs.clips import PreparedClips
from anigifs.foundation import read_records
from anigifs.foundation.claim import claim
from tests.clips.made import SMALL, contents, prepared_clips, write_sources
from tests.faults.holding import all_at_once, held
from tests.faults.running import contents as files_of
from tests.faults.running import ends_well, litter, run
from tests.faults.world import COMMANDS, Scene

#: The lock that a command takes, below the folder that it writes to.
LOCKS = {
    "collect": "found/frontier.sqlite.lock",
    "gifify": "gifs/.lock",
    "index check": "clips/.index.parquet.checks.jsonl.lock",
    "index export imagefolder": "hub/.lock",
    "index export videofolder": "hub/.lock",
    "index export webdataset": "hub/.lock",
    "puppets": "puppets/.lock",
    "review init": "review/.lock",
    "screen": "found/.screened.jsonl.lock",
    "sweep": "swept/work/lock",
    "train": "run/.lock",
}


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_a_place_is_worked_in_by_one_process_at_a_time(name: str, scene: Scene) -> None:
    arguments = COMMANDS[name](scene)
    lock = scene.out / LOCKS[name]
    with held(lock) as other:
        said = run(arguments).said
        assert f"(process {other} on " in said
        assert ", since 2" in said
        assert said.endswith("; wait until it has ended")
        assert str(lock.parent) in said
    # It was killed, so its lock lies there still, and keeps nobody out.
    assert lock.exists()
    ends_well(run(arguments))
    assert litter(scene.out) == []


def test_many_processes_are_never_in_one_place_together(tmp_path: Path) -> None:
    """Each goes in as often as it can and makes sure that nobody else is there."""
    code = """
import os, time
from pathlib import Path
from anigifs.foundation import UsageError
from anigifs.foundation.lock import Lock
place = Path(sys.argv[2])
for _ in range(200):
    try:
        with Lock(place / ".lock", "taken"):
            os.close(os.open(place / "inside", os.O_CREAT | os.O_EXCL))
            (place / "inside").unlink()
            with (place / "times").open("a") as file:
                file.write(".")
    except UsageError:
        time.sleep(0.0005)
"""
    assert all_at_once(code, 4, tmp_path) == [(0, "")] * 4
    assert len((tmp_path / "times").read_text()) > 200
    assert [path.name for path in tmp_path.iterdir()] == ["times"]


def test_of_several_who_claim_a_folder_the_first_decides(tmp_path: Path) -> None:
    code = """
from pathlib import Path
from anigifs.foundation import UsageError
from anigifs.foundation.claim import claim
try:
    claim(Path(sys.argv[2]), "study.json", "study", {"seed": int(sys.argv[1])})
except UsageError as error:
    sys.exit(f"anigifs: {error}")
"""
    ended = all_at_once(code, 6, tmp_path / "study")
    winner = json.loads((tmp_path / "study" / "study.json").read_text())["seed"]
    for number, (code_, said) in enumerate(ended):
        assert (code_, said) == (0, "") or f"differs in seed {winner} -> {number}" in said
    assert ended[winner] == (0, "")
    assert sum(code_ == 0 for code_, _ in ended) == 1
    claim(tmp_path / "study", "study.json", "study", {"seed": winner})
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["study.json"]


def test_records_that_several_append_are_all_there(tmp_path: Path) -> None:
    """Such as the ledger of an index, which every test on it is noted in."""
    code = """
from anigifs.foundation import append_record
for place in range(50):
    append_record(sys.argv[2], {"who": int(sys.argv[1]), "place": place, "more": "x" * 5000})
"""
    path = tmp_path / "ledger.jsonl"
    assert all_at_once(code, 4, path) == [(0, "")] * 4
    found = [(record["who"], record["place"]) for record in read_records(path)]
    assert sorted(found) == [(who, place) for who in range(4) for place in range(50)]
    for who in range(4):
        assert [place for one, place in found if one == who] == list(range(50))


def test_two_may_prepare_the_same_clips_in_one_store(tmp_path: Path) -> None:
    straight = prepared_clips(tmp_path / "straight", 8)
    sources = write_sources(tmp_path / "files", 8)
    code = """
from pathlib import Path
from anigifs.clips import prepare
from anigifs.foundation.work import Local
from tests.clips.made import SMALL, write_sources
sources = write_sources(Path(sys.argv[3]) / sys.argv[1], 8)
assert prepare(sources, SMALL, sys.argv[2], executor=Local(1)).errors == {}
"""
    ended = all_at_once(code, 2, tmp_path / "store", tmp_path / "copies")
    assert ended == [(0, "")] * 2
    names = [source.clip_id for source in sources]
    assert contents(PreparedClips(tmp_path / "store", SMALL), names) == contents(straight, names)


def test_two_may_look_for_copies_in_one_index(scene: Scene) -> None:
    arguments = COMMANDS["duplicates index"](scene)
    code = """
from anigifs.cli.main import main
main(sys.argv[2:])
"""
    ended = all_at_once(code, 2, *arguments)
    assert [code_ for code_, _ in ended] == [0, 0]
    assert litter(scene.out) == []
    before = files_of(scene.out)
    ends_well(run(arguments))
    assert files_of(scene.out) == before
