import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Box, Index, check, clip_id, split
from anigifs.index.readers import (
    AvaAccount,
    coverage,
    draw_per_split,
    from_ava_kinetics,
    from_kinetics,
)
from anigifs.index.readers.ava_windows import (
    BEYOND,
    FAILED,
    MIXED,
    MOVIE,
    NO_CLIP,
    OUTSIDE,
    REASONS,
    TWO_SPLITS,
)
from tests.index.readers.kinetics_trees import touch, write_list, write_video
from tests.index.trees import column

SLEEP, READ, SMOKE, STAND, LISTEN = 8, 48, 54, 12, 74
A, B, MOVIE_ID = "video_____a", "video_____b", "0f39OWEqJ24"
#: The clips of the tree: two of one video, one of another.
CLIPS = [f"{A}_000038_000048", f"{A}_000100_000110", f"{B}_000000_000010"]
BOX, OTHER = (0.1, 0.2, 0.3, 0.4), (0.5, 0.5, 1.0, 1.0)

Line = tuple[object, ...]


def line(video: str, t: float | str, action: int, box: Sequence[float] = BOX, *person: int) -> Line:
    return (video, t, *box, action, *person)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return touch(tmp_path / "k700", *(f"{name}.mp4" for name in CLIPS))


def listed(
    tmp_path: Path, lines: list[Line], videos: Path | None, **options: object
) -> tuple[Index, AvaAccount]:
    path = write_list(tmp_path / "kinetics_train_v1.0.csv", lines, ())
    return from_ava_kinetics([path], videos, **options)  # type: ignore[arg-type]


def dropped(account: AvaAccount) -> dict[str, int]:
    assert tuple(account.dropped) == REASONS
    return {reason: count for reason, count in account.dropped.items() if count}


def test_a_key_frame_is_a_window_of_its_clip(tmp_path: Path, tree: Path) -> None:
    lines = [
        line(A, "105.25", SLEEP),
        line(A, 38.4, READ),
        line(A, 47.75, SMOKE),
        line(B, 5, SLEEP),
    ]
    index, account = listed(tmp_path, lines, tree)
    rows = list(index.rows())
    assert [(row.path, row.start_ms, row.end_ms) for row in rows] == [
        (f"{CLIPS[1]}.mp4", 4250, 6250),
        (f"{CLIPS[0]}.mp4", 0, 1400),
        (f"{CLIPS[0]}.mp4", 8750, 10000),
        (f"{CLIPS[2]}.mp4", 4000, 6000),
    ]
    assert [row.label for row in rows] == ["sleeping", "reading book", "smoking", "sleeping"]
    assert rows[0].boxes == (Box(5250, *BOX, "lie/sleep", "1"),)
    assert (rows[0].group, rows[0].split, rows[0].domain) == (A, "train", "video")
    assert rows[0].source == f"https://www.youtube.com/embed/{A}?start=100&end=110"
    assert rows[0].clip_id == clip_id(CLIPS[1], 4250, 6250)
    assert (index.taxonomy, index.root, rows[0].state) == ("kinetics-600", tree, "listed")
    assert (account.lines, account.key_frames, dropped(account)) == (4, 4, {})
    assert account.agreement == ()
    assert len({row.split for row in split(index, {"a": 1, "b": 1}).rows() if row.group == A}) == 1


def test_the_window_is_as_long_as_asked_for(tmp_path: Path, tree: Path) -> None:
    lines = [line(A, 43, SLEEP), line(A, 38.5, SLEEP, OTHER)]
    index, _ = listed(tmp_path, lines, tree, window_s=3)
    assert [(row.start_ms, row.end_ms) for row in index.rows()] == [(3500, 6500), (0, 2000)]
    index, _ = listed(tmp_path, lines, tree, window_s=None)
    (row,) = index.rows()
    # Two key frames of one clip: nobody can say which person of the one is which of the other.
    assert (row.start_ms, row.end_ms, row.clip_id) == (0, None, clip_id(CLIPS[0]))
    assert row.boxes == (
        Box(500, *OTHER, "lie/sleep", ""),
        Box(5000, *BOX, "lie/sleep", ""),
    )
    for wrong in (0, -1, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="a window of"):
            listed(tmp_path, lines, tree, window_s=wrong)


def test_what_lies_outside_is_dropped_and_never_moved(tmp_path: Path, tree: Path) -> None:
    lines = [
        line(A, 38, SLEEP),  # the first instant, and the last, are no longer within
        line(A, 48, SLEEP),
        line(A, 60, SLEEP),
        line("elsewhere__", 5, SLEEP),
        line(MOVIE_ID, "0902", SLEEP, BOX, 3),
        line(B, 9.9, SLEEP),
    ]
    index, account = listed(tmp_path, lines, tree)
    assert column(index, "group") == [B]
    assert dropped(account) == {OUTSIDE: 3, NO_CLIP: 1, MOVIE: 1}


def test_identical_boxes_are_one_person_and_only_those_who_act_count(
    tmp_path: Path, tree: Path
) -> None:
    third = (0.0, 0.0, 0.25, 1.0)
    lines = [
        line(A, 43, STAND),  # of an action that is not asked for
        line(A, 43, SLEEP),
        line(A, 43, SLEEP, OTHER),
        line(A, 43, SLEEP),  # said again
        line(A, 43, STAND, third),
    ]
    index, account = listed(tmp_path, lines, tree)
    (row,) = index.rows()
    assert row.boxes == (Box(5000, *BOX, "lie/sleep", "1"), Box(5000, *OTHER, "lie/sleep", "2"))
    assert (account.other, account.key_frames) == (2, 1)


def test_a_person_that_does_two_things_of_one_class_is_one_person(
    tmp_path: Path, tree: Path
) -> None:
    (tmp_path / "map.csv").write_text(
        "# version: 1\n# source: ava-80\n# target: kinetics-700\n# cardinality: many-to-one\n"
        "# complete: no\nsource,target,relation,doubt\nstand,yoga,overlapping,\n"
        "lie/sleep,yoga,overlapping,\n"
    )
    lines = [line(A, 43, STAND), line(A, 43, SLEEP), line(A, 43, SLEEP, OTHER)]
    index, _ = listed(tmp_path, lines, tree, classes=tmp_path / "map.csv")
    (row,) = index.rows()
    assert index.taxonomy == "kinetics-700"
    assert [(box.action, box.person) for box in row.boxes] == [
        ("stand", "1"), ("lie/sleep", "1"), ("lie/sleep", "2"),
    ]  # fmt: skip


def test_key_frames_with_several_classes_are_dropped_or_the_rarest(
    tmp_path: Path, tree: Path
) -> None:
    lines = [
        line(A, 43, SLEEP),
        line(A, 43, SMOKE, OTHER),
        line(A, 105, SLEEP),
        line(B, 5, SLEEP),
        line(B, 7, SMOKE),
    ]
    index, account = listed(tmp_path, lines, tree)
    assert column(index, "label") == ["sleeping", "sleeping", "smoking"]
    assert dropped(account) == {MIXED: 1}
    index, account = listed(tmp_path, lines, tree, several="rarest")
    first = next(index.rows())
    assert (first.label, first.boxes) == ("smoking", (Box(5000, *OTHER, "smoke", "2"),))
    assert dropped(account) == {}
    # Of two as rare, the first by name.
    index, _ = listed(tmp_path, lines[:2], tree, several="rarest")
    assert column(index, "label") == ["sleeping"]


def test_the_order_of_lines_and_clips_decides_nothing(tmp_path: Path) -> None:
    overlapping = [f"{A}_{start:06}_{start + 10:06}.mp4" for start in (38, 41, 47)]
    lines = [line(A, 38.5 + n, (SLEEP, READ)[n % 2], (n / 40, 0, 1, 1)) for n in range(18)]
    identities = set()
    for seed in range(4):
        rng = random.Random(seed)
        root = touch(tmp_path / f"{seed}", *(f"{rng.random()}/{name}" for name in overlapping))
        index, _ = listed(tmp_path, rng.sample(lines, len(lines)), root)
        identities.add(index.identity)
    assert len(identities) == 1


def test_of_clips_that_overlap_one_with_a_file_is_taken(tmp_path: Path) -> None:
    kinetics = write_list(
        tmp_path / "k700_train.csv",
        [("yoga", A, 38, 48, "train"), ("golf driving", A, 40, 50, "train")],
    )
    root = touch(tmp_path / "k", f"{A}_000040_000050.mp4")
    index, _ = listed(tmp_path, [line(A, 41, SLEEP)], root, kinetics=[kinetics])
    (row,) = index.rows()
    assert (row.path, row.boxes[0].t_ms) == (f"{A}_000040_000050.mp4", 1000)
    index, _ = listed(tmp_path, [line(A, 41, SLEEP)], None, kinetics=[kinetics])
    (row,) = index.rows()
    assert (row.path, row.boxes[0].t_ms) == (None, 3000)  # farther from both ends


def checked_kinetics(tmp_path: Path, seconds: Sequence[float], **options: bool) -> Path:
    """An index of the three clips as they are on disk, of so many seconds each."""
    root = tmp_path / "real"
    for name, length in zip(CLIPS, seconds, strict=True):
        write_video(root / "yoga" / f"{name}.mp4", length)
    kinetics = write_list(
        tmp_path / "list.csv",
        [
            ("sleeping", A, 38, 48, "train"),
            ("yoga", A, 100, 110, "train"),
            ("yoga", B, 0, 10, "train"),
            ("yoga", "missing____", 0, 10, "train"),
        ],
    )
    index, _ = from_kinetics([kinetics], root, **options)  # type: ignore[arg-type]
    (root / "yoga" / f"{CLIPS[2]}.mp4").write_bytes(b"no video")
    checked, _ = check(index, "decode", journal=tmp_path / "journal", executor=Local(1))
    checked.write(tmp_path / "k.parquet")
    return tmp_path / "k.parquet"


def test_a_checked_index_says_what_lies_beyond_the_end_of_a_file(tmp_path: Path) -> None:
    kinetics = checked_kinetics(tmp_path, [10, 4, 10])
    lines = [
        line(A, 43, SLEEP),
        line(A, 103.99, SLEEP),
        line(A, 104, SLEEP),
        line(A, 107, SLEEP),
        line(B, 5, SLEEP),
        line("missing____", 5, SLEEP),
    ]
    index, account = listed(tmp_path, lines, kinetics)
    assert dropped(account) == {BEYOND: 2, FAILED: 1}
    rows = list(index.rows())
    assert [(row.group, row.start_ms, row.end_ms, row.state) for row in rows] == [
        (A, 4000, 6000, "decoded"),
        (A, 2990, 4990, "decoded"),
        ("missing____", 4000, 6000, "listed"),
    ]
    # What the rows say of their files is what a check of them finds.
    again, _ = check(index, "decode", journal=tmp_path / "journal2", executor=Local(1))
    assert list(again.rows()) == rows
    (own,) = (
        one for one in Index.read(kinetics).rows() if str(one.path).endswith(f"{CLIPS[0]}.mp4")
    )
    assert rows[0].clip_id == clip_id(str(own.sha256), 4000, 6000)
    agreement = [(one.label, one.rows, one.labelled, one.equal) for one in account.agreement]
    assert agreement == [("sleeping", 3, 3, 1)]
    found = coverage(index)
    assert (found.measured, found.shorter, found.outside) == (2, 1, 0)
    with pytest.raises(UsageError, match="give no list with it"):
        listed(tmp_path, lines, kinetics, kinetics=[tmp_path / "list.csv"])


def test_once_checked_a_listing_of_a_tree_shows_the_same(tmp_path: Path) -> None:
    checked_kinetics(tmp_path, [10, 4, 10])
    lines = [line(A, 43, SLEEP), line(A, 104, SLEEP), line(A, 106, READ)]
    index, account = listed(tmp_path, lines, tmp_path / "real")
    assert (len(index), dropped(account)) == (3, {})
    checked, _ = check(index, journal=tmp_path / "journal2", executor=Local(1))
    states = [(row.state, row.error) for row in checked.rows()]
    assert states[:2] == [("probed", None)] * 2
    assert states[2] == ("error", "the clip begins at 5000 ms, but its file ends at 4000 ms")
    assert coverage(checked).outside == 1


def test_a_clip_within_a_whole_video_keeps_its_place(tmp_path: Path) -> None:
    root = tmp_path / "whole"
    write_video(root / f"{A}.mp4", 8)
    kinetics = write_list(tmp_path / "list.csv", [("yoga", A, 2, 7, "train")])
    index, _ = from_kinetics([kinetics], root, untrimmed=True)
    index.write(tmp_path / "k.parquet")
    lines = [line(A, 6.5, SLEEP)]
    (row,) = listed(tmp_path, lines, tmp_path / "k.parquet")[0].rows()
    assert (row.start_ms, row.end_ms, row.boxes[0].t_ms) == (5500, 7000, 6500)
    (row,) = listed(tmp_path, lines, tmp_path / "k.parquet", window_s=None)[0].rows()
    assert (row.start_ms, row.end_ms) == (2000, 7000)
    (row,) = listed(tmp_path, [line(A, 2.25, SLEEP)], tmp_path / "k.parquet")[0].rows()
    assert (row.start_ms, row.end_ms, row.boxes[0].t_ms) == (2000, 3250, 2250)


def test_the_share_of_clips_of_the_same_class_in_kinetics(tmp_path: Path, tree: Path) -> None:
    kinetics = write_list(
        tmp_path / "k700_train.csv",
        [("Sleeping", A, 38, 48, "train"), ("yoga", A, 100, 110, "train")],
    )
    lines = [line(A, t, SLEEP) for t in (40, 43, 105)] + [line(B, 5, SLEEP), line(B, 7, SMOKE)]
    index, account = listed(tmp_path, lines, tree, kinetics=[kinetics])
    agreement = [(one.label, one.rows, one.labelled, one.equal) for one in account.agreement]
    assert agreement == [("sleeping", 4, 3, 2), ("smoking", 1, 0, 0)]
    assert len(index) == 5


def test_a_class_that_kinetics_700_calls_otherwise_is_the_same(tmp_path: Path, tree: Path) -> None:
    """Its 'picking apples' is a part of what was 'picking fruit'."""
    (tmp_path / "map.csv").write_text(
        "# version: 1\n# source: ava-80\n# target: kinetics-600\n# cardinality: one-to-one\n"
        "# complete: no\nsource,target,relation,doubt\nsmoke,picking fruit,overlapping,\n"
    )
    kinetics = write_list(tmp_path / "t.csv", [("picking apples", A, 38, 48, "train")])
    lines = [line(A, 43, SMOKE)]
    options = {"kinetics": [kinetics], "classes": tmp_path / "map.csv"}
    _, account = listed(tmp_path, lines, tree, **options)
    assert [(one.labelled, one.equal) for one in account.agreement] == [(1, 1)]


def test_lists_alone_name_clips_without_files(tmp_path: Path, tree: Path) -> None:
    kinetics = write_list(tmp_path / "t.csv", [("yoga", A, 38, 48, "train")])
    index, _ = listed(tmp_path, [line(A, 43, SLEEP)], None, kinetics=[kinetics])
    (bare,) = index.rows()
    (found,) = listed(tmp_path, [line(A, 43, SLEEP)], tree)[0].rows()
    assert replace(bare, path=found.path) == found
    with pytest.raises(UsageError, match="give the clips, or a list of Kinetics"):
        listed(tmp_path, [line(A, 43, SLEEP)], None)


MAP = (
    "# version: 1\n# source: ava-80\n# target: {}\n# cardinality: one-to-one\n# complete: no\n"
    "source,target,relation,doubt\nstand,upright,renamed,\nlisten to (a person),ears,renamed,\n"
)


def test_the_sample_of_ava_is_listed_with_its_movies(tmp_path: Path, shared_labels: Path) -> None:
    (tmp_path / "own.txt").write_text("upright\nears\n")
    (tmp_path / "map.csv").write_text(MAP.format("own.txt"))
    touch(tmp_path / "clips" / "k700", f"{CLIPS[0]}.mp4")
    touch(tmp_path / "films", f"{MOVIE_ID}.mkv")
    sample = [shared_labels / "ava_sample.csv"]
    options: dict[str, Any] = {"classes": tmp_path / "map.csv", "split": "val"}
    index, account = from_ava_kinetics(
        sample, tmp_path / "clips" / "k700", movies=tmp_path / "films", **options
    )
    assert (account.lines, account.other, account.key_frames) == (8, 4, 3)
    # At the third key frame one person stands and listens.
    assert dropped(account) == {MIXED: 1}
    rows = list(index.rows())
    assert [(row.start_ms, row.end_ms, row.label) for row in rows] == [
        (901_000, 903_000, "upright"),
        (902_000, 904_000, "upright"),
    ]
    assert rows[0].boxes == (Box(902_000, 0.031, 0.162, 0.670, 0.995, "stand", "0"),)
    assert {row.path for row in rows} == {f"../../films/{MOVIE_ID}.mkv"}
    assert (index.taxonomy, rows[0].split, rows[0].group) == ("own", "val", MOVIE_ID)
    said = "no clip is left of 3 key frames: 3 of an AVA movie, which are left out"
    with pytest.raises(UsageError, match=said):
        from_ava_kinetics(sample, tmp_path / "clips" / "k700", **options)
    with pytest.raises(UsageError, match=r"no line marks one of the classes"):
        from_ava_kinetics(sample, tmp_path / "clips" / "k700")
    with pytest.raises(UsageError, match="the whole of a movie is no clip"):
        from_ava_kinetics(sample, tmp_path / "clips", movies=tmp_path, window_s=None)
    with pytest.raises(UsageError, match=r"k700: holds 0 files named <id>\.mp4; the first of 1"):
        from_ava_kinetics(sample, tmp_path / "clips", movies=tmp_path / "clips/k700", **options)


def test_a_release_may_have_other_ids(tmp_path: Path, tree: Path) -> None:
    actions = tmp_path / "a.pbtxt"
    names = [
        "lie/sleep", "drive (e.g., a car, a truck)", "read", "smoke", "watch (e.g., TV)", "write",
        "text on/look at a cellphone", "hand clap", "hand shake", "hug (a person)",
        "kiss (a person)", "sing to (e.g., self, a person, a group)",
    ]  # fmt: skip
    entries = [f'item {{ name: "{name}" id: {n} }}\n' for n, name in enumerate(names, start=100)]
    actions.write_text("".join(entries))
    lines = [line(A, 43, 103), line(B, 5, SLEEP)]
    index, account = listed(tmp_path, lines, tree, actions=actions)
    assert (column(index, "label"), account.other) == (["smoking"], 1)
    actions.write_text("".join(entries[1:]))
    with pytest.raises(
        UsageError, match="has no action 'lie/sleep', which ava-12-kinetics-600 maps"
    ):
        listed(tmp_path, lines, tree, actions=actions)


def test_splits_come_from_the_names_of_annotations(tmp_path: Path, tree: Path) -> None:
    train = write_list(tmp_path / "kinetics_train_v1.0.csv", [line(A, 43, SLEEP)], ())
    val = write_list(tmp_path / "kinetics_val_v1.0.csv", [line(B, 5, SLEEP)], ())
    index, _ = from_ava_kinetics([train, val], tree)
    assert column(index, "split") == ["train", "val"]
    write_list(val, [line(B, 5, SLEEP), line(A, 43, SLEEP)], ())
    index, account = from_ava_kinetics([train, val], tree)
    assert (column(index, "group"), dropped(account)) == ([B], {TWO_SPLITS: 1})
    index, _ = from_ava_kinetics([train, val], tree, split="all")
    assert column(index, "split") == ["all", "all"]


def test_so_many_are_drawn_of_each_class_and_repeated_in_training_alone(
    tmp_path: Path, tree: Path
) -> None:
    many = [line(A, 38.5 + n, SLEEP) for n in range(9)] + [line(B, 5, SMOKE)]
    train = write_list(tmp_path / "train.csv", many, ())
    val = write_list(tmp_path / "val.csv", [line(B, 7, SMOKE)], ())
    index, _ = from_ava_kinetics([train, val], tree)
    drawn, draws = draw_per_split(index, 4, seed=1)
    assert [
        (where, draw.label, draw.available, draw.distinct, draw.total) for where, draw in draws
    ] == [
        ("train", "sleeping", 9, 4, 4),
        ("train", "smoking", 1, 1, 4),
        ("val", "smoking", 1, 1, 1),
    ]
    assert len(drawn) == 9
    assert drawn.identity == draw_per_split(index, 4, seed=1)[0].identity
    assert drawn.identity != draw_per_split(index, 4, seed=2)[0].identity


def test_what_cannot_be_is_named(tmp_path: Path, tree: Path) -> None:
    lines = [line("elsewhere__", 5, SLEEP)]
    with pytest.raises(UsageError) as caught:
        listed(tmp_path, lines, tree)
    assert str(caught.value) == (
        f"no clip is left of 1 key frames: 1 {NO_CLIP}; the first that is annotated is of "
        f"elsewhere__, the first clip {CLIPS[0]}.mp4"
    )
    with pytest.raises(UsageError, match="no annotations"):
        from_ava_kinetics([], tree)
    with pytest.raises(UsageError, match="no class map 'ava-13'"):
        listed(tmp_path, lines, tree, classes="ava-13")
    with pytest.raises(UsageError, match="'abseiling' is no class of AVA"):
        listed(tmp_path, lines, tree, classes="kinetics-600-kinetics-700")
    with pytest.raises(UsageError, match="holds 0 files named"):
        listed(tmp_path, lines, touch(tmp_path / "other", "a.mp4"))
    touch(tmp_path, "no.parquet")
    with pytest.raises(UsageError, match="not an index"):
        listed(tmp_path, lines, tmp_path / "no.parquet")
    index, _ = from_kinetics([write_list(tmp_path / "t.csv")], domain="video-gif")
    index.write(tmp_path / "gifs.parquet")
    with pytest.raises(UsageError, match="no index of Kinetics videos"):
        listed(tmp_path, lines, tmp_path / "gifs.parquet")
    good = [line(A, 43, SLEEP)]
    listed(tmp_path, good, tree)[0].write(tmp_path / "ava.parquet")
    with pytest.raises(UsageError, match="no index of Kinetics videos"):
        listed(tmp_path, good, tmp_path / "ava.parquet")
