"""The test sets of the rendered benchmark, as studies name them."""

from dataclasses import dataclass

from anigifs.puppets.spec import KINDS, Domain


@dataclass(frozen=True)
class TestSet:
    """Clips that models are tested on.

    Attributes:
        key: Its name in records, which is that of the benchmark's domain.
        title: What a table calls it.
    """

    __test__ = False  # no test of pytest's

    key: Domain
    title: str

    @property
    def domain(self) -> str:
        """The domain of its rows in the index."""
        return KINDS[self.key].domain

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles of its rows in the index."""
        return KINDS[self.key].styles


#: The source first, and what is farthest from it last.
PUPPET_SETS = (
    TestSet("film", "film"),
    TestSet("film-neutral", "film, neutral scenes"),
    TestSet("film-gif", "GIFs of film"),
    TestSet("cartoon-dev", "cartoons, outlined"),
    TestSet("cartoon-test", "cartoons, held back"),
)
