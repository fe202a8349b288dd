from pathlib import Path

import numpy as np
import pytest

from anigifs.clips import Geometry
from anigifs.foundation.work import Local
from anigifs.gap.config import GapConfig
from anigifs.gap.measure import measure_gap
from anigifs.gap.resampling import Resampling
from anigifs.media import write_gif


def write_folder(root: Path, labels: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    for number, label in enumerate(labels):
        frames = rng.integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
        write_gif(root / label / f"{seed} {number}.gif", frames, 50)


@pytest.mark.parametrize(
    ("other", "uneven"), [(["run"] * 5 + ["jump"] * 5, 0), (["run"] * 8 + ["jump"] * 2, 30)]
)
def test_sides_that_show_other_classes_are_warned_of(
    tmp_path: Path, other: list[str], uneven: int
) -> None:
    write_folder(tmp_path / "a", ["run"] * 5 + ["jump"] * 5, seed=0)
    write_folder(tmp_path / "b", other, seed=1)
    config = GapConfig(
        a=str(tmp_path / "a"),
        b=str(tmp_path / "b"),
        store=tmp_path / "store",
        geometry=Geometry(9, 8),
        endpoints=(),
        how=Resampling(replicates=100),
        reading=Local(1),
    )
    gap = measure_gap(config, None)
    assert (len(gap.a.rows), gap.shared_groups, gap.distances) == (10, 0, ())
    strengths = [one.strength for one in gap.contrasts]
    assert strengths == sorted(strengths, reverse=True)
    said = [text for text in gap.warnings if "differ in what they show" in text]
    assert len(said) == bool(uneven)
    assert all(f" {uneven} % of the clips" in text for text in said)
    assert measure_gap(config, None).contrasts == gap.contrasts
