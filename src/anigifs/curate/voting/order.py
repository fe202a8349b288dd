"""In which order people judge."""

from collections.abc import Iterable

from anigifs.curate.voting.items import Item


def queue(items: Iterable[Item]) -> list[Item]:
    """Return the items that are to be judged, those first that are likely to be accepted.

    The order is by ``animated * (1 - slideshow) * (1 - overlay)`` of the file that stands for
    each, the greatest first, and by name where these are equal: what is probably animated comes
    first, and slideshows and what is under captions or bars come later. Items whose file was
    rejected by screening are left out. The order decides nothing else.
    """
    open_ones = (item for item in items if not item.shown.reason)
    return sorted(open_ones, key=lambda item: (-_promise(item), item.cluster))


def _promise(item: Item) -> float:
    shown = item.shown
    return shown.animated * (1 - shown.slideshow) * (1 - shown.overlay)
