"""The truth about a demo, and the scores of clusters against it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.copies.planted import Truth, read_truth, score, truth_of


def planted(path: str, kind: str, original: str = "") -> tuple[str, Mapping[str, str]]:
    return path, {"path": path, "kind": kind, "original": original}


def hit(path: str, sha256: str) -> CandidateHit:
    return CandidateHit(url=f"http://127.0.0.1:80{path}", label="run", sha256=sha256)


WORLD = dict(
    [
        planted("/a", "cartoon"),
        planted("/b", "copy-mirrored", "/a"),
        planted("/c", "copy-bytes", "/a"),
        planted("/d", "film"),
        planted("/e", "html"),
    ]
)


@pytest.mark.parametrize("reverse", [False, True])
def test_truth_names_what_each_file_is_a_copy_of(reverse: bool) -> None:
    hits = [hit("/a", "A"), hit("/b", "B"), hit("/c", "A"), hit("/d", "D"), hit("/e", "")]
    hits.append(CandidateHit(url="http://[::1/e.gif", label="run"))
    truth = truth_of(WORLD, hits[::-1] if reverse else hits)
    assert truth.root == {"A": "/a", "B": "/a", "D": "/d"}
    assert truth.kinds == {"A": "cartoon", "B": "copy-mirrored", "D": "film"}


def test_copies_are_in_the_half_of_their_original() -> None:
    truth = Truth(dict.fromkeys("ABC", "/a"), {})
    assert len({truth.half(name) for name in "ABC"}) == 1
    many = Truth({str(number): f"/{number}" for number in range(200)}, {})
    assert 60 < sum(many.half(str(number)) for number in range(200)) < 140


def test_scores_count_copies_found_and_pairs_that_are_none() -> None:
    kinds = {"A": "cartoon", "B": "copy-mirrored", "C": "copy-cropped", "D": "film"}
    truth = Truth({"A": "/a", "B": "/a", "C": "/a", "D": "/a d"}, kinds)
    half = truth.half("A")
    root = dict(truth.root)
    root["D"] = next(f"/{n}" for n in range(99) if Truth({"D": f"/{n}"}, {}).half("D") == half)
    scores = score(Truth(root, kinds), {"A": "1", "B": "1", "C": "2", "D": "1"}, half)
    found = {one.kind: (one.found, one.pairs) for one in scores.kinds}
    assert found == {"all": (1, 1), "copy-mirrored": (1, 1), "copy-cropped": (0, 1)}
    assert (scores.pairs, scores.right) == (3, 1)
    assert scores.precision == pytest.approx(1 / 3)
    assert score(Truth(root, kinds), {"A": "1"}, 1 - half).precision is None


def test_other_collections_have_no_truth(tmp_path: Path) -> None:
    assert read_truth(tmp_path) is None
