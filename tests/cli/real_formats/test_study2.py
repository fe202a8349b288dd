from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.real_formats.data import VIDEOS, ani_gifs, filled, kinetics, study, write_ava


@pytest.mark.slow
def test_study_2_on_ava_kinetics_and_ani_gifs(do: Run, tmp_path: Path, small_weights: Path) -> None:
    videos = kinetics(do, tmp_path, "kinetics-700")
    write_ava(tmp_path)
    boxed, joint = tmp_path / "ava.parquet", tmp_path / "two.parquet"
    annotations = [tmp_path / f"kinetics_{split}_v1.0.csv" for split in VIDEOS]
    listing = ["index", "ava-kinetics", "--annotations", *annotations, "--videos", videos]
    ran = do(*listing, "--per-class", 3, "--out", boxed)
    assert "class in Kinetics" in ran.out
    animated = ani_gifs(do, tmp_path, "train=2", "val=1", "test=1", each=4)
    do("index", "join", boxed, animated, "--shared-classes", "--out", joint)

    study(do, "2", joint, tmp_path / "s2", small_weights)

    rows = filled(tmp_path / "s2" / "table3.csv")
    assert list(rows) == ["0", "1", "2", "2e", "3", "3p", "3a", "4", "4c", "c1", "c2", "c3", "o"]
