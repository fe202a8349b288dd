"""A small sweep: two runs, one of which starts from a third, and an oracle that is none."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from anigifs.studies.sweep.reading import read_plan
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.running import Swept, run_sweep
from anigifs.studies.sweep.watching import Watcher
from tests.conftest import one_process, one_thread
from tests.training.made import make_clips, make_weights

PLAN = """
title = "Two squares"
seeds = [0, 1]
baseline = "erm"
index = "clips/index.parquet"

[train]
weights = "./narrow"
batch_size = 4
checkpoint_steps = 1
lr = 1e-3

[tests.film]
title = "clips of the source"
split = "val"

[tests.seen]
domain = "video"
split = "train"

[runs.base]
listed = false
steps = 2

[runs.erm]
title = "ERM, continued"
start = "base"
steps = 3

[runs.ceiling]
oracle = true
steps = 2
flip = false
"""
JOBS = 6


@dataclass
class Bench:
    """Clips, weights, and plans beside them."""

    root: Path

    def plan(self, *changes: tuple[str, str], name: str = "plan") -> Path:
        """Write the plan with some texts put in place of others."""
        text = PLAN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = self.root / f"{name}.toml"
        path.write_text(text)
        return path

    def sweep(
        self, plan: Path, out: Path, watcher: Watcher | None = None, **asked: object
    ) -> Swept:
        request = Request(out=out, work=out / "work", **asked)  # type: ignore[arg-type]
        return run_sweep(read_plan(str(plan)), request, watcher)


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    root = tmp_path_factory.mktemp("sweep")
    make_clips(root / "clips", per_class=6)
    make_weights(root / "narrow")
    return Bench(root)


on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)
in_one_process = pytest.fixture(scope="package", autouse=True)(one_process)


@pytest.fixture(scope="package")
def finished(bench: Bench) -> Path:
    """The folder of a sweep that nothing disturbed; tests leave it as it is."""
    out = bench.root / "finished"
    swept = bench.sweep(bench.plan(), out)
    assert (swept.done, swept.failed, swept.left) == (JOBS, {}, [])
    return out
