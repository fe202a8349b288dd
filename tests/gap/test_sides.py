from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.gap.sides import both_sides, drawn, read_side
from anigifs.index import Index, Row, clip_id


def rows(style: str, groups: int, clips: int = 1, **other: str) -> list[Row]:
    domain = "video" if style == "film" else "animated-gif"
    return [
        Row(
            clip_id=clip_id(f"{style} {group} {number} {other}"),
            path=f"{style}/{group}-{number}.gif",
            label="yoga",
            domain=domain,
            style=style,
            split="test",
            group=f"motion {group:03}",
            state="decoded",
        )
        for group in range(groups)
        for number in range(clips)
    ]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    everything = [*rows("film", 20), *rows("flat", 20, 2), *rows("toy", 12), *rows("few", 9)]
    Index.from_rows(everything, root=tmp_path).write(tmp_path / "index.parquet")
    return tmp_path / "index.parquet"


def test_a_side_is_an_index_and_of_it_a_domain_and_styles(index: Path) -> None:
    assert len(read_side(str(index)).rows) == 81
    cartoons = read_side(f"{index}:animated-gif:flat,toy", "test")
    assert (cartoons.name, len(cartoons.rows), cartoons.groups) == ("flat+toy", 52, 20)
    assert read_side(f"{index}:video").name == "video"
    assert len(read_side(f"{index}::film").rows) == 20
    assert read_side(f"{index}::film").sources[3].path == index.parent / "film" / "3-0.gif"
    assert cartoons.identity == Index.read(index).identity


def test_a_path_may_have_colons_in_it(index: Path) -> None:
    odd = index.with_name("a:b.parquet")
    index.rename(odd)
    assert len(read_side(f"{odd}:video").rows) == 20
    assert len(read_side(str(odd)).rows) == 81


def test_a_folder_is_a_side_of_distinct_files(tmp_path: Path) -> None:
    for name, content in {"run/a.gif": "a", "run/b.gif": "b", "c.gif": "c", "d.gif": "c"}.items():
        (tmp_path / "gifs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "gifs" / name).write_text(content)
    side = read_side(str(tmp_path / "gifs"))
    labels = {row.path: row.label for row in side.rows}
    assert labels == {"run/a.gif": "run", "run/b.gif": "run", "c.gif": ""}
    assert (side.name, side.groups, side.index) == ("gifs", 3, None)
    with pytest.raises(UsageError, match="no domains, styles or splits"):
        read_side(str(tmp_path / "gifs"), "test")


def test_what_cannot_be_compared_is_said(index: Path) -> None:
    for text, said in {
        f"{index}:film": "no decoded rows of domain 'film'; it has animated-gif:flat (test,",
        f"{index}:video:flat": "no decoded rows of domain 'video', style 'flat'",
        "nowhere.parquet:video": "no such index or folder",
    }.items():
        with pytest.raises(UsageError, match=r"^[^\n]*$") as error:
            read_side(text)
        assert said in str(error.value)
    with pytest.raises(UsageError, match="no decoded rows of split 'train'"):
        read_side(str(index), "train")
    with pytest.raises(UsageError, match="20 clips are on both sides"):
        both_sides(f"{index}:video", f"{index}:video:film")
    with pytest.raises(UsageError, match="9 clips of 9 groups; an interval needs 10"):
        both_sides(f"{index}:video", f"{index}::few")


def test_sides_of_one_name_are_called_by_what_was_asked(index: Path) -> None:
    other = index.parent / "other" / "index.parquet"
    Index.from_rows(rows("film", 12, take="another")).write(other)
    a, b = both_sides(f"{index}:video", f"{other}:video")
    assert (a.name, b.name) == (f"{index}:video", f"{other}:video")


def test_fewer_clips_are_drawn_in_whole_groups_alike_on_both_sides(index: Path) -> None:
    whole = both_sides(f"{index}::film", f"{index}::flat")
    a, b = drawn(whole, 12, seed=0)
    groups = [{row.group for row in side.rows} for side in (a, b)]
    assert (len(a.rows), len(b.rows)) == (12, 12)
    assert (len(groups[0]), len(groups[1])) == (12, 6)
    assert groups[1] < groups[0]
    assert drawn(whole, 12, seed=0) == (a, b)
    assert drawn(whole, 12, seed=1) != (a, b)
    assert drawn(whole, 40, seed=0) == whole
