"""What a fall that is taken apart says, and which benchmark it is taken apart on."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from anigifs.foundation import UsageError, write_text
from anigifs.gap.apart import take_apart
from anigifs.index import Index, Row
from anigifs.studies.apart import spec_beside
from anigifs.studies.apart_words import sentences, write_apart

#: Of eight clips: film alone is right on all, each of two factors loses some, both lose more.
NONE, FIRST, SECOND = [1] * 8, [0, 0, 1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 1, 1, 1, 1]
BOTH = [0, 0, 0, 0, 0, 1, 1, 1]
SHARES = take_apart(
    {
        frozenset[str](): NONE,
        frozenset({"drawing"}): FIRST,
        frozenset({"timing"}): SECOND,
        frozenset({"drawing", "timing"}): BOTH,
    },
    range(8),
    ("timing", "drawing"),
    added={"resolution": SECOND},
    replicates=200,
)


def test_shares_are_told_the_largest_first() -> None:
    fall, parts, pair, added = sentences(SHARES)
    assert "loses 62.5 points" in fall
    # Shapley values by hand: drawing (2 + 4) / 2, timing (1 + 3) / 2, of 8 clips.
    assert parts.index("drawing 37.5 points") < parts.index("timing 25.0 points")
    assert "together cost 25.0 points more than the sum of both" in pair
    assert "resolution 12.5 points" in added


def test_numbers_and_picture_are_written(tmp_path: Path) -> None:
    svg = write_apart(SHARES, tmp_path / "apart")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert (tmp_path / "apart" / "apart.svg").read_text() == svg
    numbers = json.loads((tmp_path / "apart" / "apart.json").read_text())
    assert numbers["fall"]["value"] == pytest.approx(0.625)


def benchmark(folder: Path, tests: int, style: str = "film") -> Path:
    rows = [
        Row(
            clip_id=f"{number}",
            label="squat",
            domain="video",
            style=style,
            split="test",
            group=f"{number}",
        )
        for number in range(tests)
    ]
    index = folder / "index.parquet"
    Index.from_rows(rows).write(index)
    write_text(folder / "puppets.json", json.dumps({"seed": 3, "size": 160, "context_bias": 0.5}))
    return index


@pytest.mark.parametrize("clips", [1, 8, 16, 32])
def test_the_benchmark_beside_an_index_is_known_by_its_tests(tmp_path: Path, clips: int) -> None:
    spec = spec_beside(benchmark(tmp_path, max(1, clips * 3 // 8)))
    assert (spec.seed, spec.size, spec.context_bias) == (3, 160, 0.5)
    assert spec.instances("test") == max(1, clips * 3 // 8)


def test_an_index_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no film in its split 'test'"):
        spec_beside(benchmark(tmp_path, 3, style="flat"))
    (tmp_path / "puppets.json").unlink()
    with pytest.raises(UsageError, match="only rendered clips can be mixed"):
        spec_beside(tmp_path / "index.parquet")
