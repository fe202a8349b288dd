"""The runs that both studies are made of."""

from collections.abc import Sequence

from anigifs.studies.paper.roles import Role
from anigifs.studies.paper.scales import Scale
from anigifs.studies.sweep.plan import Run
from anigifs.training.config import Head, Sampler, TrainConfig

#: The run of videos that methods continue from.
VIDEO = "video"


def base(
    name: str,
    title: str,
    role: Role,
    scale: Scale,
    weights: str,
    tests: Sequence[str],
    sampler: Sampler = TrainConfig.sampler,
    head: Head | None = None,
) -> Run:
    """Return a run that fine-tunes given weights on a source by empirical risk minimisation.

    Args:
        name: Of the run.
        title: What a table calls it.
        role: The source.
        scale: How much.
        weights: A name of weights, or a folder of them.
        tests: Keys of its tests, the source's first.
        sampler: Which frames it learns from, and is tested with.
        head: Of the network; None is that of the scale.
    """
    settings = {**scale.shared, **scale.base, "weights": weights, "domain": role.domain}
    if head is not None:
        settings["head"] = head
    return _run(name, title, None, {**settings, "sampler": sampler}, tests)


def continued(
    name: str,
    title: str,
    start: str,
    role: Role,
    scale: Scale,
    tests: Sequence[str],
    method: str = "erm",
    options: Sequence[str] = (),
    oracle: bool = False,
    target: Role | None = None,
    own_statistics: bool = False,
) -> Run:
    """Return a run that goes on from another by a method, for as many updates as all that do.

    Args:
        name: Of the run.
        title: What a table calls it.
        start: The run that it goes on from.
        role: The source.
        scale: How much.
        tests: Keys of its tests; that of what the start learnt from stands first.
        method: A name in ``METHODS``.
        options: What the method is told.
        oracle: Whether its source is a target.
        target: What it adapts to, of which it sees training clips without labels.
        own_statistics: Whether BatchNorm learns statistics of what is trained on.
    """
    settings = {**scale.shared, **scale.further, "method": method, "domain": role.domain}
    if target is not None:
        settings |= {"target_domain": target.domain, "target_styles": target.styles}
    if own_statistics:
        settings["freeze_batch_norm"] = False
    return _run(name, title, start, {**settings, "options": tuple(options)}, tests, oracle)


def _run(
    name: str,
    title: str,
    start: str | None,
    settings: dict[str, object],
    tests: Sequence[str],
    oracle: bool = False,
) -> Run:
    return Run(name, title, start, oracle, True, {"options": (), **settings}, tuple(tests))
