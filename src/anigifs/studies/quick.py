"""The first study that anyone can run: how far does a model fall from film to cartoon GIFs?

The real I3D is fine-tuned on rendered film by empirical risk minimisation, and once more on
cartoons: an oracle, which tells how much of the gap could be closed at all. Both are tested on five
sets of clips that show the same motion instances.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.foundation import UsageError, append_record, read_records, write_text
from anigifs.foundation.claim import claim
from anigifs.foundation.machine import processor
from anigifs.puppets.frozen import check_frozen
from anigifs.puppets.spec import DEFAULT_CLIPS, KINDS, Spec
from anigifs.studies.meter import Meter, Stage, Tell
from anigifs.studies.sets import PUPPET_SETS, TestSet
from anigifs.studies.testing import ClipSet, has_predictions, index_test, tested
from anigifs.training.config import PRESETS, TrainConfig

if TYPE_CHECKING:
    from anigifs.index import Index
    from anigifs.models import I3D, WeightsRecord
    from anigifs.puppets import Rendered
    from anigifs.studies.cells import Table

STUDY = "quick"
TITLE = "From film to cartoon GIFs"
#: The head begins as Kinetics' own rows of these classes: a fresh one needs more updates than a
#: laptop has minutes (docs/log.md). It is sure of itself at first, which makes long gradients.
LR, HEAD_LR, LONGEST_GRADIENT = 2e-4, 4e-4, 5.0
RENDERING, PREPARING, WRITING = "rendering clips", "preparing clips", "writing the report"
SETTINGS, RECORDS, TIMES, STORE = "study.json", "records.jsonl", "times.jsonl", "prepared"


@dataclass(frozen=True)
class Candidate:
    """A model of the study.

    Attributes:
        key: Its name in records.
        title: What a table calls it.
        domain: The domain of the index that it is trained on.
        oracle: Whether that is the target's.
    """

    key: str
    title: str
    domain: str
    oracle: bool


CANDIDATES = (
    Candidate("erm", "trained on film (ERM)", "video", oracle=False),
    Candidate("oracle", "trained on cartoons", "animated-gif", oracle=True),
)


@dataclass(frozen=True)
class QuickConfig:
    """How large the study is.

    Attributes:
        clips_per_class: Motion instances of each class to train on.
        updates: Of the weights of each model, by 8 clips each time; 224 are three and a half
            passes over the film.
        seed: Of the benchmark, and of training.
        weights: What both models start from: a name of weights, or a folder of them.
    """

    clips_per_class: int = DEFAULT_CLIPS
    updates: int = 224
    seed: int = 0
    weights: str = "i3d-kinetics-400"

    def __post_init__(self) -> None:
        if self.updates < 1:
            raise UsageError(f"{self.updates} updates: at least 1")
        _ = self.spec  # refuses what cannot be rendered

    @property
    def spec(self) -> Spec:
        """The benchmark."""
        return Spec(clips_per_class=self.clips_per_class, seed=self.seed)

    def training(self, candidate: Candidate, index: Path) -> TrainConfig:
        """Return how a model of the study is trained."""
        return TrainConfig(
            index=str(index.resolve()),
            weights=self.weights,
            domain=candidate.domain,
            head="copy",
            steps=self.updates,
            lr=LR,
            head_lr=HEAD_LR,
            clip_gradient=LONGEST_GRADIENT,
            seed=self.seed,
        )


#: Small enough to see in a minute that everything works; its figures mean nothing.
SMOKE = QuickConfig(clips_per_class=1, updates=2)


def run_quick(config: QuickConfig, out: Path, tell: Tell = lambda title, share: None) -> "Table":
    """Run what is missing of the study in its folder, and return its table.

    The folder then holds the benchmark in ``puppets/``, a run folder for each model in ``runs/``,
    ``records.jsonl`` and ``predictions/``, ``table.txt``, ``.md``, ``.tex`` and ``.csv``, and
    ``report.html``. It may be stopped at any moment; another call goes on.

    Args:
        config: How large.
        out: The folder.
        tell: Told how far it is.

    Raises:
        UsageError: The folder holds another study, or the weights are not there.
    """
    from anigifs.models.weights import find
    from anigifs.puppets.rendering import INDEX, render
    from anigifs.training.loop import train

    weights, _ = find(config.weights)  # so that nothing is rendered in vain
    settings = {"study": STUDY, **asdict(config), "weights_sha256": weights.sha256}
    claim(out, SETTINGS, "study", settings)
    meter = Meter(stages(config), tell, out / TIMES)
    benchmark = out / "puppets"
    with meter.stage(RENDERING):
        rendered = render(config.spec, benchmark, watch=meter.watch)
    with meter.stage(PREPARING):
        _prepare(config, rendered.index, out / STORE, meter)
    for candidate in CANDIDATES:
        training = config.training(candidate, benchmark / INDEX)
        with meter.stage(f"training: {candidate.title}"):
            train(training, out / "runs" / candidate.key, out / STORE, lambda _: meter.advance())
    for candidate in CANDIDATES:
        with meter.stage(f"testing: {candidate.title}"):
            _test(config, candidate, out, rendered, meter)
    with meter.stage(WRITING):
        return write_results(config, out, rendered.index)


def stages(config: QuickConfig) -> list[Stage]:
    """Return the parts of the study; seconds of a unit are those of two cores of a laptop."""
    jobs = list(config.spec.jobs())
    tested = sum(job.instance.split == "test" for job in jobs)
    return [
        Stage(RENDERING, len(jobs), 0.03),
        Stage(
            PREPARING,
            sum(_is_used(KINDS[job.domain].domain, job.instance.split) for job in jobs),
            0.01,
        ),
        *(Stage(f"training: {one.title}", config.updates, 1.0) for one in CANDIDATES),
        *(Stage(f"testing: {one.title}", tested, 0.04) for one in CANDIDATES),
        Stage(WRITING, 1, 3.0),
    ]


def plan_quick(config: QuickConfig) -> dict[str, Any]:
    """Return what the study would do and how long it will take, from updates timed here and now."""
    from anigifs.training.planning import seconds_an_update

    parts = stages(config)
    training = config.training(CANDIDATES[0], Path("index"))
    measured = seconds_an_update(training, len(config.spec.classes))
    usual = next(stage.seconds for stage in parts if stage.title.startswith("training"))
    frames, size = PRESETS[training.preset]
    return {
        "clips": len(list(config.spec.jobs())),
        "classes": len(config.spec.classes),
        "models": len(CANDIDATES),
        "sets": len(PUPPET_SETS),
        "clip": f"{frames} x {size} x {size}",
        "seconds_an_update": round(measured, 3),
        "minutes": round(sum(stage.cost for stage in parts) * measured / usual / 60, 1),
        "stages": {stage.title: stage.units for stage in parts},
    }


def _prepare(config: QuickConfig, index: "Index", store: Path, meter: Meter) -> None:
    """Prepare all clips at once: a pool of processes for each model and set would take longer."""
    from anigifs.clips import PrepareRule, prepare
    from anigifs.evaluation.on_index import frames_kept, sources_of

    training = config.training(CANDIDATES[0], index.root)
    rows = [row for row in index.rows() if _is_used(row.domain, row.split)]
    rule = PrepareRule(
        size=PRESETS[training.preset][1], max_frames=frames_kept(training.sampler, rows)
    )
    report = prepare(sources_of(rows, index.root / "index"), rule, store, watch=meter.watch)
    if report.errors:
        raise UsageError(f"{len(report.errors)} clips: {next(iter(report.errors.values()))}")


def _is_used(domain: str, split: str) -> bool:
    """Return whether the study looks at clips of a domain of the index in a split."""
    return split == "test" or domain in {one.domain for one in CANDIDATES}


def _test(
    config: QuickConfig, one: Candidate, out: Path, rendered: "Rendered", meter: Meter
) -> None:
    """Test a model on every set that it has not been tested on."""
    from anigifs.models import for_inference, load_model

    model, weights = load_model(str(out / "runs" / one.key / "best"))
    fast = for_inference(model)
    for of_set in PUPPET_SETS:
        if not _is_tested(out, one, of_set, weights.sha256, rendered.index.identity):
            _test_on(config, one, of_set, out, rendered.path, (fast, weights))
        meter.advance(config.spec.tests_in(of_set.key))


def _is_tested(out: Path, one: Candidate, of_set: TestSet, weights: str, index: str) -> bool:
    """Return whether the last test of a model on a set is of these weights and clips, and whole."""
    from anigifs.studies.outcomes import latest_tests

    wanted = {
        "model": one.key, "set": of_set.key, "weights_hash": weights, "index_hash": index
    }  # fmt: skip
    for record in latest_tests(read_records(out / RECORDS)):
        if wanted.items() <= record.items():
            return has_predictions(out, record)
    return False


def _test_on(
    config: QuickConfig,
    one: Candidate,
    of_set: TestSet,
    out: Path,
    index: Path,
    model: "tuple[I3D, WeightsRecord]",
) -> None:
    clips = ClipSet(of_set.key, of_set.title, of_set.domain, "test", of_set.styles)
    test = index_test(config.training(one, index), clips, index, out / STORE)
    about = {
        "study": STUDY,
        "model": one.key,
        "model_title": one.title,
        "oracle": one.oracle,
        "set": of_set.key,
        "set_title": of_set.title,
        "seed": config.seed,
    }
    file = Path("predictions") / f"{one.key}-{of_set.key}-{config.seed}.parquet"
    append_record(out / RECORDS, tested(test, model, out, file, about))


def write_results(config: QuickConfig, out: Path, index: "Index") -> "Table":
    """Make the tables and the report anew from the records of a study's folder."""
    from anigifs.studies.outcomes import read_outcomes
    from anigifs.studies.render_table import to_csv, to_latex, to_markdown, to_text
    from anigifs.studies.report import write_report
    from anigifs.studies.samples import choose_samples
    from anigifs.studies.tabulation import tabulate

    outcomes = read_outcomes(out, STUDY)
    models = [one.key for one in CANDIDATES]
    table = tabulate(outcomes, TITLE, models=models, sets=[one.key for one in PUPPET_SETS])
    forms = {"txt": to_text, "md": to_markdown, "tex": to_latex, "csv": to_csv}
    for ending, form in forms.items():
        write_text(out / f"table.{ending}", form(table))
    files = {row.clip_id: index.root / row.path for row in index.rows() if row.path is not None}
    samples = choose_samples(outcomes, models[0], files, seed=config.seed)
    hardware = f"{processor()}, {os.cpu_count()} cores"
    write_report(
        out, table, outcomes, samples, hardware=hardware, settings=_settings(config, index)
    )
    return table


def _settings(config: QuickConfig, index: "Index") -> dict[str, str]:
    options = {
        "clips-per-class": config.clips_per_class,
        "updates": config.updates,
        "seed": config.seed,
        "weights": config.weights,
    }
    words = " ".join(f"--{name} {value}" for name, value in options.items())
    frozen = check_frozen(config.spec, index)
    return {
        "command": f"anigifs study quick {words} --out FOLDER",
        "cartoons, held back": frozen.words if frozen else "none",
    }
