from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from anigifs.clips import ClipSource, Geometry
from anigifs.clips.statistics import clip_statistics
from anigifs.foundation import MediaError, sha256_of
from anigifs.foundation.work import Local
from anigifs.gap.looks import LOOKS, look_at, look_at_clips
from anigifs.gap.once import Item, unwatched
from anigifs.media import write_gif

SMALL = Geometry(frames=9, size=24)


def named(looks: np.ndarray) -> dict[str, float]:
    return {look.key: value for look, value in zip(LOOKS, looks.tolist(), strict=True)}


def drawing(frames: int, height: int = 24, width: int = 24, seed: int = 0) -> np.ndarray:
    """Frames of four colours."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(0, 256, (4, 3), np.uint8)
    return colours[rng.integers(0, 4, (frames, height, width))]


def test_looks_are_the_statistics_of_the_file(tmp_path: Path) -> None:
    frames_THWC = drawing(6)
    frames_THWC[3] = frames_THWC[2]
    write_gif(tmp_path / "a.gif", frames_THWC, [40, 80, 40, 40, 100, 200])
    found = named(look_at(ClipSource("a", tmp_path / "a.gif"), SMALL))
    wanted = clip_statistics(frames_THWC, [40, 80, 40, 40, 100, 200])
    assert found == pytest.approx(
        {
            "frames": 6,
            "duration_s": 0.5,
            "speed_fps": 12,
            "side_px": 24,
            "colours": wanted.colours,
            "entropy_bits": wanted.entropy_bits,
            "flat_percent": 100 * wanted.flat_share,
            "motion": wanted.motion,
            "repeats_percent": 20,
        }
    )


def test_a_long_clip_is_not_thinned(tmp_path: Path) -> None:
    """One grey level a frame: frames that were left out between two would show as more motion."""
    frames_THWC = np.repeat(np.arange(200, dtype=np.uint8), 24 * 24 * 3).reshape(200, 24, 24, 3)
    write_gif(tmp_path / "long.gif", frames_THWC, 50)
    found = named(look_at(ClipSource("long", tmp_path / "long.gif"), SMALL))
    assert (found["frames"], found["duration_s"], found["speed_fps"]) == (200, 10, 20)
    assert (found["motion"], found["repeats_percent"]) == (1, 0)


def test_only_the_window_of_a_file_is_the_clip(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", drawing(10), 100)
    found = named(look_at(ClipSource("a", tmp_path / "a.gif", 300, 700), SMALL))
    assert (found["frames"], found["duration_s"]) == (4, 0.4)


def test_clips_are_seen_at_one_size_and_the_files_is_told(tmp_path: Path) -> None:
    write_gif(tmp_path / "wide.gif", drawing(9, 48, 96), 100)
    found = named(look_at(ClipSource("wide", tmp_path / "wide.gif"), SMALL))
    assert found["side_px"] == 48
    assert found["colours"] > 4  # scaling blends them


def test_what_cannot_be_read_says_why_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "bad.gif").write_text("no GIF")
    sources = [ClipSource("bad", tmp_path / "bad.gif"), ClipSource("gone", tmp_path / "gone.gif")]
    for name in ("a", "b"):
        write_gif(tmp_path / f"{name}.gif", drawing(9), 100)
        sources.append(ClipSource(name, tmp_path / f"{name}.gif"))
    calls: list[int] = []

    def watch(items: Iterable[Item], total: int, title: str) -> Iterator[Item]:
        calls.append(total)
        return unwatched(items, total, title)

    for _ in range(2):
        seen = look_at_clips(sources, SMALL, (0, 0, 0), tmp_path / "store", watch, Local(1))
        assert list(seen.looks_of) == ["a", "b"]
        assert "bad.gif" in seen.errors["bad"]
        assert "gone.gif" in seen.errors["gone"]
    assert calls == [4, 2]  # what failed is tried once more


def test_a_file_that_is_another_one_now_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    write_gif(path, drawing(9), 100)
    source = ClipSource("a", path, sha256=sha256_of(path))
    look_at(source, SMALL)
    write_gif(path, drawing(9, seed=1), 100)
    with pytest.raises(MediaError, match="has changed since it was indexed"):
        look_at(source, SMALL)


def test_processes_see_the_same(tmp_path: Path) -> None:
    sources = []
    for number in range(3):
        write_gif(tmp_path / f"{number}.gif", drawing(9, seed=number), 100)
        sources.append(ClipSource(str(number), tmp_path / f"{number}.gif"))
    one, two = (
        look_at_clips(sources, SMALL, (0, 0, 0), tmp_path / f"store {n}", unwatched, Local(n))
        for n in (1, 2)
    )
    assert {name: looks.tolist() for name, looks in one.looks_of.items()} == {
        name: looks.tolist() for name, looks in two.looks_of.items()
    }
