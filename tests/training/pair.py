"""Trains every job of a folder in this process, one of several; to be started by torchrun."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from anigifs.training import loop
from anigifs.training.config import PRESETS, TrainConfig
from anigifs.training.devices import Place, processes
from tests.training.conftest import SMALL


class Watched(loop.Trainer):
    """Leaves what each process holds at the end."""

    def run(self, tell: loop.Listener) -> None:
        super().run(tell)
        held: dict[str, Any] = {
            "model": self.model.state_dict(),
            "method": self.method.state_dict(),
        }
        torch.save(held, f"{self.folder.path}-{self.place.rank}.pt")


def main(folder: Path, store: Path) -> None:
    PRESETS["laptop"] = SMALL
    loop.Trainer = Watched  # type: ignore[misc]
    with processes() as place:

        @contextmanager
        def joined() -> Iterator[Place]:
            yield place  # processes that have parted do not find together again

        loop.processes = joined  # type: ignore[attr-defined]
        for name, config in json.loads((folder / "jobs.json").read_text()).items():
            loop.train(TrainConfig.from_json(config), folder / name, store)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
