from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index.labels import Labels
from anigifs.index.readers.clip_names import ClipName
from anigifs.index.readers.kinetics_csv import Listing, read_kinetics_csv

YOGA = Listing(ClipName("-2CeqH5v_mQ", 2, 12), "yoga", "val")


def read(path: Path, text: str, split: str = "", encoding: str = "utf-8") -> list[Listing]:
    path.write_text(text, encoding=encoding, errors="surrogateescape")
    return list(read_kinetics_csv(path, Labels("kinetics-600"), split))


HEADERS = [
    "label,youtube_id,time_start,time_end,split\nyoga,-2CeqH5v_mQ,2,12,val\n",
    "\ufefflabel,youtube_id,time_start,time_end,split,is_cc\r\nyoga,-2CeqH5v_mQ,2,12,validate,0\r\n",
    '"label","youtube_id","time_start","time_end","split"\n"Yoga","-2CeqH5v_mQ","2","12","val"\n',
    "youtube_id,time_start,time_end,split,label\n-2CeqH5v_mQ,2.0,12.0,val,yoga\n\n",
    "youtube_id,label,time_start,time_end,split\n-2CeqH5v_mQ,yoga,2,12,val,\n",
    "Label-Name, video-id ,start-time,end-time,subset,\nyoga,-2CeqH5v_mQ, 2 ,12,validation,\n",
]


@pytest.mark.parametrize("text", HEADERS)
def test_columns_may_stand_as_any_release_has_them(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "list.csv", text) == [YOGA]


def test_a_list_of_test_clips_has_no_labels(tmp_path: Path) -> None:
    text = "youtube_id,time_start,time_end\n-2CeqH5v_mQ,2,12\n"
    unlabelled = YOGA._replace(label="", split="test")
    assert read(tmp_path / "kinetics_test.csv", text) == [unlabelled]
    assert read(tmp_path / "k.csv", text) == [unlabelled._replace(split="")]
    assert read(tmp_path / "k_test.csv", text, "val") == [unlabelled._replace(split="val")]
    text = "label,youtube_id,time_start,time_end,split\n,-2CeqH5v_mQ,2,12,\n"
    assert read(tmp_path / "test_train.csv", text) == [unlabelled._replace(split="")]


GOOD = "label,youtube_id,time_start,time_end,split\n"
FAULTS = {
    "": "line 1: no column youtube_id; the header is such as label,youtube_id",
    "yoga,-2CeqH5v_mQ,2,12,val\n": "line 1: no column youtube_id",
    "label,youtube_id,id,time_start,time_end\n": "line 1: youtube_id stands there twice",
    GOOD + "yoga,-2CeqH5v_mQ,2\n": "line 2: 3 cells under 5 columns",
    GOOD + "yoga,-2CeqH5v_mQ,2,12,val,9\n": "line 2: 6 cells under 5 columns",
    GOOD + "\nyoga,#NAME?,2,12,val\n": "line 3: youtube_id is '#NAME\\?'; it has 11 letters",
    GOOD + "yoga,-2CeqH5v_mQ,2.5,12,val\n": "line 2: time_start is '2.5'; give whole seconds",
    GOOD + "yoga,-2CeqH5v_mQ,2,,val\n": "line 2: time_end is ''",
    GOOD + "yoga,-2CeqH5v_mQ,-2,12,val\n": "line 2: time_start is '-2'",
    GOOD + "yoga,-2CeqH5v_mQ,12,12,val\n": "line 2: the clip ends at 12 s, but begins at 12 s",
    GOOD + "yoda,-2CeqH5v_mQ,2,12,val\n": "line 2: kinetics-600: no class 'yoda'.*'yoga'",
    GOOD + "yog\udce9,-2CeqH5v_mQ,2,12,val\n": "line 2: label is .* not valid UTF-8",
    GOOD + 'yoga,"-2CeqH5v_mQ,2,12,val\n': "line 2: not CSV",
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_a_fault_is_one_line_that_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"list\.csv, {said}") as caught:
        read(tmp_path / "list.csv", text)
    assert "\n" not in str(caught.value)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.csv: no such list"):
        list(read_kinetics_csv(tmp_path / "a.csv", Labels(None)))
