"""Each part of the table runs, at a size that measures nothing; sides are checked for equality."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import GifImagePlugin

from benchmarks import __main__ as command
from benchmarks.rows import Asked, Row
from benchmarks.table import Table
from tests.conftest import one_thread

TINY = Asked(rounds=1, tiny=True)


@pytest.fixture(autouse=True)
def _single() -> Iterator[None]:
    yield from one_thread()


@pytest.mark.filterwarnings(  # webdataset leaves its files to be closed by the interpreter
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("name", command.ROWS)
def test_every_part_compares_us_with_peers_that_are_named(name: str) -> None:
    rows = command.ROWS[name](TINY)
    assert rows
    assert all(row.peer and row.what and row.ours for row in rows)
    assert all(row.ratios or "not installed" in row.note for row in rows)
    assert any(row.ratios for row in rows)


def test_real_files_are_rows_of_their_own(tmp_path: Path) -> None:
    from benchmarks.loading import make_files, rows

    make_files(tmp_path, tiny=True)
    found = {row.what for row in rows(Asked(rounds=1, tiny=True, files=tmp_path))}
    assert {"decode a GIF, real", "GIF to clip, real"} <= found


def test_pillow_decodes_after_the_others_as_it_did_before(tmp_path: Path) -> None:
    from benchmarks.loading import make_files
    from benchmarks.usual_loaders import decoders

    before = GifImagePlugin.LOADING_STRATEGY
    (path, *_) = make_files(tmp_path, tiny=True)["cartoon"]
    for decode in decoders()[0].values():
        decode(path)
        assert before is GifImagePlugin.LOADING_STRATEGY


def test_the_command_prints_and_keeps_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row("fold", "A4", 1, "hands", "ms", 0.001, 0.002, (2.0,))
    monkeypatch.setattr(command, "ROWS", {"folding": lambda asked: [row]})
    command.main(["--json", "--out", str(tmp_path)])
    (kept,) = tmp_path.glob("*.json")
    assert capsys.readouterr().out == kept.read_text()
    table = Table.from_plain(json.loads(kept.read_text()))
    assert (table.rows, table.rounds, kept.stem) == ((row,), Asked.rounds, table.name)
    command.main(["--out", str(tmp_path / "own.json")])
    assert capsys.readouterr().out == table.markdown()
    assert (tmp_path / "own.json").read_text() == kept.read_text()
