"""Run commands on a file system of their own, in a process that may mount one for itself.

``unshare -m python -m tests.faults.in_namespace WORLD PLACE COMMAND...`` prints one JSON object: of
each command what it said on a file system that is full, what on one that is read-only, and how it
ended when there was room. Nobody else sees that file system, and it goes with the process.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.running import Ran, contents, litter, run
from tests.faults.world import COMMANDS, Scene, World

#: What is left of the room where a command is to be stopped in the middle, in bytes.
LEFT = {
    "duplicates collection": 4_096,
    "explain": 100_000,
    "index export videofolder": 100_000,
    "index folder": 4_096,
    "puppets": 40_000,
    "release": 300_000,
    "review init": 40_000,
    "train": 400_000,
}
FIRST_WRITE = 8_192
SIZE = "64m"


@dataclass
class Told:
    """What became of a command.

    Attributes:
        full: The line that it said where the file system was full.
        read_only: The line where it was read-only.
        kept: Whether what was there before was untouched, both times, and nothing lay about.
        code: With which it ended when there was room; 0 is well.
        error: What it said then.
    """

    full: str
    read_only: str
    kept: bool
    code: int
    error: str


def main() -> None:
    """Try the commands that are named, and print what became of them."""
    world, place = World(Path(sys.argv[1])), Path(sys.argv[2])
    told = {name: asdict(_tried(name, world, place / "on")) for name in sys.argv[3:]}
    print(json.dumps(told))


def _tried(name: str, world: World, place: Path) -> Told:
    place.mkdir()
    _do("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place)
    try:
        return _on(name, Scene(world, place / "out"), place)
    finally:
        _do("umount", place)
        place.rmdir()


def _on(name: str, scene: Scene, place: Path) -> Told:
    scene.out.mkdir()
    os.environ["ANIGIFS_HOME"] = str(scene.out / "home")
    arguments = COMMANDS[name](scene)
    before = contents(scene.out)
    _do("mount", "-o", "remount,ro", place)
    read_only = _said(run(arguments))
    kept = contents(scene.out) == before
    _do("mount", "-o", "remount,rw", place)
    _fill(place, LEFT.get(name, FIRST_WRITE))
    full = _said(run(arguments))
    untouched = contents(scene.out).items() >= before.items()
    kept = kept and untouched and not litter(scene.out)
    (place / "filler").unlink()
    ran = run(arguments)
    return Told(full, read_only, kept and not litter(scene.out), ran.code, ran.err)


def _said(ran: Ran) -> str:
    try:
        return ran.said
    except AssertionError:
        return f"not one line, but code {ran.code}: {ran.out} {ran.err}"


def _fill(place: Path, left: int) -> None:
    status = os.statvfs(place)
    with (place / "filler").open("wb") as file:
        file.write(bytes(status.f_bavail * status.f_frsize - left))


def _do(*command: object) -> None:
    subprocess.run([str(one) for one in command], check=True)


if __name__ == "__main__":
    main()
