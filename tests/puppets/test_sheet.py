from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row
from anigifs.media import read, write_gif
from anigifs.puppets import Spec, render
from anigifs.puppets.sheet import HEAD, MARGIN, PAGE, contact_sheet, drawn


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A tiny benchmark of two styles."""
    spec = Spec(clips_per_class=1, size=64, domains=("film", "cartoon-dev"), splits=("test",))
    return render(spec, tmp_path_factory.mktemp("puppets"), executor=Local(1)).index


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return image.convert("RGB")


def places_of(sheet: Image.Image, frame_HWC: np.ndarray) -> list[tuple[int, int]]:
    """Return where a picture stands in the sheet, as left and top."""
    pixels, (height, width) = np.asarray(sheet), frame_HWC.shape[:2]
    corners = np.argwhere((pixels == frame_HWC[0, 0]).all(axis=2))
    return [
        (int(left), int(top))
        for top, left in corners
        if np.array_equal(pixels[top : top + height, left : left + width], frame_HWC)
    ]


def test_every_class_has_a_row_and_every_style_a_column(index: Index, tmp_path: Path) -> None:
    """Cells hold the frames of the clip in the middle of equal intervals of its time."""
    contact_sheet(index, tmp_path / "sheet.png", frames=2, height=64)
    sheet, flat = opened(tmp_path / "sheet.png"), index.filter(style="flat")
    tops: dict[str, int] = {}
    lefts = set()
    for row in flat.rows():
        frames_THWC, info = read(index.root / str(row.path))
        ends = np.cumsum(info.delays)
        shown = [int(np.searchsorted(ends, ends[-1] * part, side="right")) for part in (0.25, 0.75)]
        (first,), (second,) = (places_of(sheet, frames_THWC[number]) for number in shown)
        assert (second[0] - first[0], second[1]) == (65, first[1])
        tops[row.label] = first[1]
        lefts.add(first[0])
    assert sorted(tops, key=lambda label: tops[label]) == sorted(tops)
    assert len(set(tops.values())) == 16
    assert len(lefts) == 1


def test_the_longest_name_fits_beside_the_clips(index: Index, tmp_path: Path) -> None:
    """Nothing but the page's colour stands between the name and the clip."""
    boxing = [row for row in index.rows() if row.label == "punching person (boxing)"]
    assert boxing
    contact_sheet(Index.from_rows(boxing[:1], root=index.root), tmp_path / "s.png", frames=1)
    sheet = opened(tmp_path / "s.png")
    beside = sheet.crop((0, MARGIN + HEAD + 1, sheet.width - 80 - MARGIN, sheet.height))
    ink = ImageChops.difference(beside, Image.new("RGB", beside.size, PAGE)).getbbox()
    assert ink is not None
    assert beside.width - ink[2] >= 8


def test_the_seed_decides_which_clips(tmp_path: Path) -> None:
    rows = [
        Row(clip_id=f"{number:02}", label=label, style="toy", split=split, group=str(number))
        for number, (label, split) in enumerate(
            [("a", "train"), *[("a", "test")] * 9, ("b", "train"), ("b", "val")]
        )
    ]
    chosen = [drawn(rows, seed) for seed in range(40)]
    assert chosen[3] == drawn(rows[::-1], 3)
    found = {one["a", ("", "toy")].clip_id for one in chosen}
    assert found == {f"{number:02}" for number in range(1, 10)}
    assert {one["b", ("", "toy")].split for one in chosen} == {"train", "val"}


def test_a_part_of_a_file_is_shown_as_a_part(tmp_path: Path) -> None:
    grey_THWC = np.repeat(np.array([40, 80, 120, 160], np.uint8), 8 * 8 * 3).reshape(4, 8, 8, 3)
    write_gif(tmp_path / "a.gif", grey_THWC, 100)
    row = Row(clip_id="1", path="a.gif", label="a", style="s", group="a", state="decoded")
    part = replace(row, start_ms=100, end_ms=300)
    contact_sheet(Index.from_rows([part], root=tmp_path), tmp_path / "s.png", frames=2, height=8)
    found = [bool(places_of(opened(tmp_path / "s.png"), frame)) for frame in grey_THWC]
    assert found == [False, True, True, False]


def test_a_clip_that_cannot_be_read_leaves_its_cell_empty(index: Index, tmp_path: Path) -> None:
    rows = list(index.rows())
    gone = [replace(rows[0], path="gone.mp4"), *rows[1:]]
    contact_sheet(index, tmp_path / "all.png", height=64)
    contact_sheet(Index.from_rows(gone, root=index.root), tmp_path / "gone.png", height=64)
    before, after = opened(tmp_path / "all.png"), opened(tmp_path / "gone.png")
    changed = ImageChops.difference(before, after).getbbox()
    assert changed is not None
    assert changed[3] - changed[1] <= 64
    assert changed[2] - changed[0] <= 3 * 65


def test_what_cannot_be_shown_is_refused(index: Index, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a sheet of 0 frames"):
        contact_sheet(index, tmp_path / "a.png", frames=0)
    with pytest.raises(UsageError, match="no clips"):
        contact_sheet(index.filter(split="moon"), tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()
