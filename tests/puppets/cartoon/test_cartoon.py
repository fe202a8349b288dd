from collections import Counter

import numpy as np
import pytest
import scipy.stats

from anigifs.clips.compact import packed_colours
from anigifs.puppets.cartoon import flat
from anigifs.puppets.cartoon.backdrops import backdrop
from anigifs.puppets.cartoon.drawing import Drawing, Palette
from anigifs.puppets.cartoon.render import STYLES, Cartoon
from anigifs.puppets.cartoon.timing import timing_of
from anigifs.puppets.instance import Instance
from tests.puppets.made import ACTIONS, SEED, some

MOST_COLOURS = {"flat": 16, "pixel": 16, "sketch": 16, "toy": 64}


def test_cartoons_have_few_frames_that_show_unevenly_long() -> None:
    uneven, counts = [], set()
    for action in ACTIONS:
        for instance in some(action, 10):
            timing = timing_of(instance, instance.generator("cartoon timing"))
            delays = timing.delays_ms
            assert len(timing.phase_T) == len(delays) == len(timing.starts_ms)
            assert 6 <= len(delays) <= 24
            assert all(delay >= 30 and delay % 10 == 0 for delay in delays)
            assert timing.starts_ms == np.cumsum([0, *delays])[:-1].tolist()
            uneven.append(len(set(delays)) > 1)
            counts.add(len(delays))
    assert np.mean(uneven) > 0.8
    assert len(counts) > 10


def test_a_loop_is_whole_cycles_in_the_order_of_time() -> None:
    begins = []
    for action in ACTIONS:
        for instance in some(action, 10):
            phase_T = timing_of(instance, instance.generator("cartoon timing")).phase_T
            cycles = int(np.floor(phase_T.max())) + 1
            assert cycles in (1, 2)
            steps_T = (np.roll(phase_T, -1) - phase_T) % cycles
            assert steps_T.sum() == pytest.approx(cycles)  # once round, forward
            assert steps_T.min() > 0
            assert steps_T.max() < 0.4
            begins.append(phase_T[0])
    assert np.ptp(begins) > 0.5  # anywhere in the loop


def test_the_timing_is_the_same_in_every_style() -> None:
    instance = Instance(SEED, "jogging", "test", 1)
    timings = {Cartoon(instance, style, 64).timing.delays_ms for style in STYLES}
    assert len(timings) == 1


@pytest.mark.parametrize("style", STYLES)
def test_a_cartoon_has_few_colours_and_moves(style: str) -> None:
    for action in ACTIONS:
        for instance in some(action, 1):
            cartoon = Cartoon(instance, style, 64)
            frames = cartoon.frames()
            assert frames.shape == (len(cartoon.timing.delays_ms), 64, 64, 3)
            assert frames.dtype == np.uint8
            colours = np.unique(packed_colours(frames))
            assert 2 <= len(colours) <= MOST_COLOURS[style]
            assert (frames[1:] != frames[:-1]).any(axis=(1, 2, 3)).mean() > 0.5
            boxes_T4 = cartoon.drawing.boxes_T4
            assert (boxes_T4[:, :2] < boxes_T4[:, 2:]).all()
            assert boxes_T4.min() >= 0
            assert boxes_T4.max() <= 1


def test_styles_do_not_look_alike() -> None:
    instance = Instance(SEED, "squat", "test", 0)
    first = {style: Cartoon(instance, style, 64).frames()[0] for style in STYLES}
    for style in STYLES:
        for other in set(STYLES) - {style}:
            assert (first[style] != first[other]).any(axis=2).mean() > 0.5


def test_pixel_art_is_made_of_squares() -> None:
    for action in ACTIONS[:6]:
        frame = Cartoon(Instance(SEED, action, "test", 0), "pixel", 160).frames()[0]
        for axis in (0, 1):
            lines = np.moveaxis(frame, axis, 0)
            changes = (lines[1:] != lines[:-1]).any(axis=(1, 2))
            assert changes.sum() < 54  # the finest grid has so many lines


def test_backdrops_tell_nothing_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[np.ndarray] = []

    def spied(rng: np.random.Generator, palette: Palette, size: int) -> np.ndarray:
        picture = backdrop(rng, palette, size)
        drawn.append(palette.table()[picture])
        return picture

    monkeypatch.setattr(flat, "backdrop", spied)
    kinds: dict[str, Counter[str]] = {}
    light: dict[str, list[float]] = {}
    for action in ACTIONS:
        counted: Counter[str] = Counter()
        light[action] = []
        for instance in some(action, 12):
            drawn.clear()
            drawing = Cartoon(instance, "flat", 32).drawing
            assert (drawing.nothing is None) == bool(drawn)
            counted[_kind(drawn[0]) if drawn else "sticker"] += 1
            light[action] += [float(one.mean()) for one in drawn]
        kinds[action] = counted
    names = sorted(set().union(*kinds.values()))
    assert names == ["floor", "hills", "other", "plain", "sticker"]
    table = np.array([[kinds[action][name] for name in names] for action in ACTIONS])
    assert scipy.stats.chi2_contingency(table).pvalue > 0.01
    assert scipy.stats.kruskal(*light.values()).pvalue > 0.01
    total = dict(zip(names, table.sum(axis=0), strict=True))
    stickers = scipy.stats.binomtest(int(total.pop("sticker")), int(table.sum()), 0.15)
    assert stickers.pvalue > 0.01
    # Of six kinds three are told apart here, and the other three are one.
    expected = np.array([1, 1, 3, 1]) / 6 * sum(total.values())
    assert scipy.stats.chisquare(list(total.values()), expected).pvalue > 0.01


def _kind(picture_HWC: np.ndarray) -> str:
    colours = len(np.unique(picture_HWC.reshape(-1, 3), axis=0))
    if colours == 1:
        return "plain"
    if colours > 2:
        return "hills"
    return "floor" if (picture_HWC == picture_HWC[:, :1]).all() else "other"


def test_some_cartoons_are_stickers_and_a_sticker_has_no_background() -> None:
    found: list[Drawing] = []
    for style in ("flat", "pixel"):
        for number in range(12):
            for action in ("squat", "jogging"):
                drawing = Cartoon(Instance(SEED, action, "train", number), style, 64).drawing
                found += [drawing] if drawing.nothing is not None else []
    assert found
    for drawing in found:
        assert drawing.palette[drawing.nothing].tolist() == [0, 0, 0]
        border = np.concatenate([drawing.indices_THW[:, 0], drawing.indices_THW[:, -1]])
        assert (border == drawing.nothing).mean() > 0.9


def test_a_cartoon_is_the_same_each_time() -> None:
    for style in STYLES:
        one, other = (Cartoon(Instance(SEED, "lunge", "val", 2), style, 64) for _ in range(2))
        assert one.gif() == other.gif()
