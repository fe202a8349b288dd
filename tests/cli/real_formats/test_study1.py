from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.real_formats.data import ani_gifs, filled, kinetics, study


@pytest.mark.slow
def test_study_1_on_kinetics_its_gifs_and_ani_gifs(
    do: Run, tmp_path: Path, small_weights: Path
) -> None:
    videos = kinetics(do, tmp_path, "kinetics-600")
    there, gifs, joint = (tmp_path / name for name in ("k.parquet", "gifs-of-k", "one.parquet"))
    do("index", "coverage", videos, "--out", there)
    do("gifify", there, "--out", gifs, "--workers", 1)
    animated = ani_gifs(do, tmp_path, "test=1", each=2)
    parts = [there, gifs / "index.parquet", animated]
    do("index", "join", *parts, "--shared-classes", "--out", joint)
    (tmp_path / "ids.txt").write_text("clap_test_0\n")
    do("weights", "seen", "kinetics-400", tmp_path / "ids.txt")

    ran = study(do, "1", joint, tmp_path / "s1", small_weights)

    rows = filled(tmp_path / "s1" / "table2.csv")
    assert list(rows) == ["1", "2", "1w", "2w", "3", "4", "4b", "5"]
    assert [rows[number]["n"] for number in ("1", "2", "4")] == ["2", "2", "4"]
    said = "Pre-training on kinetics-400 had 2 of the 2 classes tested;"
    assert f"{said} 1 of 2 clips are of its videos." in ran.out
    assert f"{said} no clip names its video." in ran.out
