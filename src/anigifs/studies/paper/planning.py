"""What a study would run and what it will cost, before anything is rendered or trained."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from anigifs.index import Index
from anigifs.models.weights import find
from anigifs.studies.paper.refusals import check_index
from anigifs.studies.paper.running import StudyConfig
from anigifs.studies.sweep.jobs import Jobs, make_jobs
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.standing import Standing, named_weights, standing_of
from anigifs.training.config import Preset, TrainConfig

#: Clips of an update that is timed: a batch of large ones takes more memory than a laptop has.
TIMED_CLIPS: dict[Preset, int] = {"paper": 1, "laptop": 4}


def planned(config: StudyConfig, work: Path, out: Path) -> tuple[Plan, Jobs]:
    """Return what studies would run; clips need not be there if they are to be rendered.

    Args:
        config: What would be run.
        work: The folder of what is rendered.
        out: The folder of records.

    Raises:
        UsageError: The index is not there, or not fit for the studies.
    """
    path = config.index_at(work)
    if config.index is None and not path.exists():
        plan = config.plan(config.studies_on(Index.from_rows(())), path)
        weights = {name: find(name)[0].sha256 for name in named_weights(plan)}
        return plan, make_jobs(plan, Standing(None, weights))
    given = config.read_index()
    index = Index.read(path) if given is None else given
    studies = config.studies_on(index)
    check_index(studies, config.roles, index, str(path))
    plan = config.plan(studies, path)
    if not path.exists():  # a part of an index, which is written when the studies are run
        weights = {name: find(name)[0].sha256 for name in named_weights(plan)}
        return plan, make_jobs(plan, Standing(index.identity, weights))
    return plan, make_jobs(plan, standing_of(plan, out))


def timed_here(config: StudyConfig) -> Callable[[TrainConfig], float]:
    """Return what says how many seconds an update takes on this machine's processor as it is now.

    A few clips are timed once for each size of clips. What a method does of its own, such as
    searching, comes on top.
    """
    from anigifs.methods import make_method
    from anigifs.methods.adapting import Adaptation
    from anigifs.training.planning import seconds_an_update

    @cache
    def a_clip(preset: Preset) -> float:
        few = TIMED_CLIPS[preset]
        trial = TrainConfig(index="", weights=config.weights, preset=preset, batch_size=few)
        return seconds_an_update(trial, len(config.spec.classes)) / few

    def an_update(one: TrainConfig) -> float:
        # What aligns sees as many clips of the target as of the source in each update.
        aligns = isinstance(make_method(one.method, one.options), Adaptation)
        clips = one.batch_size * (2 if aligns else 1)
        return clips * a_clip(one.preset)

    return an_update
