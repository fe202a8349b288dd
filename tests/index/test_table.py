import dataclasses
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.index import STATES, Box, Index, Row
from tests.index.trees import column, index_of, row

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
count = st.none() | st.integers(0, 2**31 - 1)
edges = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=2, unique=True).map(sorted)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    (x1, x2), (y1, y2) = draw(edges), draw(edges)
    return Box(draw(st.integers(0, 2**40)), x1, y1, x2, y2, draw(text), draw(text))


@st.composite
def any_rows(draw: st.DrawFn) -> Row:
    start_ms = draw(st.integers(0, 2**40))
    texts = {
        name: draw(text)
        for name in ("clip_id", "label", "domain", "style", "split", "group", "licence", "source")
    }
    return Row(
        **texts,
        path=draw(st.none() | text),
        sha256=draw(st.none() | text),
        start_ms=start_ms,
        end_ms=draw(st.none() | st.integers(start_ms + 1, 2**41)),
        width=draw(count),
        height=draw(count),
        frames=draw(count),
        duration_ms=draw(count),
        boxes=tuple(draw(st.lists(boxes(), max_size=2))),
        state=draw(st.sampled_from(STATES)),
        error=draw(st.none() | text),
    )


@given(st.lists(any_rows(), max_size=4), text)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], taxonomy: str
) -> None:
    folder = tmp_path_factory.mktemp("index")
    written = Index.from_rows(rows, taxonomy, folder)
    written.write(folder / "a.parquet")
    read = Index.read(folder / "a.parquet")
    assert list(read.rows()) == rows
    assert (read.taxonomy, read.root, len(read)) == (taxonomy, folder, len(rows))
    assert read.identity == written.identity
    assert [path.name for path in folder.iterdir()] == ["a.parquet"]


def test_the_file_is_parquet_that_others_can_read(tmp_path: Path) -> None:
    index_of(row("a.gif"), root=tmp_path).write(tmp_path / "a.parquet")
    file = pq.ParquetFile(tmp_path / "a.parquet")
    assert file.schema_arrow.metadata[b"anigifs.index.schema"] == b"1"
    assert file.schema_arrow.metadata[b"anigifs.index.taxonomy"] == b"custom"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    names = [field.name for field in dataclasses.fields(Row)]
    assert file.schema_arrow.names == names


CHANGES: dict[str, object] = {
    "clip_id": "x", "sha256": "x", "start_ms": 1, "end_ms": 9, "label": "x", "domain": "x",
    "style": "x", "split": "x", "group": "x", "width": 1, "height": 1, "frames": 1,
    "duration_ms": 1, "boxes": (Box(0, 0, 0, 1, 1),), "licence": "x", "source": "x",
    "state": "error", "error": "x",
}  # fmt: skip


def test_the_identity_is_of_everything_but_paths_and_order() -> None:
    first, second = row("a.gif"), row("b.gif")
    identity = index_of(first, second).identity
    assert len(identity) == 64
    assert index_of(second, first).identity == identity
    assert index_of(dataclasses.replace(first, path="z/a.gif"), second).identity == identity
    assert set(CHANGES) | {"path"} == {field.name for field in dataclasses.fields(Row)}
    others = [dataclasses.replace(first, **{name: new}) for name, new in CHANGES.items()]  # type: ignore[arg-type]
    identities = {index_of(other, second).identity for other in others}
    identities |= {index_of(first).identity, index_of(first, second, second).identity}
    identities |= {Index.from_rows([first, second], "kinetics-600").identity, identity}
    assert len(identities) == len(CHANGES) + 4


@pytest.mark.parametrize("place", ["a.parquet", "up/a.parquet", "root/sub/a.parquet"])
def test_an_index_written_elsewhere_leads_to_the_same_files(tmp_path: Path, place: str) -> None:
    names = ["sub/a.gif", "../beside.gif", "b c\n.gif"]
    root = tmp_path / "root"
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    index = index_of(*(row(name) for name in names), row("x", path=None), root=root)
    index.write(tmp_path / place)
    read = Index.read(tmp_path / place)
    *paths, none = column(read, "path")
    assert [(read.root / str(path)).read_text() for path in paths] == names
    assert none is None
    assert read.identity == index.identity


def test_a_folder_that_no_path_can_name_is_refused(tmp_path: Path) -> None:
    root = tmp_path / os.fsdecode(b"na\xefve")
    root.mkdir()
    index_of(row("a.gif"), root=root).write(root / "a.parquet")
    with pytest.raises(UsageError, match=r"na\\xefve: no path through"):
        index_of(row("a.gif"), root=root).write(tmp_path / "a.parquet")


def test_rows_are_chosen_by_their_texts() -> None:
    rows = [
        row(f"{n}.gif", label, domain=domain)
        for n, (label, domain) in enumerate([("yoga", "video"), ("yoga", "gif"), ("golf", "gif")])
    ]
    index = index_of(*rows)
    assert list(index.filter(label="yoga", domain="gif").rows()) == [rows[1]]
    assert list(index.filter(domain={"gif", "video"}).rows()) == rows
    assert len(index.filter(label=[])) == len(index.filter(label="yo")) == 0
    assert len(index.filter()) == 3
    for name in ("frames", "colour"):
        with pytest.raises(UsageError, match=f"filtered by '{name}'"):
            index.filter(**{name: "x"})


def test_what_is_no_index_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("path,label\n" * 9)
    (tmp_path / "empty.parquet").write_bytes(b"")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    index_of(row("a.gif"), root=tmp_path).write(tmp_path / "good.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "good.parquet").read_bytes()[:-9])
    table = pq.read_table(tmp_path / "good.parquet")
    pq.write_table(table.drop_columns(["group"]), tmp_path / "less.parquet")
    newer = {**table.schema.metadata, b"anigifs.index.schema": b"2"}
    pq.write_table(table.replace_schema_metadata(newer), tmp_path / "newer.parquet")
    retyped = table.set_column(3, "start_ms", pa.array(["soon"]))
    pq.write_table(retyped, tmp_path / "retyped.parquet")
    expected = {
        "missing": "no such index", "text": "not an index", "empty": "not an index",
        "cut": "not an index", "other": "a Parquet file, but no index",
        "less": "without its group", "newer": "an index of version 2", "retyped": "not an index",
    }  # fmt: skip
    for name, reason in expected.items():
        with pytest.raises(UsageError, match=rf"{name}\.parquet: .*{reason}"):
            Index.read(tmp_path / f"{name}.parquet")
    with pytest.raises(UsageError, match="no such index"):
        Index.read(tmp_path)
    assert len(Index.read(tmp_path / "good.parquet")) == 1


def test_flipped_bits_are_refused_or_harmless(tmp_path: Path) -> None:
    """Pages carry checksums; what stands around them may be flipped without loss, or is noticed."""
    rows = [row(f"{n}.gif", boxes=(Box(n, 0, 0, 1, 1),), frames=n) for n in range(50)]
    index_of(*rows, root=tmp_path).write(tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    refused = 0
    for place in range(4, len(data) - footer, 11):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        (tmp_path / "b.parquet").write_bytes(flipped)
        try:
            assert list(Index.read(tmp_path / "b.parquet").rows()) == rows
        except UsageError:
            refused += 1
    assert refused > 100
