import io
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.media import probe, read
from anigifs.media.gifify import GifRecipe
from anigifs.puppets import INDEX, Job, Rendered, Spec
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.factors import (
    ADDED,
    COMBINED,
    FACTORS,
    FILM,
    STYLES,
    Factor,
    Mixture,
    all_combinations,
    combination_of,
    name_of,
    render_factors,
)
from anigifs.puppets.factors.lossless import apng_bytes
from anigifs.puppets.factors.rendering import DOMAIN, SETTINGS, FactorJob, make_factor
from anigifs.puppets.film.render import Film
from anigifs.puppets.instance import Instance
from anigifs.puppets.making import make
from tests.puppets.made import SEED

SIZE, BIAS = 64, 0.7
ALL = frozenset(FACTORS)
SQUAT = Instance(SEED, "squat", "test", 0)
SPEC = Spec(clips_per_class=1, seed=SEED, size=SIZE)
SOME = ("timing", "frame-rate", "palette-32")


def mixture(*factors: Factor, instance: Instance = SQUAT, size: int = SIZE) -> Mixture:
    return Mixture(instance, frozenset(factors), BIAS, size)


def cartoon(instance: Instance, size: int = SIZE) -> Cartoon:
    return Cartoon(instance, "flat", size)


def sticker() -> Instance:
    """Return an instance whose flat cartoon has no background."""
    instances = (Instance(SEED, "lunge", "test", number) for number in range(60))
    return next(one for one in instances if cartoon(one).is_sticker)


def outside(boxes_T4: np.ndarray, grown: int = 5) -> np.ndarray:
    """Return which pixels are in no box, for a figure that is seen in these boxes, ``(H, W)``."""
    bare = np.ones((SIZE, SIZE), bool)
    low = np.maximum(np.floor(boxes_T4[:, :2].min(axis=0) * SIZE).astype(int) - grown, 0)
    high = np.ceil(boxes_T4[:, 2:].max(axis=0) * SIZE).astype(int) + grown
    bare[low[1] : high[1], low[0] : high[0]] = False
    assert bare.mean() > 0.1
    return bare


@pytest.mark.parametrize("action", ["archery", "juggling balls", "situp"])
def test_without_any_factor_it_is_the_film(action: str) -> None:
    instance = Instance(SEED, action, "test", 1)
    film = Film(instance, "film", BIAS, SIZE)
    mixed = mixture(instance=instance)
    np.testing.assert_array_equal(mixed.frames(), film.frames())
    np.testing.assert_array_equal(mixed.boxes(), film.boxes())
    assert mixed.delays_ms == (40,) * 64


@pytest.mark.parametrize("instance", [sticker(), Instance(SEED, "archery", "test", 1), SQUAT])
def test_with_every_factor_it_is_the_cartoon_as_a_player_shows_it_over_black(
    tmp_path: Path, instance: Instance
) -> None:
    mixed = mixture(*FACTORS, instance=instance)
    (tmp_path / "a.gif").write_bytes(cartoon(instance).gif())
    shown, info = read(tmp_path / "a.gif")
    np.testing.assert_array_equal(mixed.frames(), shown)
    np.testing.assert_array_equal(mixed.boxes(), cartoon(instance).drawing.boxes_T4)
    assert list(mixed.delays_ms) == list(info.delays)


def test_every_mixture_has_its_frames_delays_and_boxes() -> None:
    timing = cartoon(SQUAT).timing
    for combination in all_combinations():
        mixed = Mixture(SQUAT, combination, BIAS, SIZE)
        count = len(timing.delays_ms) if "timing" in combination else 64
        assert mixed.frames().shape == (count, SIZE, SIZE, 3)
        assert len(mixed.delays_ms) == count
        boxes_T4 = mixed.boxes()
        assert boxes_T4.shape == (count, 4)
        assert (boxes_T4[:, :2] < boxes_T4[:, 2:]).all()
        assert (boxes_T4 > 0).all()  # the figure is in the picture, whoever frames it
        assert (boxes_T4 < 1).all()


def test_a_backdrop_is_the_cartoons_still_and_without_grain_whatever_stands_before_it() -> None:
    drawing = cartoon(SQUAT).drawing
    for others in ((), ("drawing",), ("proportions",), ("timing", "proportions", "drawing")):
        mixed = mixture("context", *others)
        bare = outside(mixed.boxes())
        expected = drawing.palette[drawing.indices_THW[0]]
        everywhere = np.broadcast_to(expected, (len(mixed.delays_ms), *expected.shape))
        np.testing.assert_array_equal(mixed.frames()[:, bare], everywhere[:, bare])


def test_a_scene_with_its_grain_shadow_and_shake_is_the_films_whatever_stands_before_it() -> None:
    film, drawn = mixture(), mixture("drawing")
    bare = outside(np.concatenate([film.boxes(), drawn.boxes()]))
    np.testing.assert_array_equal(film.frames()[:, bare], drawn.frames()[:, bare])
    moved = mixture("timing")
    bare = outside(np.concatenate([film.boxes(), moved.boxes()]))
    apart = moved.frames()[0].astype(int)[bare] - film.frames()[0].astype(int)[bare]
    assert np.abs(apart).mean() < 3  # the shadow moves, and nothing else does at the first instant


def test_a_flat_drawing_has_the_cartoons_colours_without_grain() -> None:
    palette = {tuple(colour) for colour in cartoon(SQUAT).drawing.palette.tolist()}
    frames = mixture("context", "drawing").frames()
    assert {
        tuple(colour) for colour in np.unique(frames.reshape(-1, 3), axis=0).tolist()
    } <= palette
    shaded = mixture("context").frames()
    assert len(np.unique(shaded.reshape(-1, 3), axis=0)) > 500


def test_proportions_bring_the_caricature_and_its_camera() -> None:
    whole, shaded = (mixture(*names).boxes() for names in (FACTORS, FACTORS[:3]))
    # An outline is what the drawing adds, motion blur what the film does.
    assert np.abs(whole - shaded).max() < 6 / SIZE
    real = mixture("timing", "context").boxes()
    assert np.abs(real - shaded).max() > 6 / SIZE


def test_timing_shows_the_phases_of_the_loop() -> None:
    timed = mixture("timing", "context", "drawing")
    one, other = (mixture(*names) for names in (("timing", "context"), ("context",)))
    assert timed.delays_ms == one.delays_ms == cartoon(SQUAT).timing.delays_ms
    assert len(set(one.delays_ms)) > 1
    # The first frame of a film is of its first phase, and a loop begins at another one.
    assert np.abs(one.boxes()[0] - other.boxes()[0]).max() > 0.01
    heights = [boxes[:, 1].min() for boxes in (one.boxes(), other.boxes())]
    assert heights[0] == pytest.approx(heights[1], abs=0.02)  # both go through the whole movement


def test_names_come_back_and_stand_in_one_order() -> None:
    assert len(set(COMBINED)) == 16
    assert (COMBINED[0], COMBINED[-1]) == (FILM, "timing+proportions+context+drawing")
    for combination in all_combinations():
        assert combination_of(name_of(combination)) == combination
    for wrong in ("drawing+timing", "", "film+timing", "colour"):
        with pytest.raises(UsageError, match="no combination"):
            combination_of(wrong)


@given(
    st.integers(1, 4), st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1),
    st.lists(st.integers(1, 65_535), min_size=4, max_size=4),
)  # fmt: skip
def test_lossless_files_hold_every_pixel_and_delay(
    count: int, height: int, width: int, seed: int, delays: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    data = apng_bytes(frames, delays[:count])
    with Image.open(io.BytesIO(data)) as picture:
        assert getattr(picture, "n_frames", 1) == count
        for number in range(count):
            picture.seek(number)
            assert round(picture.info["duration"]) == delays[number]
            np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), frames[number])


def test_our_own_reader_reads_them_and_keeps_equal_neighbours(tmp_path: Path) -> None:
    frames = np.zeros((3, 9, 7, 3), np.uint8)
    frames[2, 4] = 200
    (tmp_path / "a.png").write_bytes(apng_bytes(frames, [30, 110, 70]))
    shown, info = read(tmp_path / "a.png")
    np.testing.assert_array_equal(shown, frames)
    assert [delay * info.tick * 1000 for delay in info.delays] == [30, 110, 70]
    assert (info.loops, info.warnings) == (0, ())


def added(name: str, root: Path) -> tuple[np.ndarray, Path]:
    job = FactorJob(SQUAT, name, SIZE, BIAS)
    make_factor(job, root)
    return read(root / job.path)[0], root / job.path


def colours(frames: np.ndarray) -> int:
    return len(np.unique(frames.reshape(-1, 3), axis=0))


def test_compression_is_that_of_the_benchmark(tmp_path: Path) -> None:
    _, path = added("compression", tmp_path / "a")
    film = Job(SQUAT, "film", "film", SIZE, BIAS)
    make(film, tmp_path / "b")
    assert path.read_bytes() == (tmp_path / "b" / film.path).read_bytes()


@pytest.mark.parametrize("most", [32, 256])
def test_palettes_hold_few_colours_and_dither_spreads_their_error(
    tmp_path: Path, most: int
) -> None:
    film = mixture().frames()
    plain, dithered = (added(f"{name}-{most}", tmp_path)[0] for name in ("palette", "dither"))
    assert max(colours(plain), colours(dithered)) <= most < colours(film)
    assert not np.array_equal(plain, dithered)
    # Dither is farther from each pixel, and nearer to the mean of a few.
    errors = [np.abs(each.astype(int) - film).mean() for each in (plain, dithered)]
    assert errors[0] < errors[1]
    soft = [
        np.mean([np.abs(cv2.blur(e.astype(float) - f, (5, 5))).mean()
                 for e, f in zip(each[::8], film[::8], strict=True)])
        for each in (plain, dithered)
    ]  # fmt: skip
    assert soft[1] < soft[0]


def test_frame_rate_is_that_of_kinetics_gifs(tmp_path: Path) -> None:
    shown, path = added("frame-rate", tmp_path)
    info = probe(path)
    recipe = GifRecipe()
    instants = recipe.instants(0, 2560)
    assert len(shown) == len(instants) == 11
    np.testing.assert_array_equal(shown, mixture().frames()[[int(at / 40) for at in instants]])
    assert tuple(int(delay * info.tick * 1000) for delay in info.delays) == recipe.delays_ms(11)


def test_resolution_loses_what_is_fine_and_nothing_else(tmp_path: Path) -> None:
    film, halved = mixture().frames(), added("resolution", tmp_path)[0]
    assert halved.shape == film.shape
    fine = [np.abs(np.diff(each.astype(int), axis=2)).mean() for each in (film, halved)]
    assert fine[1] < 0.7 * fine[0]
    coarse = [
        cv2.resize(each[0], (16, 16), interpolation=cv2.INTER_AREA) for each in (film, halved)
    ]
    assert np.abs(coarse[0].astype(int) - coarse[1]).mean() < 2


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return render_factors(
        SPEC, tmp_path_factory.mktemp("factors") / "some", SOME, executor=Local(1)
    )


def test_the_index_pairs_the_mixtures_of_each_test_instance(rendered: Rendered) -> None:
    index = Index.read(rendered.path)
    rows = list(index.rows())
    assert (rendered.path.name, rendered.made, index.taxonomy) == (INDEX, 48, "puppets-16")
    assert Counter(row.style for row in rows) == dict.fromkeys(SOME, 16)
    assert Counter(Counter(row.group for row in rows).values()) == {3: 16}
    assert {(row.domain, row.split, row.state) for row in rows} == {(DOMAIN, "test", "decoded")}
    benchmark = {Instance(SEED, action, "test", 0).group for action in SPEC.classes}
    assert {row.group for row in rows} == benchmark


def test_rows_say_what_the_files_hold(rendered: Rendered) -> None:
    for row in rendered.index.rows():
        path = rendered.path.parent / str(row.path)
        info = probe(path)
        assert row.sha256 == sha256(path.read_bytes()).hexdigest()
        assert (row.frames, row.duration_ms) == (info.frames, round(info.duration_ms))
        starts_ms = [float(start * info.tick * 1000) for start in info.starts]
        assert [box.t_ms for box in row.boxes] == starts_ms
        assert all(before < after for before, after in pairwise(starts_ms))


def test_only_what_is_missing_is_rendered(rendered: Rendered) -> None:
    folder = rendered.path.parent
    victim = folder / str(next(rendered.index.rows()).path)
    content = victim.read_bytes()
    victim.unlink()
    again = render_factors(SPEC, folder, SOME, executor=Local(1))
    assert (again.made, victim.read_bytes()) == (1, content)
    assert again.index.identity == rendered.index.identity


def test_what_cannot_be_is_refused(rendered: Rendered) -> None:
    folder = rendered.path.parent
    assert (folder / SETTINGS).is_file()
    with pytest.raises(UsageError, match="set of mixtures that differs in seed 5 -> 6"):
        render_factors(Spec(clips_per_class=1, seed=6, size=SIZE), folder, SOME, executor=Local(1))
    with pytest.raises(UsageError, match="no mixture 'colour'; there are film, timing"):
        render_factors(SPEC, folder, ["colour"], executor=Local(1))


def test_everything_that_is_added_has_a_file_of_its_own() -> None:
    assert (*COMBINED, *ADDED) == STYLES
    paths = {FactorJob(SQUAT, style, SIZE, BIAS).path for style in STYLES}
    assert len(paths) == len(STYLES) == 23
