"""Whether what became of planted files is what must become of them."""

from collections.abc import Iterator
from pathlib import Path

from anigifs.collect.demo.engine import DemoEngine
from anigifs.collect.demo.planted import Planted
from anigifs.collect.frontier import Reader, canonical


def off_plan(frontier: Path, engine: DemoEngine) -> Iterator[str]:
    """Yield a line for each planted file that was not found, or had another fate.

    Args:
        frontier: The file of the frontier.
        engine: Which has served the files.
    """
    fates = {one.found.url: (one.state, one.reason) for one in Reader(frontier).candidates()}
    for item in engine.world.items:
        fate = fates.get(canonical(item.url(engine.base_url)))
        wanted = _wanted(item)
        if fate is None:
            yield f"{item.path} ({item.about}) was not found"
        elif fate != wanted:
            said, meant = (" ".join(filter(None, one)) for one in (fate, wanted))
            yield f"{item.path} ({item.about}) is {said}, and should be {meant}"


def _wanted(item: Planted) -> tuple[str, str]:
    """Return the state and the reason of a file after all attempts."""
    if item.outcome == "failed":
        return "refused", "exhausted"
    return item.outcome, item.reason
