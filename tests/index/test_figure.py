from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from anigifs.foundation import UsageError
from anigifs.index import draw_classes
from anigifs.index.figure import BAR


def bars(path: Path) -> list[int]:
    """Return the lengths in pixels of the bars in a figure, from above to below."""
    with Image.open(path) as image:
        assert image.format == "PNG"
        pixels = np.asarray(image.convert("RGB"))
    long = (pixels == ImageColor.getrgb(BAR)).all(axis=2).sum(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], long > 0, [0]])))
    return [int(np.median(long[a:b])) for a, b in edges.reshape(-1, 2)]


def test_a_bar_a_class_as_long_as_its_count(tmp_path: Path) -> None:
    classes = {f"class {n}": 1000 - 20 * n for n in range(45)}
    draw_classes(classes, tmp_path / "a.png")
    found = bars(tmp_path / "a.png")
    assert len(found) == 40
    np.testing.assert_allclose(
        found, np.array(list(classes.values())[:40]) * found[0] / 1000, atol=3
    )


def test_names_of_any_kind_are_drawn(tmp_path: Path) -> None:
    classes = {"cost $5 and $x": 3, "new\nline": 2, "跳舞": 2, "a" * 200: 1, "": 1}
    draw_classes(classes, tmp_path / "a.png")
    assert len(bars(tmp_path / "a.png")) == 5
    draw_classes(classes, tmp_path / "b.PNG", top=2)
    assert len(bars(tmp_path / "b.PNG")) == 2


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end in \.png"):
        draw_classes({"yoga": 1}, tmp_path / "a.pdf")
    with pytest.raises(UsageError, match="no class"):
        draw_classes({}, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
