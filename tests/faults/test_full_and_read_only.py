"""A file system that is full (ENOSPC), and one that may only be read (EROFS)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, absent
from tests.faults.in_namespace import Told
from tests.faults.running import ends_well, run
from tests.faults.world import COMMANDS, Scene, World

#: Commands that write beside what they read: theirs cannot be a place that is none.
BESIDE = {
    *("duplicates collection", "duplicates index", "evaluate", "gap", "index check", "index split"),
    *("screen", "weights add"),
}


def namespace() -> list[str]:
    """Return the beginning of a command that may mount; as a user, in a namespace of users."""
    if shutil.which("unshare") is None:
        absent("unshare (Debian package util-linux)")
    ways = (["unshare", "-m"], ["unshare", "-Urm"])
    found = next(filter(may_mount, ways), None)
    if found is None:
        absent("the right to mount a file system (unshare -m, or -Urm)")
    return found


def may_mount(way: list[str]) -> bool:
    tried = [*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


#: These compute for long; a full disk in their way is in ``test_disk_full.py``, too.
LONG = {"evaluate", "explain", "gap", "puppets", "release", "sweep"}
EACH = [
    pytest.param(name, marks=pytest.mark.slow) if name in LONG else name
    for name in sorted(COMMANDS)
]


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    command = [*namespace(), sys.executable, "-m", "tests.faults.in_namespace"]
    place = tmp_path_factory.mktemp("mounted")
    ran = subprocess.run(
        [*command, str(world.root), str(place), *asked_for(request.session)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return {name: Told(**one) for name, one in json.loads(ran.stdout).items()}


def asked_for(session: pytest.Session) -> list[str]:
    """Return the commands whose tests are run."""
    functions = [item for item in session.items if isinstance(item, pytest.Function)]
    own = [one for one in functions if one.path == Path(__file__) and "told" in one.fixturenames]
    return sorted({str(one.callspec.params["name"]) for one in own})


@pytest.mark.parametrize("name", EACH)
def test_a_full_file_system_is_one_line(name: str, told: dict[str, Told]) -> None:
    one = told[name]
    # Of clips it is known beforehand that they have no room.
    assert "ake room and start again: what is done is kept" in one.full or (
        "clips to prepare" in one.full and "; make room, or prepare fewer" in one.full
    )
    assert one.kept
    assert (one.code, "cannot write" in one.error) == (0, False), one.error


@pytest.mark.parametrize("name", EACH)
def test_a_file_system_that_may_only_be_read_is_one_line(name: str, told: dict[str, Told]) -> None:
    said = told[name].read_only
    assert "Read-only file system" in said
    assert said.endswith("; choose a place that may be written to")


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - BESIDE))
def test_a_place_below_a_file_is_one_line(name: str, scene: Scene, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    said = run(COMMANDS[name](Scene(scene.world, letter / "out"))).said
    assert str(letter) in said
    assert "Not a directory" in said or "File exists" in said
    assert letter.read_text() == "dear"
    assert not any(scene.out.iterdir())


@pytest.mark.parametrize("name", ["gifify", "index export webdataset", "puppets", "train"])
def test_a_file_where_the_folder_should_be_is_one_line(name: str, scene: Scene) -> None:
    arguments = COMMANDS[name](scene)
    folder = Path(str(arguments[arguments.index("--out") + 1]))
    folder.write_text("dear")
    assert str(folder) in run(arguments).said
    assert folder.read_text() == "dear"
    folder.unlink()
    ends_well(run(arguments))
