import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from anigifs.foundation import MediaError
from anigifs.media import Budget, write_gif
from anigifs.review.pictures import sheets
from anigifs.review.pictures.sheets import MOST_CELLS, Sheet, place_of, sheet_of, tiled

COLOURS = [(220, 30, 30), (30, 200, 60), (40, 60, 220), (240, 220, 40), (20, 20, 20)]


def test_cells_are_pillows_frames_and_delays_those_of_browsers(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    frames = []
    for place, colour in enumerate(COLOURS):
        frame = Image.new("RGB", (48, 32), (250, 250, 250))
        frame.paste(colour, (4 + 8 * place, 8, 12 + 8 * place, 24))
        frames.append(frame)
    # Of partial frames, so that they are only right if they are put on what was there.
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=[0, 10, 20, 70, 500], disposal=1
    )
    sheet = sheet_of(path, tmp_path / "cache")
    timing = timing_of(sheet)
    assert {name: timing[name] for name in ("frames", "cells", "width", "height")} == {
        "frames": 5,
        "cells": 5,
        "width": 48,
        "height": 32,
    }
    assert timing["delays_ms"] == [100, 100, 20, 70, 500]
    with Image.open(path) as gif:
        for place, cell_HWC in enumerate(cells_of(sheet)):
            gif.seek(place)
            expected_HWC = np.asarray(gif.convert("RGB"), np.int16)
            assert np.abs(cell_HWC - expected_HWC).mean() < 4


def test_of_many_frames_some_are_cells_and_the_duration_stays(tmp_path: Path) -> None:
    path = tmp_path / "long.gif"
    frames_THWC = np.zeros((250, 8, 8, 3), np.uint8)
    frames_THWC += np.arange(250, dtype=np.uint8)[:, None, None, None]
    delays = [20 + 10 * (place % 7) for place in range(250)]
    write_gif(path, frames_THWC, delays)
    sheet = sheet_of(path, tmp_path / "cache")
    timing = timing_of(sheet)
    assert (timing["frames"], timing["cells"]) == (250, MOST_CELLS)
    assert sum(timing["delays_ms"]) == sum(delays)
    shown = [float(cell_HWC.mean()) for cell_HWC in cells_of(sheet)]
    # Equally spaced, so that cell n shows frame n * 249 / 95, both ends among them.
    assert np.abs(np.array(shown) - np.linspace(0, 249, MOST_CELLS)).max() < 4
    starts = np.cumsum([0, *timing["delays_ms"]])[:-1]
    frame_starts = np.cumsum([0, *delays])[:-1]
    assert set(starts) <= set(frame_starts.tolist())


def test_large_frames_are_made_smaller_and_small_ones_stay(tmp_path: Path) -> None:
    write_gif(tmp_path / "wide.gif", np.full((2, 100, 1000, 3), 90, np.uint8), 50)
    write_gif(tmp_path / "tiny.gif", np.full((2, 5, 3, 3), 90, np.uint8), 50)
    wide, tiny = (sheet_of(tmp_path / f"{name}.gif", tmp_path) for name in ("wide", "tiny"))
    assert (timing_of(wide)["width"], timing_of(wide)["height"]) == (400, 40)
    assert (timing_of(tiny)["width"], timing_of(tiny)["height"]) == (3, 5)


def test_what_is_transparent_shows_a_checker(tmp_path: Path) -> None:
    path = tmp_path / "sticker.webp"
    pictures = []
    for left in (0, 32):
        picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        picture.paste((255, 255, 255, 255), (left, 0, left + 16, 64))
        picture.paste((255, 255, 255, 255), (62, 62, 64, 64))  # or all that is clear were left out
        pictures.append(picture)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=80, lossless=True)
    first_HWC, _ = cells_of(sheet_of(path, tmp_path))
    assert first_HWC[:, :14].min() > 240
    # Squares of 8 pixels: their middles are two greys in turn, neither black nor white.
    middles = first_HWC[4:56:8, 36::8, 0]
    turns = np.indices(middles.shape).sum(0) % 2
    light, dark = middles[turns == 0], middles[turns == 1]
    assert np.abs(light - sheets.LIGHT).max() < 12
    assert np.abs(dark - sheets.DARK).max() < 12


def test_large_frames_are_made_small_before_they_are_put_on_the_checker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, shapes, over = tmp_path / "large.webp", [], sheets.over_checker
    clear = [Image.new("RGBA", (1200, 900), (0, 0, 0, alpha)) for alpha in (0, 9)]
    clear[0].save(path, save_all=True, append_images=clear[1:], duration=80, lossless=True)

    def seen(white_HWC: np.ndarray, black_HWC: np.ndarray) -> np.ndarray:
        shapes.append(white_HWC.shape)
        return over(white_HWC, black_HWC)

    monkeypatch.setattr(sheets, "over_checker", seen)
    first_HWC = cells_of(sheet_of(path, tmp_path))[0]
    assert shapes == [(300, 400, 3)] * 2
    assert np.abs(first_HWC[4, 4::8, 0] - np.resize([sheets.LIGHT, sheets.DARK], 50)).max() < 12


def test_what_is_before_the_damage_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "cut.gif"
    rng = np.random.default_rng(0)
    write_gif(path, rng.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8), 50)
    path.write_bytes(path.read_bytes()[:-3000])
    timing = timing_of(sheet_of(path, tmp_path))
    assert 1 <= timing["cells"] < 6
    assert len(timing["delays_ms"]) == timing["cells"]


@pytest.mark.parametrize("content", [b"", b"not a picture", b"GIF89a" + bytes(7), None])
def test_what_cannot_be_decoded_leaves_nothing(tmp_path: Path, content: bytes | None) -> None:
    path, cache = tmp_path / "broken.gif", tmp_path / "cache"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError):
        sheet_of(path, cache)
    assert not [one for one in cache.rglob("*") if one.is_file()]


def test_what_costs_more_than_the_budget_is_refused(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", np.zeros((3, 16, 16, 3), np.uint8), 50)
    with pytest.raises(MediaError, match="above the limit"):
        sheet_of(tmp_path / "a.gif", tmp_path, Budget(frames=2))


def test_it_is_made_once_however_many_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = tmp_path / "a.gif", tmp_path / "cache"
    write_gif(path, np.zeros((3, 16, 16, 3), np.uint8), 50)
    made, make, start = [], sheets._make, threading.Barrier(8)

    def counted(path: Path, sheet: Sheet, budget: Budget) -> None:
        made.append(path)
        make(path, sheet, budget)

    monkeypatch.setattr(sheets, "_make", counted)

    def ask() -> None:
        start.wait()
        assert sheet_of(path, cache).made

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sheet_of(path, cache)
    assert made == [path]
    assert not sheets._making


def test_one_that_a_kill_has_cut_short_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    write_gif(path, np.zeros((3, 16, 16, 3), np.uint8), 50)
    sheet = place_of(path, tmp_path / "cache")
    sheet.webp.parent.mkdir(parents=True)
    sheet.webp.write_bytes(b"the picture is there, the timing is not")
    assert sheet_of(path, tmp_path / "cache") == sheet
    assert cells_of(sheet).shape == (3, 16, 16, 3)


@pytest.mark.parametrize("cells", [1, 2, 7, 96])
@pytest.mark.parametrize(("height", "width"), [(400, 400), (1, 400), (400, 1), (225, 400)])
def test_every_shape_fits_into_a_webp_picture(cells: int, height: int, width: int) -> None:
    picture_HWC, columns = tiled(np.ones((cells, height, width, 3), np.uint8))
    assert max(picture_HWC.shape) <= 16_383
    assert 1 <= columns <= cells
    assert picture_HWC.sum() == cells * height * width * 3
    rows = picture_HWC.shape[0] // height
    assert (rows - 1) * columns < cells <= rows * columns


def timing_of(sheet: Sheet) -> dict[str, Any]:
    read = json.loads(sheet.timing.read_text())
    assert set(read) == {"frames", "cells", "columns", "width", "height", "delays_ms"}
    return dict(read)


def cells_of(sheet: Sheet) -> np.ndarray:
    """Return the cells as int16 (N, H, W, 3), cut out by the timing alone."""
    timing = json.loads(sheet.timing.read_text())
    with Image.open(sheet.webp) as picture:
        picture_HWC = np.asarray(picture.convert("RGB"), np.int16)
    cells = []
    for place in range(timing["cells"]):
        top = place // timing["columns"] * timing["height"]
        left = place % timing["columns"] * timing["width"]
        cells.append(picture_HWC[top : top + timing["height"], left : left + timing["width"]])
    return np.stack(cells)
