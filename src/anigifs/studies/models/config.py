"""What the study tests: which models, on which clips."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError
from anigifs.index import Index
from anigifs.models.backbones.prompts import PROMPTS
from anigifs.puppets.instance import Split
from anigifs.puppets.spec import DEFAULT_CLIPS, Domain, Spec
from anigifs.studies.paper.roles import PUPPETS, PUPPETS_DEV, Role
from anigifs.studies.testing import ClipSet

SPLIT: Split = "test"
SOURCE, GIFS, TARGET, HELD_BACK = "videos", "gifs", "animated", "held-back"


@dataclass(frozen=True)
class ModelsConfig:
    """What is tested.

    Attributes:
        weights: Names of weights, or folders of them; others are compared with the first.
        index: The index of the clips; None renders the benchmark.
        source: Which rows every fall is counted from.
        targets: Which rows models fall on, each under its key.
        classes: What a zero-shot model chooses from; None are the classes of the data.
        prompts: What it is asked.
        clips_per_class: Size of the rendered benchmark, of which tests have three eighths.
        benchmark_seed: Of the rendered benchmark.
    """

    weights: tuple[str, ...]
    index: Path | None = None
    source: Role = PUPPETS_DEV.videos
    targets: tuple[tuple[str, Role], ...] = ((TARGET, PUPPETS_DEV.animated),)
    classes: tuple[str, ...] | None = None
    prompts: tuple[str, ...] = PROMPTS
    clips_per_class: int = DEFAULT_CLIPS
    benchmark_seed: int = 0

    def __post_init__(self) -> None:
        if not self.weights:
            raise UsageError("no model is named; give one at least: --weights NAME|FOLDER ...")
        if len(set(self.weights)) != len(self.weights):
            raise UsageError("one of the models is named twice")

    def with_held_back(self) -> "ModelsConfig":
        """Return the same with the rendered cartoons that are held back for last tests."""
        return replace(self, targets=(*self.targets, (HELD_BACK, PUPPETS.animated)))

    @property
    def spec(self) -> Spec:
        """The benchmark that is rendered where there is no index: its tests alone."""
        domains: tuple[Domain, ...] = ("film", "cartoon-dev")
        if HELD_BACK in dict(self.targets):
            domains = (*domains, "cartoon-test")
        return Spec(
            clips_per_class=self.clips_per_class,
            seed=self.benchmark_seed,
            domains=domains,
            splits=(SPLIT,),
        )

    def sets(self, index: Index, where: str) -> tuple[ClipSet, ...]:
        """Return the sets of clips, the source first.

        They are of the split ``test``, or of all rows where the index has no splits.

        Args:
            index: All rows.
            where: The index file, for the error.

        Raises:
            UsageError: One of them is empty.
        """
        splits = {split for split in index.table["split"].to_pylist() if split}
        sets = [role.test(key) for key, role in [(SOURCE, self.source), *self.targets]]
        if not splits:
            sets = [replace(one, split=None) for one in sets]
        for one in sets:
            if not len(rows_of(index, one)):
                split = f" in split {one.split!r}" if one.split else ""
                styles = f" of style {' or '.join(one.styles)}" if one.styles else ""
                raise UsageError(
                    f"{where}: no decoded rows of domain {one.domain!r}{styles}{split}; see "
                    "`anigifs index check` and `anigifs index split`, or name other domains"
                )
        return tuple(sets)

    @property
    def described(self) -> dict[str, Any]:
        """What makes a folder this study's; models and sets may be added to it."""
        rendered = {"clips_per_class": self.clips_per_class, "benchmark_seed": self.benchmark_seed}
        return {
            "study": "models",
            "clips": "puppets" if self.index is None else self.index.name,
            **(rendered if self.index is None else {}),
        }


def rows_of(index: Index, one: ClipSet) -> Index:
    """Return the rows of a set that can be shown."""
    wanted = {"domain": one.domain, "split": one.split, "style": one.styles, "state": "decoded"}
    return index.filter(**{name: value for name, value in wanted.items() if value})
