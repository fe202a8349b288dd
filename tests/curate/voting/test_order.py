from anigifs.curate.screening.screened import Screened
from anigifs.curate.voting.items import Item
from anigifs.curate.voting.order import queue


def item(name: str, **said: float | str) -> Item:
    file = Screened(sha256=name, kind="gif", bytes=1, **said)  # type: ignore[arg-type]
    return Item(cluster=name, family=name, files=(file,), hits=())


def test_what_is_probably_animated_comes_first_and_overlays_and_slideshows_later() -> None:
    items = [
        item("film", animated=0.1),
        item("slides", animated=0.9, slideshow=1.0),
        item("captioned", animated=0.9, overlay=0.2),
        item("cartoon", animated=0.9),
        item("another", animated=0.9),
        item("still", animated=0.9, reason="still"),
    ]
    names = [one.cluster for one in queue(items)]
    assert names == ["another", "cartoon", "captioned", "film", "slides"]
    assert [one.cluster for one in queue(reversed(items))] == names
