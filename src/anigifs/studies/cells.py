"""What a table of a study holds: models x sets of clips, every number with its interval."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A number with its interval.

    Attributes:
        value: A share of clips in 0..1, or a difference of two in -1..1.
        low: Lower end of the interval; None where there is nothing to make one of.
        high: Upper end.
    """

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Difference:
    """How much better a model is than the first one of the table, on the same clips.

    Attributes:
        share: The difference of top-1, this model minus the first, with its interval.
        p: Of one seed, by paired permutation of groups; of several, by the paired t test over the
            seeds that both models have. None where the seeds do not differ in their difference,
            and for one seed where any of the models has several.
        p_holm: The same after Holm's correction for the models compared on this set.
        seeds: The seeds that both models have.
    """

    share: Share
    p: float | None
    p_holm: float | None
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Gap:
    """How much is lost from the first set to another.

    Attributes:
        share: Top-1 on the first set minus top-1 on this one, with its interval.
        shared: Groups that both sets have, which are drawn together.
        groups: Groups that either set has.
        seeds: With which the model was tested on both.
    """

    share: Share
    shared: int
    groups: int
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Origin:
    """What numbers depend on, each without repetition.

    Attributes:
        samplers: Which frames of a clip the model saw.
        presets: Frames x size.
        index_hashes: Identities of the indexes of clips.
        weights_hashes: SHA-256 of the weights.
        commits: Of the code; a ``+`` says that files were changed.
        pretraining: Sentences on what the weights had learnt of the test before.
        absent: Sentences on listed clips that were not there to learn from.
        restarted: Models and seeds that continue weights which were trained again, and are not
            quite those that others of the seed continue.
    """

    samplers: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    index_hashes: tuple[str, ...] = ()
    weights_hashes: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    pretraining: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One model on one set.

    Attributes:
        n: Clips.
        groups: Groups of clips that are independent of one another.
        seeds: Of the training runs that are averaged.
        top1: Share of clips whose first answer is right.
        top5: Share whose first five answers hold the right one; None with five classes or fewer.
        mean_class: Mean over the classes of their top-1.
        difference: To the first model; None for that model itself, and without a common seed.
        gap: To the first set; None for that set itself, and without a common seed.
        closed: Share of the way from the first model to the first oracle, in top-1; None for these
            two, and where the oracle is not surely ahead (its difference's interval holds zero).
            Its interval is by bootstrap over seeds and groups.
        origin: What these numbers depend on.
    """

    n: int
    groups: int
    seeds: tuple[int, ...]
    top1: Share
    top5: Share | None
    mean_class: Share
    difference: Difference | None
    gap: Gap | None
    closed: Share | None
    origin: Origin


@dataclass(frozen=True)
class SetColumn:
    """A set of clips: its key, what a reader calls it, and how many clips in how many groups."""

    key: str
    title: str
    n: int
    groups: int


@dataclass(frozen=True)
class ModelRow:
    """A model: its key, its title, whether it is an oracle, and its cells in the columns' order."""

    key: str
    title: str
    oracle: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Table:
    """Models x sets.

    Attributes:
        title: What the table shows.
        columns: The sets; gaps are from the first of them.
        rows: The models; differences are to the first of them.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap and of the permutation test.
    """

    title: str
    columns: tuple[SetColumn, ...]
    rows: tuple[ModelRow, ...]
    level: float
    replicates: int

    def cell(self, model: str, of_set: str) -> Cell | None:
        """Return the cell of a model and a set, by their keys; None where it was not tested."""
        for row in self.rows:
            for column, cell in zip(self.columns, row.cells, strict=True):
                if (row.key, column.key) == (model, of_set):
                    return cell
        return None


def share_of(one: Difference | Gap | None) -> Share | None:
    """Return the number and interval of a difference or a gap; None where there is none."""
    return None if one is None else one.share


def merged(origins: Iterable[Origin]) -> Origin:
    """Return what any of several numbers depends on."""
    parts = list(origins)

    def values(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for part in parts for value in getattr(part, name)))

    return Origin(
        samplers=values("samplers"),
        presets=values("presets"),
        index_hashes=values("index_hashes"),
        weights_hashes=values("weights_hashes"),
        commits=values("commits"),
        pretraining=values("pretraining"),
        absent=values("absent"),
        restarted=values("restarted"),
    )
