from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Box, check
from anigifs.index.readers import as_listed, coverage, from_kinetics
from tests.index.readers.kinetics_trees import LINES, NAMES, YOGA, write_list, write_video
from tests.index.trees import column, index_of, row

ROWS = st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans(), st.booleans())


@given(st.lists(ROWS, max_size=12))
def test_what_is_found_is_counted_by_split_and_class(
    rows: list[tuple[str, str, bool, bool]],
) -> None:
    index = index_of(
        *(
            row(
                f"{n}",
                label,
                split=split,
                path=f"{n}.mp4" if found else None,
                state="error" if failed else "listed",
                error="x" if failed else None,
            )
            for n, (split, label, found, failed) in enumerate(rows)
        )
    )
    found = coverage(index)
    assert (found.whole.listed, found.whole.found) == (len(rows), sum(one[2] for one in rows))
    for place, shares in ((0, found.splits), (1, found.classes)):
        assert {share.name: share.listed for share in shares} == Counter(one[place] for one in rows)
        there = Counter(one[place] for one in rows if one[2])
        wrong = Counter(one[place] for one in rows if one[3])
        assert {share.name: share.found for share in shares if share.found} == there
        assert {share.name: share.failed for share in shares if share.failed} == wrong
    assert found.measured == found.shorter == found.longer == found.outside == 0


def test_files_of_another_length_than_listed_are_counted_after_a_check(tmp_path: Path) -> None:
    root, path = tmp_path / "k", write_list(tmp_path / "kinetics.csv")
    for name, seconds in zip(NAMES, (10, 6, 12, 9.6), strict=True):
        write_video(root / f"{name}.mp4", seconds)
    index, _ = from_kinetics([path], root)
    before = coverage(index)
    assert (before.measured, before.first_fault) == (0, "")
    checked, _ = check(index, journal=tmp_path / "journal", executor=Local(1))
    found = coverage(checked)
    assert (found.measured, found.shorter, found.longer) == (4, 1, 1)
    assert found.first_fault == f"{NAMES[1]}.mp4"
    strict = coverage(checked, 300)
    assert (strict.shorter, strict.longer) == (2, 1)
    assert column(as_listed(checked), "path") == [f"{NAMES[0]}.mp4", f"{NAMES[3]}.mp4"]
    assert len(as_listed(checked, 300)) == 1
    with pytest.raises(UsageError, match="at least 0"):
        coverage(index, -1)


def test_a_whole_video_must_reach_the_end_of_its_clips(tmp_path: Path) -> None:
    lines = [("yoga", YOGA, 2, 5, "train"), ("yoga", YOGA, 6, 16, "train")]
    root = tmp_path / "whole"
    write_video(root / f"{YOGA}.mp4", 7)
    index, _ = from_kinetics([write_list(tmp_path / "a.csv", lines)], root, untrimmed=True)
    checked, _ = check(index, journal=tmp_path / "journal", executor=Local(1))
    found = coverage(checked)
    assert (found.measured, found.shorter, found.longer) == (2, 1, 0)
    assert column(as_listed(checked), "start_ms") == [2000]


def test_a_box_beyond_the_end_of_its_file_is_counted() -> None:
    late, early = (Box(t_ms, 0, 0, 1, 1) for t_ms in (4000, 3999))
    index = index_of(
        row("a.mp4", duration_ms=4000, boxes=(late,)),
        row("b.mp4", duration_ms=4000, boxes=(early,)),
        row("c.mp4", boxes=(late,)),
    )
    found = coverage(index)
    assert (found.measured, found.outside, found.first_fault) == (2, 1, "a.mp4")
    assert column(as_listed(index), "path") == ["b.mp4", "c.mp4"]


def test_gifs_are_not_as_long_as_their_clips() -> None:
    name = f"{NAMES[0]}.gif"
    index = index_of(row(name, duration_ms=2500, domain="video-gif"))
    assert coverage(index).measured == 0


def test_two_copies_that_hold_the_same_clips_have_the_same_hash(tmp_path: Path) -> None:
    path = write_list(tmp_path / "kinetics.csv")
    used, identities = set(), set()
    for number, (layout, names) in enumerate((("a/{}.mp4", NAMES[:2]), ("{}.mp4", NAMES[:2]))):
        root = tmp_path / f"{number}"
        for name in names:
            write_video(root / layout.format(name), grey=100 * number)
        index, _ = from_kinetics([path], root)
        checked, _ = check(index, journal=tmp_path / f"journal{number}", executor=Local(1))
        used.add(coverage(checked).used)
        identities.add(checked.identity)
    assert (len(used), len(identities)) == (1, 2)
    (root / f"{NAMES[1]}.mp4").unlink()
    fewer, _ = from_kinetics([path], root)
    assert coverage(fewer).used not in used
    # A file that turns out to be broken is no longer among those in use.
    (root / f"{NAMES[0]}.mp4").write_bytes(b"not a video")
    broken, _ = check(fewer, journal=tmp_path / "journal", executor=Local(1))
    nothing = from_kinetics([path])[0]
    assert coverage(broken).used == coverage(nothing).used
    assert coverage(broken).whole.failed == 1
    assert len(LINES) == coverage(broken).whole.listed
