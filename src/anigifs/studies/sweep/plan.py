"""What a sweep is: runs, the seeds of each, and the tests that they take."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.puppets.rendering import VERSION
from anigifs.puppets.spec import Spec
from anigifs.studies.sections import WHILE_TESTED, row_title
from anigifs.studies.testing import ClipSet
from anigifs.training.config import TrainConfig

if TYPE_CHECKING:
    from anigifs.evaluation.test_time import TestTime

#: The option of a method that names weights: what they are is part of what a job is.
WEIGHTS_OPTION = "start"


def names_weights(option: str) -> bool:
    """Return whether an option of a method, or of one of several joined, names weights.

    Example:
        >>> names_weights("start"), names_weights("weight-interpolation.start"), names_weights("a")
        (True, True, False)
    """
    return option.rpartition(".")[2] == WEIGHTS_OPTION


@dataclass(frozen=True)
class Run:
    """A way to train a model, whatever the seed.

    Attributes:
        name: Its key in records and its name in files.
        title: What a table calls it.
        start: The run whose best weights of the same seed it starts from; None starts from the
            weights that its settings name.
        oracle: Whether it sees training clips of a target: a ceiling, not a method.
        listed: Whether it is a row of the table.
        tests: The keys of the tests that its weights take, its own source's first; None takes all.
        test_time: How the weights that it starts from adapt while they are tested: nothing is
            trained. None trains.
        settings: Fields of the training's configuration, those that all runs share included.
    """

    name: str
    title: str
    start: str | None
    oracle: bool
    listed: bool
    settings: Mapping[str, Any]
    tests: tuple[str, ...] | None = None
    test_time: "TestTime | None" = None

    @property
    def adapted(self) -> bool:
        """Whether it sees training clips of a target without their labels."""
        return self.settings.get("target_domain") is not None

    @property
    def marked_title(self) -> str:
        """What a table calls it, with a mark where it has seen a target without labels."""
        title = row_title(self.title, oracle=False, adapted=self.adapted)
        return title if self.test_time is None else f"{title} {WHILE_TESTED}"

    @property
    def named_weights(self) -> tuple[str, ...]:
        """The weights that it names, as other runs do not make them."""
        told = [word.partition("=") for word in self.settings.get("options", ())]
        named = [value for name, _, value in told if names_weights(name) and value != "none"]
        if self.start is None:
            named.append(self.settings.get("weights", TrainConfig.weights))
        return tuple(named)


@dataclass(frozen=True)
class Plan:
    """A sweep, as its file says it.

    Attributes:
        file: Where it was read.
        title: What its table shows.
        seeds: Of training; each run is made with every one.
        baseline: The run that the others are compared with.
        clips: The puppets to be rendered, or the path of an index.
        tests: The sets of clips that models are tested on, the source first.
        runs: By name, in the order of the table.
    """

    file: Path
    title: str
    seeds: tuple[int, ...]
    baseline: str
    clips: Spec | Path
    tests: tuple[ClipSet, ...]
    runs: Mapping[str, Run]

    @property
    def clips_described(self) -> dict[str, Any]:
        """What the clips are, as JSON can hold it, without where they lie."""
        if isinstance(self.clips, Path):
            return {"index": self.clips.name}
        spec = asdict(self.clips)
        return {"version": VERSION, **{k: _listed(v) for k, v in spec.items()}}

    def tests_of(self, run: Run) -> tuple[ClipSet, ...]:
        """Return the tests that a run's weights take."""
        if run.tests is None:
            return self.tests
        by_key = {one.key: one for one in self.tests}
        return tuple(by_key[key] for key in run.tests)

    def weights_before(self, name: str) -> str:
        """Return the weights that a run, or the first of those that it continues, starts from."""
        run = self.runs[name]
        while run.start is not None:
            run = self.runs[run.start]
        return str(run.settings.get("weights", TrainConfig.weights))

    @property
    def in_order(self) -> tuple[Run, ...]:
        """The runs, each after the one that it starts from."""
        done: dict[str, Run] = {}

        def add(run: Run) -> None:
            if run.start is not None and run.start not in done:
                add(self.runs[run.start])
            done.setdefault(run.name, run)

        for run in self.runs.values():
            add(run)
        return tuple(done.values())


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
