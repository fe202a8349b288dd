"""A collection of the demo's world that was not fetched: its files are put into the store."""

from pathlib import Path

from anigifs.collect.collecting import Folder
from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.store import Store
from anigifs.curate.copies.planted import PLANTED
from anigifs.foundation import write_text
from tests.curate.made import OPEN, hits_of, stored, write_candidates

#: Six actions, with 8 cartoons, 10 copies of these and 13 more files each.
WORLD = World(seed=3, classes=6, troubles=0)


def collect_demo(folder: Path, world: World = WORLD) -> Path:
    """Write a collection with everything of a world that is stored, and the truth about it."""
    bodies, store = Bodies(world), Store(Folder(folder).store)
    rows = []
    for item in world.items:
        fate: dict[str, object] = {"state": "refused", "reason": item.reason}
        if item.outcome == "stored":
            fate = {"state": "stored", "sha256": stored(store, bodies.of(item))}
        rows += hits_of(item, OPEN, "", fate)
    write_candidates(Folder(folder).candidates, rows)
    write_text(folder / PLANTED, world.manifest())
    return folder
