import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from anigifs.cli.main import main
from anigifs.training import PRESETS
from tests.conftest import REPOSITORY, one_process, one_thread
from tests.training.made import add_target, make_clips, make_weights


@dataclass
class Bench:
    """A data set, weights to start from, and the command that trains on them."""

    root: Path
    options: list[str] = field(default_factory=list)

    @property
    def index(self) -> Path:
        return self.root / "clips" / "index.parquet"

    @property
    def two_domains(self) -> Path:
        """The same clips, and those of a target."""
        return self.root / "clips" / "two.parquet"

    def arguments(self, out: Path, *more: str) -> list[str]:
        train = ["train", "--index", str(self.index), "--out", str(out)]
        paths = ["--weights", str(self.root / "narrow"), "--store", str(self.root / "store")]
        return [*train, *paths, "--batch-size", "4", "--lr", "1e-3", *more]

    def command(self, out: Path, *more: str, processes: int = 1) -> list[str]:
        python = [sys.executable]
        if processes > 1:
            python += ["-m", "torch.distributed.run", "--standalone"]
            python += ["--nproc-per-node", str(processes)]
        return [*python, "-m", "anigifs", *self.arguments(out, *more)]

    def start(self, command: list[str]) -> "subprocess.Popen[str]":
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            command,
            text=True,
            cwd=REPOSITORY,
            env=environment,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that it can be killed with all its children
        )

    def train(self, out: Path, *more: str, processes: int = 1) -> Path:
        """Train in processes of their own."""
        process = self.start(self.command(out, *more, processes=processes))
        _, err = process.communicate()
        assert process.returncode == 0, err
        return out

    def train_here(self, out: Path, *more: str) -> Path:
        """Train in this process, which has torch already."""
        code, err = self.run_here(out, *more)
        assert code == 0, err
        return out

    def run_here(self, out: Path, *more: str) -> tuple[int, str]:
        """Give the command in this process; return its exit code and what it said."""
        said = io.StringIO()
        with (
            redirect_stdout(io.StringIO()),
            redirect_stderr(said),
            pytest.raises(SystemExit) as left,
        ):
            main(self.arguments(out, *more))
        return int(left.value.code or 0), said.getvalue()


on_one_thread = pytest.fixture(scope="package", autouse=True)(one_thread)
in_one_process = pytest.fixture(scope="package", autouse=True)(one_process)


#: Frames and size of the clips where neither is the point.
SMALL = (16, 64)


@pytest.fixture(scope="module")
def small_clips() -> Iterator[None]:
    """Train on clips of a third of the pixels of the smaller preset, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "laptop", SMALL)
        yield


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    root = tmp_path_factory.mktemp("training")
    make_clips(root / "clips")
    add_target(root / "clips")
    make_weights(root / "narrow")
    return Bench(root)


@pytest.fixture(scope="session")
def straight(bench: Bench) -> Path:
    """A run of two epochs that nothing disturbed."""
    return bench.train(bench.root / "straight", *SHORT)


SHORT = ["--epochs", "2", "--checkpoint-steps", "2"]
Runner = Callable[..., Path]
