"""What the two studies consist of."""

from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.methods import METHODS, make_method
from anigifs.studies.paper.roles import PUPPETS, Role, Roles
from anigifs.studies.paper.running import StudyConfig
from anigifs.studies.paper.scales import LAPTOP, PAPER, QUICK, SMOKE, Scale
from anigifs.studies.paper.study import Study, runs_of
from anigifs.studies.paper.study1 import study1
from anigifs.studies.paper.study2 import study2
from anigifs.studies.sweep.jobs import make_jobs
from anigifs.studies.sweep.standing import Standing
from anigifs.training import TrainConfig

ALL_SCALES = (LAPTOP, PAPER, QUICK, SMOKE)
SOURCES = {"videos": "video", "gifs": "video-gif", "animated": "animated-gif"}


def both(scale: Scale) -> tuple[Study, Study]:
    full = scale in (LAPTOP, PAPER)
    first = study1(scale, PUPPETS, "weights")
    return first, study2(scale, PUPPETS, "weights", controls=full, oracle=True)


@pytest.mark.parametrize("scale", ALL_SCALES, ids=lambda one: one.name)
def test_a_study_holds_together(scale: Scale) -> None:
    for study in both(scale):
        runs = {run.name: run for run in study.runs}
        keys = [one.key for one in study.tests]
        assert len(set(keys)) == len(keys)
        numbers = [row.number for row in study.rows]
        assert len(set(numbers)) == len(numbers)
        for row in study.rows:
            assert row.set in (runs[row.run].tests or ()), row
        for one in study.comparisons:
            assert {one.number, one.other} <= set(numbers)
        for run in study.runs:
            assert set(run.tests or ()) <= set(keys)
            make_method(run.settings.get("method", "erm"), run.settings["options"])
            TrainConfig(index="", **dict(run.settings))


@pytest.mark.parametrize("scale", ALL_SCALES, ids=lambda one: one.name)
def test_only_the_oracle_learns_from_the_target(scale: Scale) -> None:
    for study in both(scale):
        for run in study.runs:
            assert run.oracle == (run.settings["domain"] == SOURCES["animated"])
            source = next(one for one in study.tests if one.key == (run.tests or ())[0])
            assert run.oracle or source.domain == run.settings["domain"]


@pytest.mark.parametrize("scale", ALL_SCALES, ids=lambda one: one.name)
def test_what_is_compared_had_equal_updates(scale: Scale) -> None:
    for study in both(scale):
        further = [run for run in study.runs if run.start is not None]
        assert len(further) > 1
        for name in ("steps", "lr", "batch_size", "epochs"):
            assert len({run.settings.get(name) for run in further}) == 1


def test_the_search_is_compared_with_the_same_updates_of_erm() -> None:
    study = study1(LAPTOP, PUPPETS, "weights")
    runs = {run.name: run for run in study.runs}
    rsda, erm = (runs[study.row(number).run] for number in ("5", "4b"))
    assert rsda.start == erm.start == study.row("4").run
    differ = {k for k in rsda.settings if rsda.settings[k] != erm.settings.get(k)}
    assert differ == {"method"}


def test_all_frames_are_shown_to_a_model_that_learnt_from_all_frames() -> None:
    full, quick = (study1(scale, PUPPETS, "weights") for scale in (LAPTOP, QUICK))
    sampler = {run.name: run.settings.get("sampler") for run in full.runs}
    assert [sampler[full.row(number).run] for number in ("1", "2", "1w", "2w")] == [
        "dense", "dense", "whole", "whole"
    ]  # fmt: skip
    assert {quick.row(number).run for number in ("1", "2", "1w", "2w")} == {"video"}


def test_the_second_study_has_every_strategy_of_the_paper() -> None:
    study = study2(LAPTOP, PUPPETS, "weights", controls=True, oracle=True)
    used = {str(run.settings.get("method", "erm")) for run in study.runs}
    assert used <= set(METHODS)
    assert {"erm", "random-augmentation", "rsda", "rada", "saliency-gating"} <= used


def test_rada_continues_a_pyramid_and_its_parts_are_controls() -> None:
    study = study2(LAPTOP, PUPPETS, "weights", controls=True, oracle=True)
    runs = {run.name: run for run in study.runs}
    heads = {number: runs[study.row(number).run] for number in ("3", "3p", "3a")}
    starts = [runs[str(run.start)].settings["head"] for run in heads.values()]
    assert starts == ["pyramid", "pyramid", "copy"]
    methods = [run.settings["method"] for run in heads.values()]
    assert methods == ["rada", "erm", "rada"]
    quick = study2(QUICK, PUPPETS, "weights", controls=False, oracle=True)
    assert "3" not in [row.number for row in quick.rows]


def test_controls_and_the_oracle_can_be_left_out() -> None:
    few = study2(LAPTOP, PUPPETS, "weights", controls=False, oracle=False)
    assert [row.number for row in few.rows] == ["0", "1", "2", "3", "4"]
    assert not any(run.oracle for run in few.runs)


def test_studies_share_what_they_have_in_common() -> None:
    studies = both(QUICK)
    runs = {run.name: run for run in runs_of(studies)}
    assert sum(len(study.runs) for study in studies) == len(runs) + 1
    assert runs["video"].tests == ("videos", "gifs", "animated", "videos-dense", "gifs-dense")


@pytest.mark.parametrize("scale", [LAPTOP, QUICK], ids=lambda one: one.name)
def test_every_run_of_a_plan_is_a_job_of_its_own(scale: Scale) -> None:
    config = StudyConfig(scale=scale)
    plan = config.plan(both(scale), Path("index.parquet"))
    jobs = make_jobs(plan, Standing("1d" * 32, {config.weights: "ab" * 32}))
    assert len({job.id for job in jobs.values()}) == len(plan.runs) * len(plan.seeds)


def test_roles_are_named_by_domain_and_style() -> None:
    assert Role.parse("videos", "video") == Roles().videos
    assert Role.parse("x", "video:film,film-neutral").styles == ("film", "film-neutral")
    with pytest.raises(UsageError, match="a domain of the index"):
        Role.parse("x", ":film")


def test_there_are_two_studies() -> None:
    with pytest.raises(UsageError, match="there are 1 and 2"):
        StudyConfig(studies=("3",))
    with pytest.raises(UsageError, match="there are 1 and 2"):
        StudyConfig(studies=())
    with pytest.raises(UsageError, match="clips of each class"):
        StudyConfig(scale=replace(QUICK, clips_per_class=0))
