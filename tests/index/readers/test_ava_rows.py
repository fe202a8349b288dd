from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index.readers.ava_rows import LineCounts, Mark, read_marks

VIDEO = "yq_M1PMw2hY"
BOX = (0.1, 0.2, 0.3, 0.4)


def read(path: Path, text: str, wanted: tuple[int, ...] = (12,)) -> tuple[list[Mark], LineCounts]:
    path.write_text(text, errors="surrogateescape")
    counts = LineCounts()
    return list(read_marks(path, wanted, counts)), counts


def test_the_sample_of_ava_is_read(shared_labels: Path) -> None:
    counts = LineCounts()
    marks = list(read_marks(shared_labels / "ava_sample.csv", (12, 80), counts))
    assert counts == LineCounts(lines=8, other=4)
    assert [(mark.video, mark.t_ms, mark.action, mark.person) for mark in marks] == [
        ("0f39OWEqJ24", 902_000, 12, "0"),
        ("0f39OWEqJ24", 903_000, 12, "0"),
        ("_-Z6wFjXtGQ", 902_000, 12, "0"),
        ("_-Z6wFjXtGQ", 902_000, 80, "0"),
    ]
    assert marks[0].edges == (0.031, 0.162, 0.670, 0.995)


def test_both_parts_are_read_and_every_line_is_accounted_for(tmp_path: Path) -> None:
    box = "0.1,0.2,0.3,0.4"
    lines = [
        f"{VIDEO},4.5005,{box},12",
        f"{VIDEO},0902,{box},12,7",
        f"{VIDEO},5,{box},12,-1",
        f"{VIDEO},5,{box},12,",
        f"{VIDEO},5,{box},13",
        f"{VIDEO},5",
        f"{VIDEO},5,,,,,",
        f"{VIDEO},5,{box},",
        f"{VIDEO},5,0.3,0.2,0.3,0.4,12",
        f"{VIDEO},5,0.1,0.2,1.3,0.4,12",
        f"{VIDEO},5,-0.1,0.2,0.3,0.4,12",
        "",
    ]
    marks, counts = read(tmp_path / "a.csv", "\r\n".join(lines))
    assert counts == LineCounts(lines=11, short=3, other=1, no_box=3)
    assert marks == [
        Mark(VIDEO, 4500, BOX, 12, None),  # half a millisecond goes to the even one
        Mark(VIDEO, 902_000, BOX, 12, "7"),
        Mark(VIDEO, 5000, BOX, 12, None),
        Mark(VIDEO, 5000, BOX, 12, None),
    ]


FAULTS = {
    "label,youtube_id,x,y,z,w,action_id\n": "line 1: the action is 'action_id'.*no header",
    f"{VIDEO},5,.1,.2,.3,.4,12,1,9\n": "line 1: 9 fields",
    f"{VIDEO},5,.1,.2,.3,.4,12\n#NAME?,5,.1,.2,.3,.4,12\n": "line 2: the video is '#NAME",
    f"{VIDEO},x,.1,.2,.3,.4,12\n": "line 1: the time is 'x'",
    f"{VIDEO},inf,.1,.2,.3,.4,12\n": "line 1: the time is 'inf'",
    f"{VIDEO},-1,.1,.2,.3,.4,12\n": "line 1: the time is '-1'",
    f"{VIDEO},5,.1,.2,.3,z,12\n": "line 1: the box is '.1,.2,.3,z'",
    "label,youtube_id,time_start,time_end,split\nyoga,a,1,11,val\n": (
        "none of its 2 lines has the fields video, .*, the first is 'label,youtube_id,"
    ),
    "": "none of its 0 lines",
    f'{VIDEO},5,.1,.2,.3,.4,"12\n': "line 1: not CSV",
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_a_fault_is_one_line_that_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"a\.csv.*{said}") as caught:
        read(tmp_path / "a.csv", text)
    assert "\n" not in str(caught.value)


def test_missing_annotations_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such annotations"):
        list(read_marks(tmp_path / "a.csv", (1,), LineCounts()))
