"""What a query finds in a world, in which order, and how it is told."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from anigifs.collect.demo.planted import KINDS, STYLE_WORDS, Planted
from anigifs.collect.demo.world import World
from anigifs.foundation import generator
from anigifs.taxonomy import normalise
from anigifs.taxonomy.names import bare_key

#: How far down the list things stand as a rule; lots mix them by up to 1.
PLACES = {"original": 0.0, "copy": 0.3, "server": 0.3, "address": 0.4, "file": 0.5}
LICENCES = (
    ("", ""),
    ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
)
CREATORS = ("Ada", "Bo", "Chidi", "Dagny", "Emre")


class Catalogue:
    """The search of the demo's engine: it knows the class and the style word of a query."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._found: dict[tuple[str, str], list[Planted]] = defaultdict(list)
        for item in sorted(world.items, key=self._rank):
            for word in dict.fromkeys(word for one in item.listings for word in (one.keyword, "")):
                for label in {one.label for one in item.listings if word in (one.keyword, "")}:
                    self._found[label, word].append(item)

    def find(self, text: str) -> Sequence[Planted]:
        """Return what a query finds, the best first.

        The class is the longest name that the query spells, in any spelling; with a style word,
        only what is listed under it is found.
        """
        key = normalise(text)
        label = max(
            (label for label, keys in self._keys.items() if any(one in key for one in keys)),
            key=lambda label: max(len(one) for one in self._keys[label] if one in key),
            default=None,
        )
        words = set(text.casefold().split())
        word = next((word for word in STYLE_WORDS if word in words), "")
        return [] if label is None else self._found.get((label, word), [])

    def told(self, item: Planted, base: str) -> dict[str, Any]:
        """Return what the engine says of an item.

        Args:
            item: The find.
            base: The engine's address.
        """
        rng = generator(self.world.seed, "demo", "told", item.path)
        listing = item.listings[0]
        licence, licence_url = LICENCES[int(rng.integers(len(LICENCES)))]
        creator = CREATORS[int(rng.integers(len(CREATORS)))]
        name = item.path.rpartition("/")[2].removesuffix(".gif")
        title = f"{listing.label.capitalize()} {listing.keyword} GIF"
        return {
            "id": name,
            "title": title,
            "media_url": item.url(base),
            "page_url": f"{base}/page/{name}",
            "width": self.world.size,
            "height": self.world.size,
            "mime": "image/gif",
            "licence": licence,
            "licence_url": licence_url,
            "creator": creator,
            "attribution": f"{title} by {creator}, {licence or 'all rights reserved'}",
            "tags": [*listing.label.split(), listing.keyword],
        }

    @cached_property
    def _keys(self) -> dict[str, set[str]]:
        return {label: {normalise(label), bare_key(label)} for label in self.world.labels}

    def _rank(self, item: Planted) -> float:
        rng = generator(self.world.seed, "demo", "rank", item.path)
        return PLACES[KINDS[item.kind].part] + float(rng.random())
