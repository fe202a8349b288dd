import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anigifs.cli.main import main
from anigifs.media import write_gif
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.taxonomy import class_list

SMALL = ["--frames", "9", "--size", "32"]


@dataclass
class Ran:
    """What one run of the command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        envelope = json.loads(self.out)
        assert list(envelope) == ["schema", "results", "summary", "warnings", "error"]
        assert envelope["schema"] == 1
        return dict(envelope)


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process."""

    def run_it(*arguments: object) -> Ran:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run_it


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a narrow, untrained network with the classes of Kinetics-400."""
    folder = tmp_path_factory.mktemp("weights") / "small"
    record = WeightsRecord(
        name="small",
        width=1 / 16,
        classes=class_list("kinetics-400").names,
        taxonomy="kinetics-400",
        licence="none",
        source="made by a test",
    )
    save_model(build_i3d(400, width=1 / 16), record, folder)
    return folder


@pytest.fixture
def gifs(tmp_path: Path) -> Path:
    """A folder of one folder a class, with two sound GIFs, a text and a truncated GIF in it."""
    root = tmp_path / "gifs"
    rng = np.random.default_rng(0)
    for name in ("juggling balls", "Arm_Wrestling", "watching tv"):
        (root / name).mkdir(parents=True)
        for index in range(2):
            frames = rng.integers(0, 256, (10, 24, 30, 3), dtype=np.uint8)
            write_gif(root / name / f"{index}.gif", frames, 50)
    (root / "juggling balls" / "text.gif").write_text("not a GIF at all")
    cut = root / "juggling balls" / "1.gif"
    cut.write_bytes(cut.read_bytes()[:-900])
    return root
