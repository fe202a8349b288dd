"""Class lists against the published files, and what a user can get wrong about them."""

import csv
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_LISTS, class_list

PUBLISHED = {
    "kinetics-400": "kinetics400_label_map.txt",
    "kinetics-600": "kinetics600_label_map.txt",
    "kinetics-700": "kinetics700_label_map.txt",
    "ucf-101": "ucf101_label_map.txt",
    "hmdb-51": "hmdb51_label_map.txt",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_names_and_order_are_as_published(name: str, shared_labels: Path) -> None:
    published = (shared_labels / PUBLISHED[name]).read_text().splitlines()
    assert list(class_list(name).names) == published


def test_shared_classes_are_as_published(shared_labels: Path) -> None:
    lines = (shared_labels / "ta3n_hmdb_class_list_hmdb_ucf.txt").read_text().splitlines()
    published = {int(line.split()[0]): line.split()[1] for line in lines if line.strip()}
    assert dict(enumerate(class_list("ucf-hmdb-12").names)) == published


def test_the_validation_annotations_use_these_names(shared_labels: Path) -> None:
    with (shared_labels / "kinetics600_val.csv").open() as file:
        labels = {row["label"] for row in csv.DictReader(file)}
    assert labels == set(class_list("kinetics-600").names)


@pytest.mark.parametrize(
    ("name", "size", "first", "last"),
    [
        ("kinetics-400", 400, "abseiling", "zumba"),
        ("kinetics-600", 600, "abseiling", "zumba"),
        ("kinetics-700", 700, "abseiling", "zumba"),
        ("ava-80", 80, "bend/bow (at the waist)", "watch (a person)"),
        ("ucf-101", 101, "ApplyEyeMakeup", "YoYo"),
        ("hmdb-51", 51, "brush_hair", "wave"),
        ("ucf-hmdb-12", 12, "climb", "walk"),
        ("puppets-16", 16, "archery", "squat"),
        ("puppets-12", 12, "archery", "squat"),
    ],
)
def test_sizes_and_ends(name: str, size: int, first: str, last: str) -> None:
    names = class_list(name).names
    assert (len(class_list(name)), names[0], names[-1]) == (size, first, last)


def test_every_shipped_list_is_of_a_known_edition_and_source() -> None:
    assert all(class_list(name).version and class_list(name).source for name in CLASS_LISTS)
    assert all(class_list(name).source != name for name in CLASS_LISTS)


def test_a_shipped_list_is_read_once() -> None:
    assert class_list("kinetics-600") is class_list("kinetics-600")


def test_membership_and_index_are_exact() -> None:
    kinetics = class_list("kinetics-600")
    assert "sleeping" in kinetics
    assert "Sleeping" not in kinetics
    assert kinetics.index("kissing") == 247
    assert list(kinetics)[247] == "kissing"


def test_an_unknown_class_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"^kinetics-600: no class 'slepping'; did .*'sleeping'"):
        class_list("kinetics-600").index("slepping")
    with pytest.raises(UsageError, match="see the list"):
        class_list("kinetics-600").find("zqxj")


def test_an_unknown_list_names_the_known() -> None:
    with pytest.raises(UsageError, match=r"'kinetics-500'.*kinetics-400, kinetics-600"):
        class_list("kinetics-500")


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("# version: 3\n# source: my garden\n\nhoeing\nmowing lawn \n", encoding="utf-8")
    mine = class_list(file)
    assert (mine.names, mine.version, mine.source) == (("hoeing", "mowing lawn"), "3", "my garden")
    file.write_text("raking\n")
    assert class_list(file).names == ("raking",), "a file may change between two reads"


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text('id,name\n7,"hoe (e.g., a bed)"\n9,mow\n')
    assert class_list(file).names == ("hoe (e.g., a bed)", "mow")


@pytest.mark.parametrize(
    ("filename", "content", "message"),
    [
        ("mine.txt", b"# version: 1\n", "is empty"),
        ("mine.txt", b"mow lawn\nmow_lawn\n", "'mow lawn' and 'mow_lawn' are one class"),
        ("mine.txt", b"\xff\xfe\n", "cannot be read as UTF-8"),
        ("mine.csv", b"id,title\n1,mow\n", "no value in the column 'name'"),
    ],
)
def test_a_bad_list_is_refused(filename: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / filename).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        class_list(tmp_path / filename)
