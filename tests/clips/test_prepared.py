import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.clips import (
    ClipSource,
    Geometry,
    PreparedClips,
    PrepareRule,
    load_clip,
    plan,
    prepare,
)
from anigifs.clips.samplers import whole_by_time
from anigifs.foundation import UsageError, sha256_of
from anigifs.foundation.work import Local
from anigifs.media import write_gif, write_mp4
from tests.clips.made import SMALL, contents, drawing, noise, prepared_clips, write_sources


def test_prepared_frames_are_what_loading_the_file_gives(tmp_path: Path) -> None:
    prepared = prepared_clips(tmp_path, 4, frames=70)
    assert {prepared.stored(f"clip-{n:03d}").form for n in (0, 2)} == {"compact"}
    assert {prepared.stored(f"clip-{n:03d}").form for n in (1, 3)} == {"raw"}
    for number in range(4):
        clip = prepared.get(f"clip-{number:03d}")
        direct = load_clip(tmp_path / "files" / f"{number:03d}.gif", Geometry(64, 24))
        shown = clip.frames_FHWC[list(whole_by_time(clip.delays, 64))]
        np.testing.assert_array_equal(shown, direct.frames_THWC)
        assert clip.duration_ms == pytest.approx(direct.info.duration_ms)
        assert clip.available == 70
        assert not clip.frames_FHWC.flags.writeable


def test_a_clip_that_fits_is_sampled_exactly_as_its_file(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", noise(0, 50, 32, 40), fps=30000 / 1001)
    prepare([ClipSource("a", tmp_path / "a.mp4")], SMALL, tmp_path, executor=Local(1))
    clip = PreparedClips(tmp_path, SMALL).get("a")
    for frames in (9, 16, 40, 64):
        direct = load_clip(tmp_path / "a.mp4", Geometry(frames, 24))
        assert whole_by_time(clip.delays, frames) == direct.indices
        np.testing.assert_array_equal(clip.frames_FHWC[list(direct.indices)], direct.frames_THWC)


def test_a_window_of_a_file_is_a_clip_of_its_own(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", drawing(0, 10), 100)
    sources = [
        ClipSource("early", tmp_path / "a.gif", 0, 250),
        ClipSource("late", tmp_path / "a.gif", 550),
        ClipSource("after", tmp_path / "a.gif", 5000),
    ]
    report = prepare(sources, SMALL, tmp_path / "out", executor=Local(1))
    assert report.prepared == 2
    assert "nothing shows from 5000 ms" in report.errors["after"]
    prepared = PreparedClips(tmp_path / "out", SMALL)
    assert prepared.get("early").delays == (100, 100, 50)
    assert prepared.get("late").delays == (50, 100, 100, 100, 100)
    np.testing.assert_array_equal(prepared.get("late").frames_FHWC, drawing(0, 10)[5:])


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> PreparedClips:
    return prepared_clips(tmp_path_factory.mktemp("wide"), 2, PrepareRule(size=150))


@pytest.mark.parametrize("number", [0, 1], ids=["compact", "raw"])
@given(st.data())
@settings(max_examples=40)
def test_taking_a_part_is_slicing(wide: PreparedClips, number: int, data: st.DataObject) -> None:
    name = f"clip-{number:03d}"
    assert wide.stored(name).form == ("compact", "raw")[number]
    height, width = data.draw(st.integers(1, 150)), data.draw(st.integers(1, 150))
    top, left = data.draw(st.integers(0, 150 - height)), data.draw(st.integers(0, 150 - width))
    indices = tuple(data.draw(st.lists(st.integers(0, 11), min_size=1, max_size=5)))
    flip = data.draw(st.booleans())
    taken = np.empty((len(indices), height, width, 3), np.uint8)
    wide.take(name, indices, taken, top=top, left=left, flip=flip)
    expected = wide.get(name).frames_FHWC[list(indices), top : top + height, left : left + width]
    np.testing.assert_array_equal(taken, expected[:, :, ::-1] if flip else expected)


def test_two_rules_never_mix(tmp_path: Path) -> None:
    prepared_clips(tmp_path, 1)
    others = [
        replace(SMALL, size=12),
        replace(SMALL, resize_side=30),
        replace(SMALL, max_frames=9),
        replace(SMALL, background=(0, 0, 1)),
    ]
    assert len({SMALL.key, *(rule.key for rule in others)}) == 5
    for rule in others:
        assert "clip-000" not in PreparedClips(tmp_path / "prepared", rule)


def test_the_key_of_a_rule_is_frozen() -> None:
    # A change of it abandons what people have prepared: then FORMAT must say why.
    assert PrepareRule().key == "224px-64f-70a05f18ecb5"


def test_what_is_there_is_not_done_again(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 3)
    prepare(sources[:2], SMALL, tmp_path / "out", executor=Local(1))
    for source in sources[:2]:
        source.path.unlink()  # nothing could be decoded
    report = prepare([*sources, sources[2]], SMALL, tmp_path / "out", executor=Local(1))
    assert (report.plan.ready, report.prepared, report.errors) == (2, 1, {})
    assert len(PreparedClips(tmp_path / "out", SMALL)) == 3


def test_bad_files_carry_their_errors_and_the_others_go_on(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 3)
    good = sha256_of(sources[2].path)
    sources[0].path.write_text("no picture")
    sources[1].path.unlink()
    sources[2] = replace(sources[2], sha256=good)
    changed = replace(sources[2], clip_id="changed", sha256="0" * 64)
    absent = replace(changed, clip_id="absent", path=tmp_path / "absent.gif")
    seen: list[tuple[str, str | None]] = []
    report = prepare(
        [*sources, changed, absent],
        SMALL,
        tmp_path / "out",
        executor=Local(1),
        watch=lambda outcomes, total: (seen.append(o) or o for o in outcomes),  # type: ignore[func-returns-value]
    )
    assert report.prepared == 1
    assert "a text file" in report.errors["clip-000"]
    assert "no such file" in report.errors["clip-001"]
    assert "has changed since it was indexed" in report.errors["changed"]
    assert "cannot be read (No such file" in report.errors["absent"]
    assert dict(seen) == {**dict.fromkeys(["clip-002"]), **report.errors}
    prepared = PreparedClips(tmp_path / "out", SMALL)
    assert prepared.errors == report.errors
    with pytest.raises(UsageError, match=r"no clip clip-000 \(.*a text file"):
        prepared.get("clip-000")
    with pytest.raises(UsageError, match=r"no clip other \(prepare it first\)"):
        prepared.get("other")


def test_a_damaged_frame_shortens_the_clip(tmp_path: Path) -> None:
    source = write_sources(tmp_path / "files", 1)[0]
    source.path.write_bytes(source.path.read_bytes()[:-400])
    prepare([source], SMALL, tmp_path / "out", executor=Local(1))
    clip = PreparedClips(tmp_path / "out", SMALL).get("clip-000")
    assert 1 <= len(clip.delays) < 12
    np.testing.assert_array_equal(clip.frames_FHWC, drawing(0, 12)[: len(clip.delays)])


def test_the_plan_bounds_what_is_written(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 6)
    agenda = plan(sources, SMALL, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert (len(agenda.to_do), agenda.ready) == (6, 0)
    assert "6 clips to prepare, 0 ready" in str(agenda)
    prepare(sources, SMALL, tmp_path / "out", executor=Local(1))
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*.bin"))
    assert agenda.least_bytes <= written <= agenda.most_bytes + 6 * 64
    assert plan(sources, SMALL, tmp_path / "out").most_bytes == 0
    unknown = [replace(source, frames=None, clip_id=source.clip_id + "x") for source in sources]
    assert plan(unknown, SMALL, tmp_path / "out").most_bytes == 6 * 64 * (24 * 24 * 3 + 8)


def test_a_disk_that_cannot_hold_it_is_said_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = write_sources(tmp_path / "files", 2)
    monkeypatch.setattr(
        "anigifs.clips.planning.shutil.disk_usage", lambda path: type("Usage", (), {"free": 999})
    )
    with pytest.raises(UsageError, match=r"2 clips to prepare.*0\.00 GB free.*make room"):
        prepare(sources, SMALL, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 10)
    sources[3].path.write_bytes(b"")
    alone = prepare(sources, SMALL, tmp_path / "one", executor=Local(1))
    many = prepare(sources, SMALL, tmp_path / "two", executor=Local(2))
    assert (alone.prepared, alone.errors) == (many.prepared, many.errors)
    names = [source.clip_id for source in sources if source.clip_id != "clip-003"]
    one, two = (PreparedClips(tmp_path / folder, SMALL) for folder in ("one", "two"))
    assert contents(one, names) == contents(two, names)


def test_rules_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 9 frames, not 8"):
        PrepareRule(max_frames=8)
    with pytest.raises(UsageError, match="does not fit a shorter side"):
        PrepareRule(size=224, resize_side=200)


def test_preparing_and_reading_need_no_torch() -> None:
    code = "import sys, anigifs.clips, anigifs.clips.statistics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
