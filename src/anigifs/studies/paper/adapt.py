"""Adaptation (the paper, sections 2.1 and 3.4): methods that see the target without its labels.

Both ways: from videos to animated GIFs, and from animated GIFs to videos. It is a track apart from
the studies 1 and 2, where no method sees anything of the target, and every row says what its model
has seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from anigifs.studies.paper.roles import Role, Roles
from anigifs.studies.paper.runs import VIDEO, base, continued
from anigifs.studies.paper.scales import Scale
from anigifs.studies.paper.study import Comparison, Study, StudyRow
from anigifs.studies.sweep.plan import Run

ANIMATED = "animated"
SOURCE_ONLY, OWN_STATISTICS, TARGET_ONLY = "0", "0b", "o"


@dataclass(frozen=True)
class Adapter:
    """A method of adaptation.

    Attributes:
        number: Of its rows, after the letter of the direction.
        method: A name in ``METHODS``.
        title: What the table calls it.
        own_statistics: Whether BatchNorm learns statistics of the source on the way, rather than
            keep those of the weights that all began with.
        options: What the method is told.
        variant: Tells its runs from those of the method as it comes.
    """

    number: str
    method: str
    title: str
    own_statistics: bool = False
    options: tuple[str, ...] = ()
    variant: str = ""

    @property
    def name(self) -> str:
        """What its runs are called, after the source."""
        return f"{self.method}{self.variant}"


#: A method joins the study by a line here.
ADAPTERS = (
    # It replaces the statistics that a network has learnt on.
    Adapter("1", "adabn", "AdaBN", own_statistics=True),
    Adapter("2", "coral", "Deep CORAL"),
    # The weight makes it about as large in the first updates as MMD is, whose weight is 1.
    Adapter(
        "2f",
        "coral",
        "CORAL of features",
        options=("layer=features", "weight=100"),
        variant="-features",
    ),
    Adapter("3", "mmd", "MMD"),
    Adapter("4", "dann", "DANN"),
    Adapter("5", "cdan", "CDAN+E"),
    Adapter("6", "mcd", "MCD"),
    Adapter("7", "attentive-alignment", "attentive alignment"),
)


@dataclass(frozen=True)
class Direction:
    """From one kind of clips to another: a block of the table.

    Attributes:
        letter: Begins the numbers of its rows.
        start: The name of the run that learns the source.
        keys: Of the tests on the source and on the target.
        source: The clips with labels.
        target: The clips whose labels are not told.
    """

    letter: str
    start: str
    keys: tuple[str, str]
    source: Role
    target: Role

    def runs(self, scale: Scale, weights: str) -> Iterator[Run]:
        """Yield a model of the source, and all that continue it."""
        source, target, tests = self.source, self.target, self.keys
        yield base(self.start, f"fine-tuned on {source.title}", source, scale, weights, tests)
        title = f"{source.title}, source only"
        yield continued(self.name("erm"), title, self.start, source, scale, tests)
        yield continued(
            self.name("statistics"), f"{title}, its BatchNorm statistics learnt", self.start,
            source, scale, tests, own_statistics=True,
        )  # fmt: skip
        for one in ADAPTERS:
            yield continued(
                self.name(one.name), f"{source.title}, {one.title}", self.start, source, scale,
                tests, method=one.method, options=one.options, target=target,
                own_statistics=one.own_statistics,
            )  # fmt: skip
        title = f"{source.title}, continued on {target.title} with labels"
        yield continued(self.name("oracle"), title, self.start, target, scale, tests, oracle=True)

    def rows(self) -> Iterator[StudyRow]:
        """Yield the rows of the block."""
        yield self._row(SOURCE_ONLY, "erm", "source only")
        yield self._row(OWN_STATISTICS, "statistics", "source only, its statistics learnt")
        for one in ADAPTERS:
            yield self._row(one.number, one.name, one.title)
        yield self._row(TARGET_ONLY, "oracle", "then the target with labels")

    def comparisons(self) -> Iterator[Comparison]:
        """Yield what every other row has over the source alone, with its statistics or without."""
        said = {OWN_STATISTICS: "statistics of the source"}
        said |= {one.number: one.title for one in ADAPTERS}
        for number, title in (said | {TARGET_ONLY: "labels of the target"}).items():
            yield self._over(number, SOURCE_ONLY, f"{title} over {self.source.title} alone")
        for one in ADAPTERS:
            if one.own_statistics:
                what = f"{one.title} over {said[OWN_STATISTICS]}"
                yield self._over(one.number, OWN_STATISTICS, what)

    def name(self, what: str) -> str:
        """Return the name of a run of this direction."""
        return f"{self.start}-{what}"

    def _over(self, number: str, other: str, what: str) -> Comparison:
        return Comparison(f"{self.letter}{number}", f"{self.letter}{other}", what)

    def _row(self, number: str, what: str, title: str) -> StudyRow:
        trained = f"{self.source.title}, {title}"
        numbered = f"{self.letter}{number}"
        return StudyRow(numbered, trained, self.target.title, self.name(what), self.keys[1])


def directions(roles: Roles) -> tuple[Direction, Direction]:
    """Return both ways between videos and animated GIFs."""
    videos, animated = roles.videos, roles.animated
    there, back = ("videos", "animated"), ("animated", "videos")
    return (
        Direction("v", VIDEO, there, videos, animated),
        Direction("a", ANIMATED, back, animated, videos),
    )


def adapt(scale: Scale, roles: Roles, weights: str) -> Study:
    """Return the study: in each direction all methods continue one model, for equal updates.

    Weights are chosen on the validation split of the source. What is trained on labels of the
    target is an oracle and chosen on the target's.

    Args:
        scale: How large.
        roles: Which rows of the index are videos, and which are animated GIFs.
        weights: What training starts from: a name of weights, or a folder of them.
    """
    both = directions(roles)
    videos, animated = roles.videos, roles.animated
    return Study(
        name="adapt",
        table="table-adapt",
        title="Adaptation: between videos and animated GIFs, the target seen without labels",
        question=f"How much do clips of the target without labels help, from {videos.title} to "
        f"{animated.title} and back?",
        runs=tuple(run for one in both for run in one.runs(scale, weights)),
        tests=(videos.test("videos"), animated.test("animated")),
        rows=tuple(row for one in both for row in one.rows()),
        comparisons=tuple(comparison for one in both for comparison in one.comparisons()),
    )
