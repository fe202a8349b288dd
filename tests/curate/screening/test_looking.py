"""One file, and all that is said of it."""

from pathlib import Path

import numpy as np
import pytest

from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.curate.screening import looking
from anigifs.curate.screening.looking import Job, Look, failed, look
from anigifs.curate.screening.measures import motion, overlay, slideshow, statistics
from anigifs.curate.screening.screened import REASONS
from anigifs.curate.seeing.fingerprints import fingerprint_of
from anigifs.curate.seeing.frames import look_at
from anigifs.media import write_gif

SHA = 64 * "a"


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    return Bodies(World(seed=3, classes=1, originals=1, size=64))


def job(folder: Path, bodies: Bodies, kind: str) -> Job:
    path = folder / f"{SHA}.gif"
    path.write_bytes(bodies.of(bodies.world.of_kind(kind)[0]))
    return Job(SHA, path)


@pytest.mark.parametrize(
    ("kind", "reason", "detail"),
    [
        ("cartoon", "", ""),
        ("film", "", ""),
        ("truncated", "", ""),
        ("copy-mp4", "", ""),
        ("still", "still", "one frame"),
        ("frozen", "still", "frames that look the same"),
        ("png", "not-media", "a PNG picture that does not move"),
        ("jpeg", "not-media", "a JPEG picture, which does not move"),
        ("html", "not-media", "an HTML page"),
        ("empty", "not-media", "the file is empty"),
        ("headless", "broken", "without one whole frame"),
        ("bomb-total", "broken", "above the limit"),
    ],
)
def test_only_certain_failures_reject(
    tmp_path: Path, bodies: Bodies, kind: str, reason: str, detail: str
) -> None:
    found = look(job(tmp_path, bodies, kind)).screened
    assert found.reason == reason
    assert detail in found.detail
    assert not reason or reason in REASONS
    assert bool(reason) == bool(found.detail)
    assert str(tmp_path) not in found.detail
    assert found.bytes == (tmp_path / f"{SHA}.gif").stat().st_size


def test_everything_is_of_one_look(tmp_path: Path, bodies: Bodies) -> None:
    one = job(tmp_path, bodies, "cartoon")
    found, frames = look(one), look_at(one.path)
    said = found.screened
    assert (said.motion, said.slideshow, said.overlay) == (
        motion(frames), slideshow(frames), overlay(frames)
    )  # fmt: skip
    assert (said.width, said.height, said.frames) == (64, 64, frames.info.frames)
    assert (said.kind, said.distinct, said.complete) == ("gif", frames.distinct, True)
    assert said.duration_ms == frames.info.duration_ms
    assert found.statistics == statistics(frames)
    assert found.fingerprint is not None
    expected = fingerprint_of(*frames.solid)
    np.testing.assert_array_equal(found.fingerprint.hashes_NB, expected.hashes_NB)
    assert (said.nsfw, said.ai_hint, found.final) == (None, "", True)


def test_a_file_that_is_cut_off_says_so(tmp_path: Path, bodies: Bodies) -> None:
    found = look(job(tmp_path, bodies, "truncated")).screened
    assert not found.complete
    assert found.warnings[0].startswith("truncated")


def test_metadata_is_asked(tmp_path: Path) -> None:
    path = tmp_path / f"{SHA}.gif"
    write_gif(path, np.arange(2 * 8 * 8 * 3, dtype=np.uint8).reshape(2, 8, 8, 3), 50)
    path.write_bytes(path.read_bytes()[:-1] + b"!\xfe\x0aMidjourney\x00;")
    assert look(Job(SHA, path)).screened.ai_hint == "comment: Midjourney"


def test_a_fault_of_the_program_is_told_and_not_kept(
    tmp_path: Path, bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*frames: np.ndarray) -> None:
        raise RuntimeError("out\nof order")

    monkeypatch.setattr(looking, "fingerprint_of", fail)
    found = look(job(tmp_path, bodies, "cartoon"))
    assert (found.screened.reason, found.final) == ("broken", False)
    assert "RuntimeError: out of order); please report this" in found.screened.detail


def test_what_was_given_up_is_told_and_not_kept(tmp_path: Path, bodies: Bodies) -> None:
    found = failed(job(tmp_path, bodies, "cartoon"), "it took longer than 600 s")
    assert isinstance(found, Look)
    assert (found.screened.reason, found.final) == ("broken", False)
    assert found.screened.detail == "it took longer than 600 s"
