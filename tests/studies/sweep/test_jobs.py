import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from anigifs.foundation import UsageError, WeightsError
from anigifs.methods import METHODS
from anigifs.methods.saliency_gating import GATES
from anigifs.methods.schedule import PAPER_PERIOD
from anigifs.methods.search import MUTATION, POPULATION
from anigifs.studies.sweep.jobs import MEANING, Jobs, chosen, each_once, make_jobs
from anigifs.studies.sweep.plan import WEIGHTS_OPTION
from anigifs.studies.sweep.reading import read_plan
from anigifs.studies.sweep.standing import Standing, keep, standing_of
from anigifs.training import TrainConfig
from anigifs.training.config import PRESETS, TAPS
from tests.studies.sweep.conftest import PLAN


def jobs_of(folder: Path, *changes: tuple[str, str], index: str = "i", weights: str = "w") -> Jobs:
    text = PLAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    (folder / "a.toml").write_text(text)
    plan = read_plan(str(folder / "a.toml"))
    return make_jobs(plan, Standing(index, {str(folder / "narrow"): weights}))


def ids(jobs: Jobs) -> dict[str, str]:
    return {name: job.id for (name, seed), job in jobs.items() if seed == 0}


def test_equal_arguments_are_one_job_wherever_they_lie(tmp_path: Path) -> None:
    one = jobs_of(tmp_path / "a")
    other = jobs_of(
        tmp_path / "b",
        ("clips/index.parquet", "x.parquet"),
        ("ERM, continued", "erm"),
        ("listed = false", ""),
        ("[runs.ceiling]", "[runs.top]"),
        ("lr = 1e-3", "lr = 0.001\nweight_decay = 0"),
    )
    assert [job.id for job in one.values()] == [job.id for job in other.values()]
    assert len({job.id for job in one.values()}) == 6
    assert all(len(job.id) == 12 for job in one.values())


@pytest.mark.parametrize(
    "change",
    [
        ("lr = 1e-3", "lr = 2e-3"),
        ("batch_size = 4", "batch_size = 8"),
        ("checkpoint_steps = 1", "checkpoint_steps = 2"),
        ("[train]", "[train]\ndropout = 0.1"),
        ('domain = "video"', 'domain = "gif"'),
        ("[tests.seen]", '[tests.seen]\nstyles = ["flat"]'),
        ("[tests.film]", "[tests.films]"),
    ],
)
def test_any_argument_makes_other_jobs(tmp_path: Path, change: tuple[str, str]) -> None:
    one, other = jobs_of(tmp_path), jobs_of(tmp_path, change)
    assert not {job.id for job in one.values()} & {job.id for job in other.values()}


def test_other_clips_or_weights_make_other_jobs(tmp_path: Path) -> None:
    one = {job.id for job in jobs_of(tmp_path).values()}
    assert not one & {job.id for job in jobs_of(tmp_path, index="j").values()}
    assert not one & {job.id for job in jobs_of(tmp_path, weights="v").values()}


def test_a_change_of_a_start_changes_what_follows_and_nothing_else(tmp_path: Path) -> None:
    one = ids(jobs_of(tmp_path))
    other = ids(jobs_of(tmp_path, ("steps = 2\n\n[runs.erm]", "steps = 4\n\n[runs.erm]")))
    assert one["base"] != other["base"]
    assert one["erm"] != other["erm"]
    assert one["ceiling"] == other["ceiling"]


def test_options_of_a_method_are_part_of_it(tmp_path: Path) -> None:
    run = '[runs.erm]\nmethod = "rsda"\noptions = {}'
    one = ids(jobs_of(tmp_path, ("[runs.erm]", run)))
    same = ids(jobs_of(tmp_path, ("[runs.erm]", run.replace("{}", "{ b = 1, a = 2 }"))))
    turned = ids(jobs_of(tmp_path, ("[runs.erm]", run.replace("{}", "{ a = 2, b = 1 }"))))
    assert one["erm"] != same["erm"] == turned["erm"]


def test_runs_that_are_equal_share_a_job(tmp_path: Path) -> None:
    twin = '[runs.twin]\ntitle = "again"\nstart = "base"\nsteps = 3\n[runs.ceiling]'
    jobs = jobs_of(tmp_path, ("[runs.ceiling]", twin))
    assert jobs["twin", 0] is jobs["erm", 0]
    assert len(each_once(jobs.values())) == 6


def test_seeds_come_one_after_the_other_and_starts_first(tmp_path: Path) -> None:
    text = PLAN.replace("[runs.base]", "[runs.last]\nstart = 'base'\nlr = 1.0\n[runs.base]")
    (tmp_path / "a.toml").write_text(text)
    plan = read_plan(str(tmp_path / "a.toml"))
    jobs = make_jobs(plan, Standing("i", {}))
    assert list(jobs) == [
        (name, seed) for seed in (0, 1) for name in ("base", "last", "erm", "ceiling")
    ]
    names = [(job.run.name, job.seed) for job in chosen(jobs, plan, ["erm", "last"], [1])]
    assert names == [("last", 1), ("erm", 1)]
    with pytest.raises(UsageError, match=r"--only rsda: no such run; there are last, base, erm"):
        chosen(jobs, plan, ["rsda"], [])
    with pytest.raises(UsageError, match=r"--seeds 7: not a seed of .*a.toml, which has 0, 1"):
        chosen(jobs, plan, [], [7])


def test_what_a_sweep_stands_on_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(PLAN.replace("./narrow", "lost"))
    plan = read_plan(str(tmp_path / "a.toml"))
    with pytest.raises(UsageError, match=r"index.parquet: no such index"):
        standing_of(plan, tmp_path)
    known = Standing("i", {"lost": "w"})
    keep(plan, known, tmp_path)
    assert standing_of(plan, tmp_path) == known
    (tmp_path / "a.toml").write_text(PLAN.replace("./narrow", "nowhere"))
    with pytest.raises(WeightsError, match="no weights 'nowhere'"):
        standing_of(read_plan(str(tmp_path / "a.toml")), tmp_path)
    (tmp_path / "sweep.json").write_text("[1")
    with pytest.raises(UsageError, match=r"sweep.json: damaged"):
        standing_of(plan, tmp_path)


def test_a_setting_that_is_new_and_at_its_default_leaves_the_jobs_what_they_were(
    tmp_path: Path,
) -> None:
    one = jobs_of(tmp_path)
    other = jobs_of(tmp_path, ("[train]", f"[train]\naccumulate = {TrainConfig.accumulate}"))
    assert ids(one) == ids(other)


def test_defaults_mean_what_they_meant_when_records_were_made() -> None:
    """Settings at their defaults are no part of an id: who changes one raises ``MEANING``."""
    said = json.dumps({one.name: one.default for one in fields(TrainConfig)[1:]}, sort_keys=True)
    known = (
        '{"accumulate": 1, "average": 0.0, "balance": false, "batch_size": 8, '
        '"checkpoint_steps": 200, "clip_gradient": 0.0, "domain": null, "dropout": 0.5, '
        '"epochs": 3, "flip": true, "freeze_batch_norm": true, "head": "fresh", '
        '"head_lr": 0.001, "lr": 0.0001, "method": "erm", "options": [], "precision": "auto", '
        '"preset": "laptop", "sampler": "whole", "schedule": "cosine", "seed": 0, "snapshots": 0, '
        '"steps": null, "styles": [], "target_domain": null, "target_styles": [], '
        '"train_split": "train", "tube_dilate": 0.0, "tube_span_ms": null, "val_split": "val", '
        '"weight_decay": 0.0, '
        '"weights": "i3d-kinetics-400"}'
    )
    assert (MEANING, json.loads(said)) == (1, json.loads(known))
    methods = {name: asdict(kind.Options()) for name, kind in METHODS.items()}
    assert methods == {
        "erm": {},
        "random-augmentation": {"length": 4, "share": 1.0, "statistics": "frame"},
        "rsda": {
            "search": "random",
            "period": None,
            "searches": 12,
            "candidates": 50,
            "length": 4,
            "probe_batches": 1,
            "statistics": "frame",
        },
        "saliency-gating": {
            "period": None,
            "layer": None,
            "mask": "saliency",
            "persist": False,
            "pooling": "clip",
        },
        "background-randomisation": {"share": 0.5},
        "linear-probe": {},
        "weight-interpolation": {"share": 0.5, "start": None},
        "ada": {
            "period": None,
            "phases": 6,
            "batches": 1,
            "share": 0.5,
            "most": 64,
            "steps": 15,
            "rate": 1.0,
            "gamma": 1.0,
            "normalised": False,
        },
        "rada": {"period": None, "steps": 5, "rate": 1.0, "alpha": 0.01, "normalised": False},
        "mixstyle": {"layers": "MaxPool3d_3a_3x3,MaxPool3d_4a_3x3", "p": 0.5, "alpha": 0.1},
        "video-mix": {"kind": "spatial", "p": 1.0, "alpha": None},
        "rand-conv": {"p": None, "mix": False},
        "weight-averaging": {"after": 0.75},
        "self-challenging": {
            "features": 0.3333333333333333,
            "clips": 0.3333333333333333,
            "hide": "either",
        },
        "spatiotemporal-search": {
            "search": "random",
            "period": None,
            "searches": 12,
            "candidates": 50,
            "length": 4,
            "probe_batches": 1,
            "statistics": "frame",
            "families": "photometric+temporal+gif-making+context",
            "without": "",
            "clean": 0.5,
            "quantile": 1.0,
        },
        "adabn": {},
        "coral": {"weight": 1.0, "layer": "scores"},
        "mmd": {"weight": 1.0},
        "dann": {"weight": 1.0, "rate": 1e-3, "hidden": 1024},
        "cdan": {"weight": 1.0, "rate": 1e-3, "hidden": 1024, "random": 1024, "entropy": True},
        "mcd": {"weight": 1.0, "rate": 1e-3},
        "attentive-alignment": {
            "cell": 0.5,
            "relation": 0.75,
            "clip": 0.75,
            "entropy": 0.003,
            "rate": 1e-3,
            "hidden": 256,
            "layer": None,
        },
    }
    constants = (GATES, PAPER_PERIOD, POPULATION, MUTATION, TAPS, PRESETS)
    taps, presets = {"paper": "Mixed_5c", "laptop": "Mixed_4f"}, {"paper": (40, 224)}
    assert constants == (10, 200, 10, 0.1, taps, {**presets, "laptop": (16, 112)})


def test_what_goes_on_draws_anew_and_alike_for_all(tmp_path: Path) -> None:
    jobs = jobs_of(tmp_path, ("[runs.ceiling]", '[runs.other]\nstart = "base"\n[runs.ceiling]'))
    seeds = {name: job.config.seed for (name, seed), job in jobs.items() if seed == 1}
    assert seeds["base"] == seeds["ceiling"] == 1
    assert seeds["erm"] == seeds["other"] != 1
    assert all(job.seed == seed for (_, seed), job in jobs.items())


@pytest.mark.parametrize(
    ("method", "option"),
    [
        ("weight-interpolation", "start"),
        ("mixstyle+weight-interpolation", "weight-interpolation.start"),
    ],
)
def test_weights_that_an_option_names_are_known_by_their_hash(
    tmp_path: Path, method: str, option: str
) -> None:
    told = f'method = "{method}"\noptions = {{ "{option}" = "./narrow" }}\n'
    change = ("[runs.ceiling]\n", f"[runs.ceiling]\n{told}")
    one, other = (jobs_of(tmp_path, change, weights=sha) for sha in ("w", "x"))
    assert one["ceiling", 0].config.options == (f"{option}=w",)
    assert ids(one)["ceiling"] != ids(other)["ceiling"]
    config = one["ceiling", 0].config_at(tmp_path / "index.parquet", None)
    assert config.options == (f"{option}={tmp_path / 'narrow'}",)


def test_an_option_named_start_is_of_weights_for_a_sweep_takes_it_so() -> None:
    named = {name for name, kind in METHODS.items() if hasattr(kind.Options, WEIGHTS_OPTION)}
    assert named == {"weight-interpolation"}
