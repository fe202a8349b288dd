"""Which rows of an index play which part in a study."""

from dataclasses import dataclass

from anigifs.foundation import UsageError
from anigifs.puppets.spec import KINDS, Domain
from anigifs.studies.testing import ClipSet
from anigifs.training.config import Sampler


@dataclass(frozen=True)
class Role:
    """Rows of one domain.

    Attributes:
        title: What a table calls them.
        domain: As the index has it.
        styles: Those that tests show; none named are all. Training takes all of the domain.
    """

    title: str
    domain: str
    styles: tuple[str, ...] = ()

    @classmethod
    def parse(cls, title: str, words: str) -> "Role":
        """Return the role that a command line names as ``domain`` or ``domain:style,style``.

        Raises:
            UsageError: There is no domain.

        Example:
            >>> Role.parse("videos", "video:film").styles
            ('film',)
        """
        domain, _, styles = words.partition(":")
        if not domain:
            raise UsageError(f"{words!r}: a domain of the index, or DOMAIN:STYLE,STYLE")
        return cls(title, domain, tuple(one for one in styles.split(",") if one))

    def test(self, key: str, sampler: Sampler | None = None) -> ClipSet:
        """Return its clips for tests, as one set.

        Args:
            key: Of the set.
            sampler: Which frames are shown; None are those of the training.
        """
        title = self.title if sampler is None else f"{self.title}, {sampler}"
        return ClipSet(key, title, self.domain, "test", self.styles, sampler)


@dataclass(frozen=True)
class Roles:
    """The three kinds of clips that the paper speaks of.

    Attributes:
        videos: Real videos.
        gifs: GIFs made from them.
        animated: What was drawn, and is the target.
    """

    videos: Role = Role("videos", "video")
    gifs: Role = Role("video GIFs", "video-gif")
    animated: Role = Role("animated GIFs", "animated-gif")


def _of_puppets(title: str, domain: Domain) -> Role:
    kind = KINDS[domain]
    return Role(title, kind.domain, kind.styles)


#: Of the rendered benchmark; its held-back cartoons are the target.
PUPPETS = Roles(
    videos=_of_puppets("film", "film"),
    gifs=_of_puppets("GIFs of film", "film-gif"),
    animated=_of_puppets("cartoons, held back", "cartoon-test"),
)
#: The same with the cartoons that may be looked at while methods are made.
PUPPETS_DEV = Roles(
    videos=PUPPETS.videos,
    gifs=PUPPETS.gifs,
    animated=_of_puppets("cartoons, outlined", "cartoon-dev"),
)
