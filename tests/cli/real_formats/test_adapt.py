from pathlib import Path

import pytest

from anigifs.index import Index
from tests.cli.conftest import Run
from tests.cli.real_formats.data import CLASSES, ani_gifs, filled, kinetics, study


@pytest.mark.slow
def test_adaptation_between_kinetics_and_ani_gifs(
    do: Run, tmp_path: Path, small_weights: Path
) -> None:
    videos = kinetics(do, tmp_path, "kinetics-600")
    animated = ani_gifs(do, tmp_path, "train=2", "val=1", "test=1", each=4)
    joint = tmp_path / "both.parquet"
    do("index", "join", videos, animated, "--out", joint)

    study(do, "adapt", joint, tmp_path / "a", small_weights, "--most-frequent", 2)

    rows = filled(tmp_path / "a" / "table-adapt.csv")
    assert list(rows) == [f"{way}{number}" for way in "va" for number in "01234567o"]
    kept = Index.read(tmp_path / "a" / "work" / "index" / "top-2.parquet")
    assert kept.labels == set(CLASSES.values())
