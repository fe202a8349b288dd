"""A table must not call a method what has seen the target."""

from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index import Index
from anigifs.studies.sections import UNLABELLED
from anigifs.studies.sweep.honesty import check_honest
from anigifs.studies.sweep.jobs import make_jobs
from anigifs.studies.sweep.reading import check_methods, read_plan
from anigifs.studies.sweep.standing import Standing
from tests.studies.sweep.conftest import Bench


@pytest.fixture
def mixed(bench: Bench) -> Bench:
    """The clips once more as a target of its own, with a test split of each."""
    index = Index.read(bench.root / "clips" / "index.parquet")
    rows = list(index.rows())
    targets = [replace(row, domain="cartoon", clip_id=row.clip_id[::-1]) for row in rows]
    tests = [replace(row, split="test", clip_id="t" + row.clip_id[1:]) for row in rows + targets]
    both = Index.from_rows([*rows, *targets, *tests], root=index.root)
    both.write(bench.root / "clips" / "mixed.parquet")
    return bench


SETS = (
    '[tests.film]\ntitle = "clips of the source"\nsplit = "val"\n\n'
    '[tests.seen]\ndomain = "video"\nsplit = "train"\n'
)
HONEST = '[tests.film]\ndomain = "video"\n[tests.target]\ndomain = "cartoon"\n'


def sweep(bench: Bench, out: Path, *changes: tuple[str, str]) -> None:
    index = ("clips/index.parquet", "clips/mixed.parquet")
    plan = bench.plan(index, (SETS, HONEST), *changes, name="honest")
    bench.sweep(plan, out, only=["ceiling"], seeds=[0])


def test_who_sees_the_target_is_an_oracle(mixed: Bench, tmp_path: Path) -> None:
    unmarked = ("oracle = true\n", 'domain = "cartoon"\n')
    message = (
        "'ceiling' learns from clips of domain 'cartoon' which the source's test 'film' does not"
    )
    with pytest.raises(UsageError, match=message):
        sweep(mixed, tmp_path / "out", unmarked)
    with pytest.raises(UsageError, match=message):  # no domain at all is every domain
        sweep(mixed, tmp_path / "out", ("oracle = true\n", ""))


def test_nobody_learns_from_what_is_tested(mixed: Bench, tmp_path: Path) -> None:
    rows = list(Index.read(mixed.root / "clips" / "mixed.parquet").rows())
    leaking = [replace(row, group="same") if row.domain == "cartoon" else row for row in rows]
    index = Index.from_rows(leaking, root=mixed.root / "clips")
    index.write(mixed.root / "clips" / "mixed.parquet")
    ceiling = ("oracle = true\n", 'oracle = true\ndomain = "cartoon"\nval_split = "val"\n')
    with pytest.raises(UsageError, match="values of group"):
        sweep(mixed, tmp_path / "out", ceiling)


ADAPTING = (
    "oracle = true\n",
    'method = "coral"\ndomain = "video"\ntarget_domain = "cartoon"\nbatch_size = 2\n',
)


def test_who_sees_a_target_without_labels_need_not_be_an_oracle_and_is_marked(
    mixed: Bench, tmp_path: Path
) -> None:
    apart = ("clips/index.parquet", "clips/apart.parquet")
    rows = list(Index.read(mixed.root / "clips" / "mixed.parquet").rows())
    tests = [replace(row, group=f"{row.split}/{row.group}", sha256="") for row in rows]
    Index.from_rows(tests, root=mixed.root / "clips").write(mixed.root / "clips" / "apart.parquet")
    plan = mixed.plan(apart, (SETS, HONEST), ADAPTING, name="adapting")
    read = read_plan(str(plan))
    check_methods(read)
    run = read.runs["ceiling"]
    assert (run.adapted, run.oracle) == (True, False)
    assert run.marked_title.endswith(UNLABELLED)
    jobs = make_jobs(read, Standing("i", {}))
    job = jobs["ceiling", 0]
    target = [row for row in tests if (row.domain, row.split) == ("cartoon", "train")]
    source = [row for row in tests if (row.domain, row.split) == ("video", "train")]
    tested = {
        one.key: [row for row in tests if (row.domain, row.split) == (one.domain, "test")]
        for one in job.tests
    }
    check_honest(job, source, tested, target)
    leak = replace(target[0], group=tested["target"][0].group)
    with pytest.raises(UsageError, match="learns from 1 values of group that the test"):
        check_honest(job, source, tested, [*target, leak])
    with pytest.raises(UsageError, match="learns from clips of domain 'cartoon'"):
        check_honest(job, [*source, target[0]], tested)


def test_a_sweep_refuses_methods_that_must_not_see_a_target(mixed: Bench) -> None:
    plan = mixed.plan((SETS, HONEST), (ADAPTING[0], ADAPTING[1].replace("coral", "rsda")), name="x")
    with pytest.raises(UsageError, match=r"\[runs.ceiling\]: method 'rsda' must not see a target"):
        check_methods(read_plan(str(plan)))


def test_what_starts_from_one_that_sees_a_target_sees_it_too(mixed: Bench) -> None:
    change = ('start = "base"', 'start = "ceiling"')
    with pytest.raises(UsageError, match="starts from 'ceiling', which sees a target; no other"):
        read_plan(str(mixed.plan((SETS, HONEST), ADAPTING, change, name="unmarked")))


def test_what_starts_from_an_oracle_is_one(bench: Bench) -> None:
    change = ('start = "base"', 'start = "ceiling"')
    with pytest.raises(UsageError, match="starts from the oracle 'ceiling'; mark it with oracle"):
        read_plan(str(bench.plan(change, name="unmarked")))
