from pathlib import Path

import numpy as np
import pytest

from anigifs.foundation.arrays import read_arrays, write_arrays


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    arrays = {"ids": np.array(["a", "b"]), "logits": np.eye(2, dtype=np.float32)}
    write_arrays(tmp_path / "new" / "one.npz", arrays)
    found = read_arrays(tmp_path / "new" / "one.npz")
    assert found is not None
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_short_or_absent_counts_as_absent(tmp_path: Path, share: float) -> None:
    path = tmp_path / "one.npz"
    assert read_arrays(path) is None
    write_arrays(path, {"logits": np.eye(9)})
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    assert read_arrays(path) is None
