from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Box, Index, Row, check, clip_id
from anigifs.index.gifified import gifify_index
from anigifs.media.gifify import GifRecipe
from tests.index.trees import column, index_of, row
from tests.media.numbered import numbers_of, write_numbered


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """A folder with a video of 4 s and one of 2 s."""
    root = tmp_path / "videos"
    write_numbered(root / "yoga" / "a.mp4", 100)
    write_numbered(root / "Arm_Wrestling" / "b.mp4", 50)
    return root


def described(name: str, **others: object) -> Row:
    known = {"split": "train", "licence": "CC-BY", "source": "tests", "style": "real"}
    return row(name, **known, **others)  # type: ignore[arg-type]


def make(index: Index, out: Path, recipe: GifRecipe | None = None) -> Index:
    gifs, outcomes = gifify_index(index, out, recipe, executor=Local(1))
    assert [one.error for one in outcomes] == [None] * len(outcomes)
    return gifs


def test_rows_of_gifs_are_what_a_check_finds(tmp_path: Path, videos: Path) -> None:
    """Nothing of a file is claimed that decoding it again would not say."""
    out = tmp_path / "gifs"
    index = index_of(described("yoga/a.mp4"), described("Arm_Wrestling/b.mp4"), root=videos)
    made = make(index, out)
    made.write(out / "index.parquet")
    read = Index.read(out / "index.parquet")
    checked, account = check(read, "decode", journal=tmp_path / "journal", executor=Local(1))
    assert list(checked.rows()) == list(read.rows()) == list(made.rows())
    assert account.states["decoded"] == 2
    assert column(read, "path") == ["yoga/a.gif", "Arm_Wrestling/b.gif"]
    assert column(read, "frames") == [16, 8]


def test_what_is_known_of_a_clip_stays_known(tmp_path: Path, videos: Path) -> None:
    source = described("yoga/a.mp4", domain="video", start_ms=500, end_ms=1500)
    index = Index.from_rows([source], "kinetics-600", videos)
    made = make(index, tmp_path / "gifs")
    (gif,) = made.rows()
    for name in ("label", "split", "group", "licence", "source"):
        assert getattr(gif, name) == getattr(source, name)
    assert (gif.domain, gif.style, gif.state) == ("video-gif", "gifified", "decoded")
    assert (gif.start_ms, gif.end_ms, gif.error) == (0, None, None)
    assert gif.clip_id == clip_id(str(gif.sha256))
    assert (made.taxonomy, made.root) == ("kinetics-600", tmp_path / "gifs")
    assert numbers_of(made.root / str(gif.path)) == [12, 18, 25, 31]
    (styled,) = gifify_index(index, made.root, style="film", executor=Local(1))[0].rows()
    assert styled == replace(gif, style="film")


def test_a_part_and_a_clip_drawn_twice(tmp_path: Path, videos: Path) -> None:
    """Each part of a file is a GIF of its own; a row that stands there twice is one GIF."""
    whole, part = row("yoga/a.mp4"), row("yoga/a.mp4", start_ms=1000, end_ms=2000)
    gifs, outcomes = gifify_index(
        index_of(whole, part, whole, root=videos), tmp_path / "gifs", executor=Local(1)
    )
    assert len(outcomes) == 2
    names = ["yoga/a.gif", "yoga/a_1000_2000.gif", "yoga/a.gif"]
    assert column(gifs, "path") == names


def test_only_sound_rows_become_gifs(tmp_path: Path, videos: Path) -> None:
    (videos / "yoga" / "text.mp4").write_text("no video")
    index = index_of(
        row("yoga/a.mp4", state="error", error="it was bad before"),
        replace(row("yoga/nowhere"), path=None),
        row("yoga/text.mp4"),
        row("Arm_Wrestling/b.mp4", sha256="0" * 64),
        row("Arm_Wrestling/b.mp4"),
        root=videos,
    )
    with pytest.raises(UsageError, match="2 videos would become it"):
        gifify_index(index, tmp_path / "gifs", executor=Local(1))
    rows = [one for one in index.rows() if one.sha256 is None]
    gifs, outcomes = gifify_index(
        index_of(*rows, root=videos), tmp_path / "gifs", executor=Local(1)
    )
    assert column(gifs, "path") == ["Arm_Wrestling/b.gif"]
    assert [one.error is None for one in outcomes] == [False, True]
    changed = row("Arm_Wrestling/b.mp4", sha256="0" * 64)
    gifs, outcomes = gifify_index(
        index_of(changed, root=videos), tmp_path / "gifs", executor=Local(1)
    )
    assert len(gifs) == 0
    assert "not the file that was indexed" in str(outcomes[0].error)


def test_boxes_move_onto_the_time_of_the_gif(tmp_path: Path, videos: Path) -> None:
    """Frames are of 500, 750, 1000 and 1250 ms and show from 0, 60, 130 and 190 ms."""

    def box(t_ms: int, person: str = "") -> Box:
        return Box(t_ms, 0.1, 0.2, 0.5, 0.9, "stretch", person)

    boxes = (box(1010, "y"), box(370), box(610, "a"), box(1010, "x"), box(990, "z"), box(1380))
    source = row("yoga/a.mp4", start_ms=500, end_ms=1500, boxes=boxes)
    (gif,) = make(index_of(source, root=videos), tmp_path / "gifs").rows()
    # 370 and 1380 are more than 125 ms from any frame; of 990 and 1010, as near, 990 is taken.
    assert gif.boxes == (box(0, "a"), box(130, "z"))
    one = replace(source, boxes=(box(1010, "y"), box(1010, "x"), box(1125)))
    (gif,) = make(index_of(one, root=videos), tmp_path / "gifs").rows()
    assert gif.boxes == (box(130, "y"), box(130, "x"), box(190))


def test_boxes_follow_the_recipe(tmp_path: Path, videos: Path) -> None:
    boxes = tuple(Box(t_ms, 0, 0, 1, 1) for t_ms in range(0, 4000, 40))
    index = index_of(row("yoga/a.mp4", boxes=boxes), root=videos)
    recipe = GifRecipe(sample_fps=2, play_fps=10)
    (gif,) = make(index, tmp_path / "gifs", recipe).rows()
    assert [box.t_ms for box in gif.boxes] == [100 * frame for frame in range(8)]
