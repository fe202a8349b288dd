import csv
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from anigifs.gap.contrasts import contrast
from anigifs.gap.endpoints import Distance, endpoint_distances, shared_classes
from anigifs.gap.looks import LOOKS
from anigifs.gap.measure import Gap
from anigifs.gap.report import results, to_markdown, to_text, write_files
from anigifs.gap.resampling import Resampling
from anigifs.gap.sides import Side
from anigifs.gap.words import sentences
from anigifs.index import Row
from tests.gap.made import pool, samples

GROUPS = 16
HOW = Resampling(replicates=100)
FACTS = {"level": 0.95, "weights": "erm", "weights_hash": "1d" * 32}


def side(name: str) -> Side:
    rows = [
        Row(clip_id=f"{name} {group}", path="a.gif", label="yoga", group=str(group))
        for group in range(GROUPS)
    ]
    return Side(f"index.parquet:{name}", name, tuple(rows), Path())


def made(shift: float, *, model: bool = True) -> Gap:
    of = pool(GROUPS, paired=True)
    features_ND = samples(of, shift, 6, seed=0)
    features_ND[of.label_N == "class 0", 0] += 9  # or no class is far from another
    contrasts = [
        contrast(look.key, look.title, features_ND[:, place % 6] + 5, of, HOW)
        for place, look in enumerate(LOOKS)
    ]
    distances = list(endpoint_distances("Mixed_4f", features_ND, of, HOW)) if model else []
    by_strength = tuple(sorted(contrasts, key=lambda one: -one.strength))
    return Gap(side("film"), side("<toy> | b_c"), GROUPS, by_strength, tuple(distances), FACTS, ())


@pytest.fixture(scope="module")
def far() -> Gap:
    return made(6.0)


def test_an_endpoint_has_five_distances(far: Gap) -> None:
    found = {one.measure: one for one in far.distances}
    assert list(found) == ["kid", "mmd", "mmd-within-classes", "coral", "a-distance"]
    assert found["a-distance"].value == 2
    assert found["a-distance"].high == 2
    for one in found.values():
        assert one.low is not None
        assert one.high is not None
        assert one.halves is not None
        assert one.low <= one.value <= one.high
    for measure in ("kid", "mmd"):
        one = found[measure]
        assert one.low > one.halves  # type: ignore[operator]
        assert one.p == pytest.approx(1 / 101)


def test_without_classes_there_is_nothing_within_them() -> None:
    of = replace(pool(GROUPS, paired=True), label_N=np.full(2 * GROUPS, ""))
    assert shared_classes(of) == []
    found = list(endpoint_distances("logits", samples(of, 1.0, 3, seed=0), of, HOW))
    assert [one.measure for one in found] == ["kid", "mmd", "coral", "a-distance"]
    assert [one.scale is None for one in found] == [True, True, False, False]


def test_classes_that_are_alike_are_no_scale() -> None:
    of = pool(40, paired=True, classes=2)
    features_ND = samples(of, 1.0, 3, seed=0)
    found = {one.measure: one for one in endpoint_distances("logits", features_ND, of, HOW)}
    assert found["mmd"].scale is None
    features_ND[of.label_N == "class 0"] += 4
    found = {one.measure: one for one in endpoint_distances("logits", features_ND, of, HOW)}
    assert found["mmd"].scale is not None
    assert found["mmd"].scale > found["mmd"].value
    assert found["mmd-within-classes"].scale == found["mmd"].scale


def test_sentences_say_what_separates(far: Gap) -> None:
    looks, told, discrepancy = sentences(far)
    assert "<toy> | b_c has" in looks
    assert "from Mixed_4f with 0 % error" in told
    assert "two classes of film" in discrepancy


def test_sentences_say_that_nothing_separates() -> None:
    looks, told, discrepancy = sentences(made(0.0))
    assert "no statistic tells film from <toy> | b_c well" in looks
    assert "% error" in told
    assert "no endpoint's features differ by more than chance" in discrepancy


def test_sentences_say_where_classes_differ_more_than_the_whole(far: Gap) -> None:
    """Each class of one side looks as the next class of the other does."""
    of = pool(40, paired=True)
    place_N = np.array([int(label[-1]) for label in of.label_N])
    features_ND = samples(of, 0.0, 4, seed=0)
    features_ND[np.arange(80), np.where(of.is_b_N, (place_N + 1) % 4, place_N)] += 9
    found = tuple(endpoint_distances("logits", features_ND, of, HOW))
    *_, said = sentences(replace(far, distances=found))
    assert said.startswith("Class by class they are further apart than as a whole: at the logits, ")
    assert "times as far as two classes of film" in said


def test_every_form_holds_every_number(far: Gap, tmp_path: Path) -> None:
    write_files(far, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("gap.csv", "gap.json", "gap.md", "gap.svg", "gap.txt")
    ]
    body = json.loads((tmp_path / "gap.json").read_text())
    assert body["schema"] == 1
    assert body["results"] == json.loads(json.dumps(results(far)))
    with (tmp_path / "gap.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(LOOKS) + 5
    assert float(rows[0]["auc"]) == far.contrasts[0].auc
    assert float(rows[0]["a_median"]) == far.contrasts[0].a[2]
    assert float(rows[-1]["value"]) == 2
    text = (tmp_path / "gap.txt").read_text()
    for look in LOOKS:
        assert look.title in text
    assert "A-distance, error 0 %" in text


def test_markdown_is_not_broken_by_names(far: Gap) -> None:
    lines = [line for line in to_markdown(far).splitlines() if line.startswith("|")]
    widths = [line.replace("\\|", "").count("|") for line in lines]
    assert widths == [5] * (len(LOOKS) + 2) + [7] * (5 + 2)
    assert "&lt;toy> \\| b\\_c" in to_markdown(far)


def test_the_picture_is_sound_xml_and_within_itself(far: Gap, tmp_path: Path) -> None:
    write_files(far, tmp_path)
    root = ElementTree.parse(tmp_path / "gap.svg").getroot()
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    space = "{http://www.w3.org/2000/svg}"
    texts = [one.text for one in root.iter(f"{space}text")]
    assert "What separates film and <toy> | b_c" in texts
    for look in LOOKS:
        assert look.title in texts
    for one in (*root.iter(f"{space}circle"), *root.iter(f"{space}text")):
        x, y = (float(one.attrib.get(name, one.attrib.get(f"c{name}", 0))) for name in "xy")
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_looks_alone_have_no_features(tmp_path: Path) -> None:
    alone = made(1.0, model=False)
    write_files(alone, tmp_path)
    assert "KID" not in to_text(alone)
    assert "KID" not in (tmp_path / "gap.svg").read_text()
    assert len(sentences(alone)) == 1


def test_numbers_without_a_scale_are_drawn_as_they_are(far: Gap, tmp_path: Path) -> None:
    bare = tuple(replace(one, scale=None, low=None, high=None) for one in far.distances)
    assert isinstance(bare[0], Distance)
    write_files(replace(far, distances=bare), tmp_path)
    assert "as it is" in (tmp_path / "gap.svg").read_text()
