from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.puppets.spec import KINDS, Spec
from anigifs.studies.sweep.plan import Run
from anigifs.studies.sweep.reading import NAMED, check_methods, read_plan
from tests.studies.sweep.conftest import PLAN


def read(tmp_path: Path, *changes: tuple[str, str], more: str = "") -> None:
    text = PLAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "a.toml").write_text(text + more)
    check_methods(read_plan(str(tmp_path / "a.toml")))


def test_a_plan_says_what_its_file_says(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        PLAN + '[runs.rsda]\nmethod = "rsda"\noptions = { searches = 9, x = true, a = "b" }\n'
    )
    plan = read_plan(str(tmp_path / "a.toml"))
    assert (plan.title, plan.seeds, plan.baseline) == ("Two squares", (0, 1), "erm")
    assert plan.clips == tmp_path / "clips" / "index.parquet"
    assert [(one.key, one.title, one.domain, one.split, one.styles) for one in plan.tests] == [
        ("film", "clips of the source", None, "val", ()),
        ("seen", "seen", "video", "train", ()),
    ]
    runs = plan.runs
    assert list(runs) == ["base", "erm", "ceiling", "rsda"]
    assert [run.listed for run in runs.values()] == [False, True, True, True]
    assert [run.oracle for run in runs.values()] == [False, False, True, False]
    assert (runs["erm"].title, runs["erm"].start) == ("ERM, continued", "base")
    assert runs["base"].settings["weights"] == str(tmp_path / "narrow")
    assert runs["rsda"].settings["options"] == ("a=b", "searches=9", "x=true")
    assert runs["rsda"].settings["batch_size"] == 4


def test_the_plan_of_film_tests_every_domain_and_learns_from_film() -> None:
    plan = read_plan("puppets")
    check_methods(plan)
    assert [one.key for one in plan.tests] == list(KINDS)
    for one, kind in zip(plan.tests, KINDS.values(), strict=True):
        assert (one.domain, one.styles) == (kind.domain, kind.styles)
    assert plan.clips == Spec(clips_per_class=32, seed=0)
    assert plan.runs["erm"].start == "base"
    assert plan.runs["oracle"].start == "oracle-base"
    for run in plan.runs.values():
        assert run.oracle or run.settings["domain"] == "video"
        assert not run.adapted
    # What is held back is no part of a learning curve, which one may look at.
    assert [one.key for one in plan.tests if one.curve] == ["film", "cartoon-dev"]


def test_all_that_continues_in_the_plans_gets_as_many_updates() -> None:
    for name in NAMED:
        runs = read_plan(name).runs
        trained = [one for one in runs.values() if one.test_time is None]

        def updates(run: Run) -> int:
            own: int = run.settings["steps"]
            return own if run.start is None else own + updates(runs[run.start])  # noqa: B023

        assert {updates(run) for run in trained if run.listed} == {448}


def test_the_plan_of_two_sources_learns_from_no_cartoon_that_it_is_tested_on() -> None:
    plan = read_plan("puppets-sources")
    check_methods(plan)
    held_back = set(KINDS["cartoon-test"].styles)
    for run in plan.runs.values():
        assert run.oracle or not held_back & set(run.settings["styles"])
        assert run.oracle == (run.settings["styles"] == ())
    assert set(plan.tests[-1].styles) == held_back


WRONG = {
    "title =": ("titel =", r"a.toml: no key 'titel'; there are baseline, benchmark, index"),
    "lr = 1e-3": ("learning = 1", r"\[train\]: no key 'learning'; there are accumulate"),
    "flip = false": ("seed = 3", r"\[runs.ceiling\]: no key 'seed'; there are"),
    "oracle = true": ('oracle = "yes"', r"\[runs.ceiling\]: oracle is true or false, not 'yes'"),
    "batch_size = 4": ("batch_size = true", r"batch_size is a whole number, not True"),
    "checkpoint_steps = 1": (
        'head = "cpy"',
        r"\[train\]: head is 'fresh' or 'copy' or 'pyramid', not 'cpy'",
    ),
    "steps = 3": ("steps = 0", r"\[runs.erm\]: steps is at least 1, not 0"),
    'start = "base"': ('start = "bass"', r"start = 'bass': no such run; there are base, erm"),
    'baseline = "erm"': ('baseline = "irm"', r"baseline = 'irm': no such run; there are base"),
    "seeds = [0, 1]": ("seeds = [0, 0]", r"seeds are one or more, all different"),
    "[tests.seen]": ("[tests.Seen]", r"\[tests.Seen\]: a name is of small letters"),
    'domain = "video"': (
        'style = "flat"',
        r"\[tests.seen\]: no key 'style'; there are curve, domain",
    ),
    'split = "val"': ('shift = "rain"', r"\[tests.film\]: shift = 'rain': there are noise, jpeg"),
    "[runs.base]": ('[runs.base]\nstart = "erm"', r"one another: (base -> erm -> base|erm ->)"),
    "listed = false": ("listed = 0", r"listed is true or false, not 0"),
    'index = "clips/index.parquet"': ("", r"either \[benchmark\], to render one, or index"),
}


@pytest.mark.parametrize("old", list(WRONG))
def test_what_is_wrong_is_one_line(tmp_path: Path, old: str) -> None:
    new, said = WRONG[old]
    with pytest.raises(UsageError, match=said):
        read(tmp_path, (old, new))


MORE_WRONG = {
    'method = "rdsa"': r"\[runs.more\]: no method 'rdsa'; there are erm, random-augmentation",
    "options = { period = 8 }": r"\[runs.more\]: method 'erm': no option 'period=8'; it has none",
    "options = 8": r"options is a table, such as \{ period = 8 \}, not 8",
    "options = { period = [1] }": r"the option 'period' is a number or a text, not \[1\]",
    'start = "base"\nweights = "x"': r"\[runs.more\]: start and weights",
    'start = "more"': r"start from one another: more -> more",
}


@pytest.mark.parametrize("lines", list(MORE_WRONG))
def test_what_is_wrong_in_a_run_is_one_line(tmp_path: Path, lines: str) -> None:
    with pytest.raises(UsageError, match=MORE_WRONG[lines]):
        read(tmp_path, more=f"[runs.more]\n{lines}\n")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('test_time = "tent"\nstart = "erm"', "there are batch-norm, entropy"),
        ('test_time = "entropy"', "name its start"),
        ('test_time = "entropy"\nstart = "erm"\nsteps = 2', "trains nothing; leave out steps"),
        (
            'test_time = "entropy"\nstart = "erm"\noptions = { a = 1 }',
            "trains nothing; leave out options",
        ),
    ],
)
def test_what_adapts_while_it_is_tested_has_nothing_to_train_by(
    tmp_path: Path, lines: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, more=f"[runs.adapting]\n{lines}\n")


def test_a_benchmark_has_the_fields_of_its_description(tmp_path: Path) -> None:
    index = 'index = "clips/index.parquet"'
    with pytest.raises(UsageError, match=r"\[benchmark\]: no key 'clips'; there are clips_per_"):
        read(tmp_path, (index, ""), more="[benchmark]\nclips = 2\n")
    with pytest.raises(UsageError, match=r"\[benchmark\]: 0 clips of each class"):
        read(tmp_path, (index, ""), more="[benchmark]\nclips_per_class = 0\n")
    read(tmp_path, (index, ""), more='[benchmark]\nclips_per_class = 1\ndomains = ["film"]\n')
    plan = read_plan(str(tmp_path / "a.toml"))
    assert plan.clips == Spec(clips_per_class=1, domains=("film",))


def test_a_file_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"puppet: no such file; name a TOML file, or .* puppets"):
        read_plan("puppet")
    (tmp_path / "a.toml").write_text("title = ")
    with pytest.raises(UsageError, match=r"a.toml: not TOML \("):
        read_plan(str(tmp_path / "a.toml"))
