"""A seeded world for a search engine: what it finds, and what must become of each find."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property

from anigifs.collect.demo.planted import KINDS, STYLE_WORDS, Listing, Planted, kinds_of
from anigifs.foundation import UsageError, generator, seed_of
from anigifs.puppets import KINDS as DOMAINS
from anigifs.puppets.instance import Instance
from anigifs.taxonomy import class_list

#: Cartoons that may be looked at: those that are held back for tests are never shown.
CARTOON_STYLES = DOMAINS["cartoon-dev"].styles
DRAWABLE = class_list("puppets-16").names
SMALLEST, LARGEST = 64, 512
FILMS = 2  # of each class
#: File kinds that every class has; the others are planted as often as ``troubles`` says.
EVERYWHERE = ("still", "frozen", "truncated", "headless", "html", "json", "png", "jpeg")
#: What classes that cannot be drawn find, in turn: the third finds nothing.
POOR = (("wrong-class", "wrong-class"), ("wrong-class", "film", "html"), ())


@dataclass(frozen=True)
class World:
    """What there is to be found; everything follows from these numbers.

    Attributes:
        seed: The same one plants the same bytes at the same paths.
        classes: How many, 1..600: the drawable ones first, then others of Kinetics-600, which have
            only wrong results, or few, or none.
        originals: Cartoons of each class; two more are found under two words and two classes.
        size: Height and width of what is drawn, an even number of pixels, 64..512.
        troubles: How often each server and address trouble is planted; they go round the classes.
        plain: If not 0, so many tiny GIFs take the place of everything that is of each class, and
            nothing is rendered.
        without: Kinds that are left out, such as ``PATIENCE``.

    Raises:
        UsageError: A number is out of its range, or a kind is unknown.

    Example:
        >>> world = World(classes=2, originals=3)
        >>> [item.path for item in world.of_kind("cartoon")] == list(
        ...     item.path for item in World(classes=2, originals=3).of_kind("cartoon")
        ... )
        True
        >>> world.of_kind("bomb-frames")[0].reason
        'over-budget'
        >>> len(World(plain=2000, troubles=0).items)
        2000
    """

    seed: int = 0
    classes: int = len(DRAWABLE)
    originals: int = 8
    size: int = 96
    troubles: int = 1
    plain: int = 0
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        most = len(class_list("kinetics-600"))
        if not 1 <= self.classes <= most:
            raise UsageError(f"a demo of {self.classes} classes: 1 to {most}")
        if min(self.originals, self.troubles, self.plain) < 0:
            raise UsageError("a demo of fewer than no files: give numbers of 0 or more")
        if not SMALLEST <= self.size <= LARGEST or self.size % 2:
            raise UsageError(f"a size of {self.size}: an even number, {SMALLEST} to {LARGEST}")
        if unknown := sorted(set(self.without) - set(KINDS)):
            raise UsageError(f"no kind {unknown[0]!r}; there are {', '.join(KINDS)}")

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The classes, as Kinetics-600 spells them."""
        others = [name for name in class_list("kinetics-600") if name not in DRAWABLE]
        order = generator(self.seed, "demo", "classes").permutation(len(others))
        return (*DRAWABLE, *(others[place] for place in order))[: self.classes]

    @property
    def drawable(self) -> tuple[str, ...]:
        """Those of the classes that can be drawn."""
        return self.labels[: len(DRAWABLE)]

    @cached_property
    def items(self) -> tuple[Planted, ...]:
        """Everything that is planted; what is copied stands before its copies."""
        return tuple(_Planter(self).planted())

    @cached_property
    def by_path(self) -> dict[str, Planted]:
        """Everything that is planted, by its path."""
        return {item.path: item for item in self.items}

    def of_kind(self, kind: str) -> list[Planted]:
        """Return what is planted of a kind."""
        return [item for item in self.items if item.kind == kind]

    def instance(self, item: Planted) -> Instance:
        """Return the motion instance that an item shows: none that a benchmark tests on."""
        return Instance(seed_of(self.seed, "demo"), item.shows, "train", item.take)

    def manifest(self) -> str:
        """Return the truth about everything that is planted, as JSON lines.

        Each has the fields of :class:`Planted`, and ``about`` in words.
        """
        records = ({**asdict(item), "about": item.about} for item in self.items)
        return "".join(json.dumps(record) + "\n" for record in records)


class _Planter:
    """Plants a world, one thing after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.takes = Counter[str]()  # of each class, so that no two things show the same instance
        self.turns = Counter[str]()  # of each class, so that its finds go round the style words
        self.count = 0

    def planted(self) -> Iterator[Planted]:
        """Yield everything."""
        world = self.world
        if world.plain:
            yield from map(self._plain, range(world.plain))
        else:
            for label in world.drawable:
                yield from self._class(label)
            for number, label in enumerate(world.labels[len(DRAWABLE) :]):
                for kind in self._wanted(POOR[number % len(POOR)]):
                    yield self._plant(kind, label, shows=self._another(label))
        everywhere = () if world.plain else EVERYWHERE
        troubles = kinds_of("file", "server", "address", without=(*everywhere, *world.without))
        for number in range(world.troubles):
            for place, kind in enumerate(troubles):
                yield self._plant(kind, world.drawable[(place + number) % len(world.drawable)])

    def _class(self, label: str) -> Iterator[Planted]:
        originals = [self._plant("cartoon", label) for _ in self._times("cartoon")]
        yield from originals
        for kind in self._wanted(("cartoon-two-keywords", "cartoon-two-classes")):
            yield self._plant(kind, label)
        if originals:
            for number, kind in enumerate(kinds_of("copy", without=self.world.without)):
                yield self._plant(kind, label, of=originals[number % len(originals)])
        for kind in self._wanted(("wrong-class", *["film"] * FILMS, *EVERYWHERE)):
            shows = self._another(label) if kind == "wrong-class" else label
            yield self._plant(kind, label, shows=shows)

    def _times(self, kind: str) -> range:
        return range(0 if kind in self.world.without else self.world.originals)

    def _wanted(self, kinds: tuple[str, ...]) -> list[str]:
        return [kind for kind in kinds if kind not in self.world.without]

    def _another(self, label: str) -> str:
        """Return a drawable class that is not this one."""
        others = [name for name in DRAWABLE if name != label]
        rng = generator(self.world.seed, "demo", "wrong class", self.count)
        return others[int(rng.integers(len(others)))]

    def _plain(self, number: int) -> Planted:
        labels = self.world.labels
        label, turn = labels[number % len(labels)], number // len(labels)
        listing = Listing(label, STYLE_WORDS[turn % len(STYLE_WORDS)])
        return self._item("plain", (listing,), label, "plain", number)

    def _plant(
        self, kind: str, label: str, *, shows: str = "", of: Planted | None = None
    ) -> Planted:
        listings = self._listings(kind, label)
        if of is not None:
            return self._item(kind, listings, of.shows, of.style, of.take, of.path)
        if not KINDS[kind].drawn:
            return self._item(kind, listings, "", "", 0)
        if self.world.plain:  # numbers that the plain GIFs do not have
            return self._item(kind, listings, label, "plain", self.world.plain + self.count)
        shows = shows or label
        take = self.takes[shows]
        self.takes[shows] += 1
        style = "film" if kind == "film" else CARTOON_STYLES[take % len(CARTOON_STYLES)]
        return self._item(kind, listings, shows, style, take)

    def _listings(self, kind: str, label: str) -> tuple[Listing, ...]:
        turn = self.turns[label]
        self.turns[label] += 1
        word, next_word = (STYLE_WORDS[(turn + ahead) % len(STYLE_WORDS)] for ahead in (0, 1))
        first = Listing(label, word)
        if kind == "cartoon-two-keywords":
            return first, Listing(label, next_word)
        if kind == "cartoon-two-classes":
            labels = self.world.labels
            other = labels[(labels.index(label) + 1) % len(labels)]
            return (first, Listing(other, word)) if other != label else (first,)
        return (first,)

    def _item(
        self,
        kind: str,
        listings: tuple[Listing, ...],
        shows: str,
        style: str,
        take: int,
        original: str = "",
    ) -> Planted:
        known = KINDS[kind]
        return Planted(
            path=self._path(kind),
            kind=kind,
            listings=listings,
            shows=shows,
            style=style,
            original=original,
            outcome=known.outcome,
            reason=known.reason,
            before=known.before,
            tries=known.tries,
            take=take,
        )

    def _path(self, kind: str) -> str:
        """Return an address that tells nothing of the kind, except where the address is it."""
        name = f"{seed_of(self.world.seed, 'demo', 'path', self.count):016x}"
        self.count += 1
        places = {
            "robots": f"/private/{name}.gif",
            "odd-type": f"/media/{name}",
            "at-ftp": f"ftp://127.0.0.1/{name}.gif",
            "at-private": f"http://10.0.0.1/{name}.gif",
            "at-nowhere": f"http://[::1/{name}.gif",
            "at-no-host": f"http://demo.invalid/{name}.gif",
        }
        return places.get(kind, f"/media/{name}.gif")
