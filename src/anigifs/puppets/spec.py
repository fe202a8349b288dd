"""What a rendered benchmark consists of, before anything is rendered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from anigifs.foundation import UsageError
from anigifs.puppets.instance import SPLITS, Instance, Split
from anigifs.taxonomy import class_list

Domain = Literal["film", "film-neutral", "film-gif", "cartoon-dev", "cartoon-test"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)
DEFAULT_CLIPS, DEFAULT_SIZE = 32, 160
EIGHTHS: dict[Split, int] = {"train": 8, "val": 1, "test": 3}
SMALLEST, LARGEST = 64, 1024


@dataclass(frozen=True)
class Kind:
    """What the rows of a domain say of themselves.

    Attributes:
        domain: The domain in the index.
        styles: The styles in the index.
        splits: Which splits it has.
    """

    domain: str
    styles: tuple[str, ...]
    splits: tuple[Split, ...] = SPLITS


#: ``cartoon-dev`` may be looked at while methods are made, ``cartoon-test`` is for tests.
KINDS: dict[Domain, Kind] = {
    "film": Kind("video", ("film",)),
    "film-neutral": Kind("video", ("film-neutral",), ("test",)),
    "film-gif": Kind("video-gif", ("film-gif",)),
    "cartoon-dev": Kind("animated-gif", ("flat",)),
    "cartoon-test": Kind("animated-gif", ("pixel", "sketch", "toy")),
}
CARTOON_STYLES = KINDS["cartoon-dev"].styles + KINDS["cartoon-test"].styles


@dataclass(frozen=True)
class Job:
    """One clip to be rendered.

    Attributes:
        instance: Who does what.
        domain: Of the benchmark.
        style: Of the index.
        size: Height and width, in pixels.
        bias: How strongly the scene of a film is tied to the class.
    """

    instance: Instance
    domain: Domain
    style: str
    size: int
    bias: float

    @property
    def path(self) -> str:
        """Where the file lies in the benchmark's folder."""
        one = self.instance
        name = f"{one.split}-{one.number:04d}"
        if self.domain.startswith("cartoon"):
            name = f"{name}-{self.style}"
        suffix = "mp4" if KINDS[self.domain].domain == "video" else "gif"
        return f"{self.domain}/{one.action}/{name}.{suffix}"


@dataclass(frozen=True)
class Spec:
    """A benchmark.

    Attributes:
        clips_per_class: Motion instances of each class to train on; an eighth as many more are for
            validation, and three eighths for tests. Fewer are the first of more.
        seed: Of everything.
        size: Height and width of the clips, in pixels.
        context_bias: The chance, 0..1, that a film shows the class in its own kind of place.
        domains: Which to render.
        splits: Which to render.

    Raises:
        UsageError: There would be nothing, or it would be of no use.

    Example:
        >>> spec = Spec(clips_per_class=32)
        >>> spec.instances("train"), spec.instances("val"), spec.instances("test")
        (32, 4, 12)
    """

    clips_per_class: int = DEFAULT_CLIPS
    seed: int = 0
    size: int = DEFAULT_SIZE
    context_bias: float = 0.7
    domains: tuple[Domain, ...] = DOMAINS
    splits: tuple[Split, ...] = SPLITS

    def __post_init__(self) -> None:
        if not 1 <= self.clips_per_class <= 10_000:
            raise UsageError(f"{self.clips_per_class} clips of each class: 1 to 10,000")
        if not SMALLEST <= self.size <= LARGEST or self.size % 2:
            raise UsageError(f"a size of {self.size}: an even number, {SMALLEST} to {LARGEST}")
        if not 0 <= self.context_bias <= 1:
            raise UsageError(f"a context bias of {self.context_bias}: a chance, 0 to 1")
        if not self.domains or not self.splits:
            raise UsageError("nothing to render: name at least one domain and one split")
        if unknown := sorted(set(self.domains) - set(DOMAINS)):
            raise UsageError(f"no domain {unknown[0]!r}; there are {', '.join(DOMAINS)}")
        if strange := sorted(set(self.splits) - set(SPLITS)):
            raise UsageError(f"no split {strange[0]!r}; there are {', '.join(SPLITS)}")
        if "film-gif" in self.domains and "film" not in self.domains:
            raise UsageError("film-gif is made from film: render both")
        if not any(True for _ in self.jobs()):
            raise UsageError(f"{', '.join(self.domains)}: nothing in {', '.join(self.splits)}")

    @property
    def classes(self) -> tuple[str, ...]:
        """The actions, in the order of ``puppets-16``."""
        return class_list("puppets-16").names

    def instances(self, split: Split) -> int:
        """Return how many motion instances of each class a split has."""
        return max(1, self.clips_per_class * EIGHTHS[split] // 8)

    def jobs(self) -> Iterator[Job]:
        """Yield every clip, so that what is made from another comes after it."""
        for domain in (one for one in DOMAINS if one in self.domains):
            for split in (one for one in SPLITS if one in self.splits):
                if split in KINDS[domain].splits:
                    yield from self._jobs(domain, split)

    def _jobs(self, domain: Domain, split: Split) -> Iterator[Job]:
        for action in self.classes:
            for number in range(self.instances(split)):
                instance = Instance(self.seed, action, split, number)
                for style in _styles(domain, instance):
                    yield Job(instance, domain, style, self.size, self._bias(domain))

    def _bias(self, domain: Domain) -> float:
        return 0.0 if domain == "film-neutral" else self.context_bias


def _styles(domain: Domain, instance: Instance) -> tuple[str, ...]:
    """Return the styles of an instance: all, but in validation one of the cartoons'."""
    styles = KINDS[domain].styles
    if not domain.startswith("cartoon") or instance.split != "val":
        return styles
    turn = CARTOON_STYLES[instance.number % len(CARTOON_STYLES)]
    return (turn,) if turn in styles else ()
