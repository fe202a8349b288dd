"""Test instances in every mixture of film and cartoon: files of exact frames, and their index."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from anigifs.foundation import UsageError, write_bytes
from anigifs.foundation.claim import claim
from anigifs.foundation.work import Executor, Local
from anigifs.index import Index, Row
from anigifs.puppets.factors.added import ADDED
from anigifs.puppets.factors.lossless import apng_bytes
from anigifs.puppets.factors.mixture import Mixture
from anigifs.puppets.factors.names import Combination, all_combinations, combination_of, name_of
from anigifs.puppets.instance import Instance, Split
from anigifs.puppets.making import row_of
from anigifs.puppets.rendering import INDEX, VERSION, Rendered, Watch, complete
from anigifs.puppets.spec import Spec

DOMAIN, SETTINGS = "factors", "factors.json"
SPLIT: Split = "test"
#: Raised by one when the same mixtures give other pictures.
FACTORS_VERSION = 1
COMBINED = tuple(name_of(one) for one in all_combinations())
STYLES = (*COMBINED, *ADDED)


@dataclass(frozen=True)
class FactorJob:
    """One clip to be rendered.

    Attributes:
        instance: Who does what.
        style: A name in ``STYLES``.
        size: Height and width, in pixels.
        bias: How strongly the scene of a film is tied to the class.
    """

    instance: Instance
    style: str
    size: int
    bias: float

    @property
    def factors(self) -> Combination:
        """In what it is a cartoon; what is added to a film is in nothing one."""
        return frozenset() if self.style in ADDED else combination_of(self.style)

    @property
    def path(self) -> str:
        """Where the file lies in the folder."""
        one = self.instance
        suffix = ADDED[self.style].suffix if self.style in ADDED else "png"
        return f"{self.style}/{one.action}/{one.split}-{one.number:04d}.{suffix}"


def factor_jobs(
    spec: Spec, styles: Sequence[str] = STYLES, classes: Sequence[str] | None = None
) -> list[FactorJob]:
    """Return the clips of every test instance of a benchmark in some styles.

    Args:
        spec: The benchmark.
        styles: Names in ``STYLES``.
        classes: Some of the benchmark's; None are all.

    Raises:
        UsageError: There is no such style.
    """
    if unknown := sorted(set(styles) - set(STYLES)):
        raise UsageError(f"no mixture {unknown[0]!r}; there are {', '.join(STYLES)}")
    return [
        FactorJob(Instance(spec.seed, action, SPLIT, number), style, spec.size, spec.context_bias)
        for style in styles
        for action in (spec.classes if classes is None else classes)
        for number in range(spec.instances(SPLIT))
    ]


def render_factors(
    spec: Spec,
    folder: Path | str,
    styles: Sequence[str] = STYLES,
    *,
    executor: Executor = Local(),
    watch: Watch = lambda rows, total: rows,
    classes: Sequence[str] | None = None,
) -> Rendered:
    """Render mixtures of film and cartoon, or what is missing of them.

    The clips are of the test instances of :func:`anigifs.puppets.render`, group by group; ``style``
    in the index is the mixture. It may be stopped at any moment; another call goes on.

    Args:
        spec: The benchmark; its domains and splits do not matter.
        folder: Where; one that holds mixtures of another seed, size or bias is refused.
        styles: Which mixtures, names in ``STYLES``.
        executor: As for :func:`anigifs.puppets.render`.
        watch: Sees each row as its clip is done, and how many there will be; for a progress bar.
        classes: Some of the benchmark's; None are all.

    Raises:
        UsageError: There is no such style, or the folder holds something else.
    """
    folder = Path(folder)
    jobs = factor_jobs(spec, styles, classes)
    settings = {"seed": spec.seed, "size": spec.size, "context_bias": spec.context_bias}
    versions = {"version": VERSION, "factors_version": FACTORS_VERSION}
    claim(folder, SETTINGS, "set of mixtures", {**versions, **settings})
    rows, made = complete([jobs], make_factor, folder, executor, watch)
    index = Index.from_rows((rows[job.path] for job in jobs), "puppets-16", folder)
    index.write(folder / INDEX)
    return Rendered(index, folder / INDEX, made)


def make_factor(job: FactorJob, root: Path) -> Row:
    """Render a clip into the folder and return its row."""
    path = root / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    clip = Mixture(job.instance, job.factors, job.bias, job.size)
    boxes_T4, delays_ms = clip.boxes(), clip.delays_ms
    if job.style in ADDED:
        added = ADDED[job.style]
        added.write(path, clip.frames())
        boxes_T4, delays_ms = boxes_T4[list(added.kept.frames)], added.kept.delays_ms
    else:
        write_bytes(path, apng_bytes(clip.frames(), delays_ms))
    starts_ms = [0, *accumulate(delays_ms[:-1])]
    return row_of(job, DOMAIN, path, starts_ms, boxes_T4, sum(delays_ms))
