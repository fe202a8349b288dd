"""Cartoons against films of the same movements, by the statistics of what a model is given."""

from collections import defaultdict
from pathlib import Path
from statistics import mean, median

import pytest

from anigifs.clips import Geometry, load_clip
from anigifs.clips.load import load_frames
from anigifs.clips.statistics import ClipStatistics, clip_statistics
from anigifs.foundation.work import Local
from anigifs.puppets import Spec, render
from anigifs.puppets.spec import CARTOON_STYLES

GEOMETRY = Geometry(16, 112)
Looks = dict[str, dict[str, ClipStatistics]]  # by style and by group


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Looks, Looks]:
    """Statistics of one test clip a class and style: of all its frames, and of 16 in its time."""
    spec = Spec(
        clips_per_class=1, splits=("test",), domains=("film", "cartoon-dev", "cartoon-test")
    )
    rendered = render(spec, tmp_path_factory.mktemp("looks") / "puppets", executor=Local(1))
    every: Looks = defaultdict(dict)
    sampled: Looks = defaultdict(dict)
    for row in rendered.index.rows():
        path = rendered.path.parent / Path(str(row.path))
        whole = load_frames(path, lambda info: tuple(range(info.frames)), GEOMETRY)
        delays_ms = [float(delay * whole.info.tick * 1000) for delay in whole.info.delays]
        every[row.style][row.group] = clip_statistics(whole.frames_THWC, delays_ms)
        clip = load_clip(path, GEOMETRY)
        sampled[row.style][row.group] = clip_statistics(clip.frames_THWC, [100] * 16)
    assert all(len(clips) == 16 for clips in every.values())
    return every, sampled


@pytest.mark.parametrize("style", CARTOON_STYLES)
def test_a_cartoon_is_flatter_and_of_fewer_colours_than_the_film(
    looks: tuple[Looks, Looks], style: str
) -> None:
    for statistics in looks:
        films, cartoons = statistics["film"], statistics[style]
        pairs = [(films[group], cartoon) for group, cartoon in cartoons.items()]
        assert len(pairs) == 16
        for film, cartoon in pairs:
            assert cartoon.colours < 0.6 * film.colours
            assert cartoon.flat_share > 5 * film.flat_share
            assert cartoon.flat_share > 0.3
        lower = sum(cartoon.entropy_bits < film.entropy_bits for film, cartoon in pairs)
        assert lower >= 14
        assert mean(c.entropy_bits for _, c in pairs) < mean(f.entropy_bits for f, _ in pairs) - 1


@pytest.mark.parametrize("style", CARTOON_STYLES)
def test_a_cartoon_moves_further_from_frame_to_frame_than_the_film(
    looks: tuple[Looks, Looks], style: str
) -> None:
    every, _ = looks
    ratios = [
        cartoon.motion / every["film"][group].motion for group, cartoon in every[style].items()
    ]
    assert median(ratios) > 1.3
    assert sum(ratio > 1 for ratio in ratios) >= 13


@pytest.mark.parametrize("style", CARTOON_STYLES)
def test_a_cartoon_shows_frames_twice_and_the_film_never(
    looks: tuple[Looks, Looks], style: str
) -> None:
    every, sampled = looks
    assert all(clip.duplicate_share == 0 for clip in every["film"].values())
    assert all(clip.duplicate_share == 0 for clip in sampled["film"].values())
    assert mean(clip.duplicate_share for clip in sampled[style].values()) > 0.05
