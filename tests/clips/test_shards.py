import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from anigifs.clips.shards import DELAY, ShardWriter, read_journals, shard_path, stored_bytes
from anigifs.foundation import UsageError

FACTS = {"form": "raw", "available": 9, "width": 40, "height": 30, "tick": "1/1000"}
SIZE = 4


def clip(frames: int, value: int) -> list[np.ndarray]:
    pixels = np.full((frames, SIZE, SIZE, 3), value, np.uint8)
    return [np.arange(frames).astype(DELAY), pixels]


def append(writer: ShardWriter, name: str, frames: int = 3, value: int = 7) -> None:
    writer.append(name, clip(frames, value), {**FACTS, "frames": frames})


def test_what_was_appended_is_found(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        append(writer, "a")
        append(writer, "b", frames=2, value=9)
    stored, errors = read_journals(tmp_path, SIZE)
    assert list(stored) == ["a", "b"]
    assert errors == {}
    assert stored["b"].tick == Fraction(1, 1000)
    assert (stored["b"].width, stored["b"].height, stored["b"].available) == (40, 30, 9)
    data = shard_path(tmp_path, 0).read_bytes()
    pixels = data[stored["b"].offset + 2 * 8 : stored["b"].end(SIZE)]
    assert pixels == bytes([9]) * (2 * SIZE * SIZE * 3)
    assert len(pixels) + 16 == stored_bytes(2, SIZE)
    assert stored["b"].offset % 64 == 0


def test_writers_never_share_a_shard_and_begin_another_when_it_is_full(tmp_path: Path) -> None:
    with ShardWriter(tmp_path, most_bytes=500) as one, ShardWriter(tmp_path, 500) as two:
        for name in "abc":
            append(one, name)
            append(two, name.upper())
    stored, _ = read_journals(tmp_path, SIZE)
    assert sorted(stored) == sorted("abcABC")
    # Two clips of 192 bytes each go into 500.
    assert [stored[name].shard for name in "abc"] == [0, 0, 2]
    assert [stored[name].shard for name in "ABC"] == [1, 1, 3]


def test_a_writer_that_is_pickled_claims_a_shard_of_its_own(tmp_path: Path) -> None:
    with ShardWriter(tmp_path, most_bytes=500) as one:
        append(one, "a")
        with pickle.loads(pickle.dumps(one)) as other:  # noqa: S301
            for name in "ABC":
                append(other, name)
        append(one, "b")
    stored, _ = read_journals(tmp_path, SIZE)
    shards = {name: where.shard for name, where in stored.items()}
    assert shards == {"a": 0, "b": 0, "A": 1, "B": 1, "C": 2}


def test_a_clip_that_was_written_twice_is_there_once(tmp_path: Path) -> None:
    """As when a machine is lost between the clip and its answer, and another does it again."""
    for _ in range(2):
        with ShardWriter(tmp_path) as writer:
            append(writer, "a")
    stored, errors = read_journals(tmp_path, SIZE)
    assert ({name: where.shard for name, where in stored.items()}, errors) == ({"a": 0}, {})


def test_a_clip_larger_than_a_shard_has_one_to_itself(tmp_path: Path) -> None:
    with ShardWriter(tmp_path, most_bytes=100) as writer:
        append(writer, "a")
        append(writer, "b")
    stored, _ = read_journals(tmp_path, SIZE)
    assert {name: where.shard for name, where in stored.items()} == {"a": 0, "b": 1}


def test_a_kill_at_any_byte_leaves_whole_clips_only(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        append(writer, "a", value=1)
        append(writer, "b", value=2)
    shard, journal = shard_path(tmp_path, 0), shard_path(tmp_path, 0).with_suffix(".jsonl")
    data, lines = shard.read_bytes(), journal.read_bytes()
    first_line = lines.index(b"\n")
    # The bytes come before the line: first the shard grows, then the journal.
    moments = [(size, first_line + 1) for size in range(len(data) // 2, len(data))]
    moments += [(len(data), length) for length in range(first_line + 1, len(lines))]
    for size, length in moments:
        shard.write_bytes(data[:size])
        journal.write_bytes(lines[:length])
        stored, _ = read_journals(tmp_path, SIZE)
        assert list(stored) in (["a"], ["a", "b"])
        assert ("b" in stored) == (length >= len(lines) - 1)
        assert all(where.end(SIZE) <= size for where in stored.values())
    with ShardWriter(tmp_path) as writer:
        append(writer, "c", value=3)
    stored, _ = read_journals(tmp_path, SIZE)
    assert stored["c"].shard == 1  # what was torn is left alone


def test_a_line_without_its_bytes_is_passed_over(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        append(writer, "a")
    shard_path(tmp_path, 0).write_bytes(bytes(100))
    assert read_journals(tmp_path, SIZE) == ({}, {})
    shard_path(tmp_path, 0).unlink()
    assert read_journals(tmp_path, SIZE) == ({}, {})


def test_other_files_beside_the_shards_are_passed_over(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        append(writer, "a")
    (tmp_path / "notes.jsonl").write_text('{"clip_id": "b"}\n')
    assert set(read_journals(tmp_path, SIZE)[0]) == {"a"}


def test_an_error_stands_until_the_clip_is_there(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        writer.note_error("a", "a.gif: no such file")
        writer.note_error("b", "b.gif: the file is empty")
        append(writer, "a")
    stored, errors = read_journals(tmp_path, SIZE)
    assert list(stored) == ["a"]
    assert errors == {"b": "b.gif: the file is empty"}


def test_a_refusal_of_the_disk_is_one_line_and_takes_the_torn_clip_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with ShardWriter(tmp_path) as writer:
        append(writer, "a")
        size = shard_path(tmp_path, 0).stat().st_size
        with monkeypatch.context() as patch:
            patch.setattr("anigifs.clips.shards.append_record", refuse)
            with pytest.raises(UsageError, match=r"000000.bin: cannot write \(No space left"):
                append(writer, "b")
        assert shard_path(tmp_path, 0).stat().st_size == size
        append(writer, "c")
    stored, _ = read_journals(tmp_path, SIZE)
    assert {name: where.shard for name, where in stored.items()} == {"a": 0, "c": 1}
