import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

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
    model = build_i3d(400, width=1 / 16)
    # It answers "juggling balls" to everything, by a little, and its other answers still depend
    # on the clip: so that a test knows what is right, and sees what an option changes.
    generator = torch.Generator().manual_seed(0)
    noise_BTHWC = torch.randint(0, 256, (4, 9, 32, 32, 3), dtype=torch.uint8, generator=generator)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.momentum = 1.0  # take the statistics of the noise, or signals die out
    model.train()(noise_BTHWC)
    bias_K = torch.zeros(400)
    bias_K[class_list("kinetics-400").index("juggling balls")] = 3
    head = {"logits.conv3d.bias": bias_K}
    head["logits.conv3d.weight"] = 0.02 * model.logits.conv3d.weight.detach()
    model.load_state_dict({**model.state_dict(), **head})
    save_model(model, record, folder)
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
