import itertools
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.clips import PreparedClips, PrepareRule
from anigifs.clips.batch import Batch
from anigifs.clips.loader import ClipItem, ClipLoader
from anigifs.clips.samplers import whole_by_time
from anigifs.clips.tubes import TubeRule
from anigifs.foundation import UsageError
from anigifs.index import Box
from tests.clips.made import SMALL, prepared_clips

COUNT = 11
BOX = Box(t_ms=0, x1=0.1, y1=0.2, x2=0.4, y2=0.9)
TRAINING: dict[str, Any] = {"shuffle": True, "flip": True, "random_crop": True, "size": 20}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedClips:
    return prepared_clips(tmp_path_factory.mktemp("clips"), COUNT)


def items(boxes: tuple[Box, ...] = (BOX,)) -> list[ClipItem]:
    return [ClipItem(f"clip-{n:03d}", n % 3, "gif", boxes if n % 2 else ()) for n in range(COUNT)]


def loader(prepared: PreparedClips, **options: Any) -> ClipLoader:  # noqa: ANN401
    return ClipLoader(prepared, items(), **{"frames": 9, "batch_size": 4, **options})


def same(one: Batch, other: Batch) -> bool:
    assert one.tubes_BTHW is not None
    assert other.tubes_BTHW is not None
    return (
        one.clip_ids == other.clip_ids
        and torch.equal(one.clips_BTHWC, other.clips_BTHWC)
        and torch.equal(one.labels_B, other.labels_B)
        and torch.equal(one.tubes_BTHW, other.tubes_BTHW)
    )


def all_same(some: list[Batch], others: list[Batch]) -> bool:
    return len(some) == len(others) and all(map(same, some, others))


def test_a_test_shows_every_clip_once_in_order_and_unchanged(prepared: PreparedClips) -> None:
    test = loader(prepared, flip=False)
    for _ in range(2):
        batches = list(test)
        assert [len(batch) for batch in batches] == [4, 4, 3]
        assert [name for batch in batches for name in batch.clip_ids] == [
            item.clip_id for item in items()
        ]
        for batch in batches:
            assert batch.clips_BTHWC.dtype == torch.uint8
            assert batch.labels_B.dtype == torch.int64
            for name, label, clip in zip(
                batch.clip_ids, batch.labels_B, batch.clips_BTHWC, strict=True
            ):
                whole = prepared.get(name)
                shown = whole.frames_FHWC[list(whole_by_time(whole.delays, 9))]
                np.testing.assert_array_equal(clip.numpy(), shown)
                assert label == int(name[-3:]) % 3
    assert test.epoch == 2


def test_the_same_seed_gives_the_same_batches_and_another_gives_others(
    prepared: PreparedClips,
) -> None:
    def epochs(**options: Any) -> list[Batch]:  # noqa: ANN401
        training = loader(prepared, **TRAINING, **options)
        return [*training, *training]

    first = epochs(seed=1)
    assert all_same(first, epochs(seed=1))
    assert all_same(first, epochs(seed=1, threads=3))
    assert not all_same(first, epochs(seed=2))
    assert not all_same(first[:3], first[3:])
    names = [name for batch in first[:3] for name in batch.clip_ids]
    assert sorted(names) == [item.clip_id for item in items()]


@pytest.mark.parametrize("world_size", [2, 3, 4])
def test_processes_share_each_batch_and_see_what_one_would(
    prepared: PreparedClips, world_size: int
) -> None:
    options = {**TRAINING, "drop_last": True}
    whole = list(loader(prepared, **options))
    parts = [
        list(loader(prepared, **options, rank=rank, world_size=world_size))
        for rank in range(world_size)
    ]
    assert {len(batches) for batches in parts} == {2}
    for number, batch in enumerate(whole):
        shares = [own[number] for own in parts]
        joined = Batch(
            torch.cat([share.clips_BTHWC for share in shares]),
            torch.cat([share.labels_B for share in shares]),
            sum((share.clip_ids for share in shares), ()),
            sum((share.domains for share in shares), ()),
            torch.cat([share.tubes_BTHW for share in shares if share.tubes_BTHW is not None]),
        )
        assert same(batch, joined)


@pytest.mark.parametrize("world_size", [2, 3, 4])
def test_a_test_over_processes_counts_every_clip_once(
    prepared: PreparedClips, world_size: int
) -> None:
    seen: Counter[str] = Counter()
    for rank in range(world_size):
        for batch in loader(prepared, rank=rank, world_size=world_size):
            assert len(batch) > 0
            seen.update(batch.clip_ids)
    assert seen == Counter(item.clip_id for item in items())


@pytest.mark.parametrize("balance", [False, True])
def test_a_resume_at_every_position_goes_on_with_the_next_batch(
    prepared: PreparedClips, balance: bool
) -> None:
    options = {**TRAINING, "balance": balance, "frames": 16}
    training = loader(prepared, **options)
    batches, states = [], [training.state_dict()]
    for _ in range(2):
        for batch in training:
            batches.append(batch)
            states.append(training.state_dict())
    for position, state in enumerate(states):
        resumed = loader(prepared, **options, threads=2)
        resumed.load_state_dict(state)
        rest: list[Batch] = []
        while resumed.epoch < 2:
            rest.extend(resumed)
        assert all_same(rest, batches[position:])


def test_the_end_of_an_epoch_is_reached_once_by_who_resumes_at_its_last_batch(
    prepared: PreparedClips,
) -> None:
    training = loader(prepared, **TRAINING)
    for _ in training:
        state = training.state_dict()
    assert (state["epoch"], state["position"]) == (0, len(training))
    resumed = loader(prepared, **TRAINING)
    resumed.load_state_dict(state)
    assert list(resumed) == []
    assert (resumed.epoch, resumed.position) == (1, 0)


def test_an_iteration_that_is_broken_off_goes_on_and_leaves_no_thread(
    prepared: PreparedClips,
) -> None:
    whole = list(loader(prepared, **TRAINING))
    training = loader(prepared, **TRAINING)
    begun = []
    for batch in training:
        begun.append(batch)
        break
    assert all_same([*begun, *training], whole)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("loader")]


def test_the_number_of_processes_may_change_in_a_resume(prepared: PreparedClips) -> None:
    training = loader(prepared, **TRAINING, drop_last=True)
    next(iter(training))
    second = list(loader(prepared, **TRAINING, drop_last=True))[1]
    resumed = loader(prepared, **TRAINING, drop_last=True, rank=1, world_size=2)
    resumed.load_state_dict(training.state_dict())
    assert [batch.clip_ids for batch in resumed] == [second.clip_ids[2:]]


def test_a_draw_is_a_batch_of_its_generator_alone(prepared: PreparedClips) -> None:
    train = loader(prepared, **TRAINING)
    undisturbed = list(loader(prepared, **TRAINING))
    given = iter(train)
    batches = [next(given)]
    drawn = [train.draw(np.random.default_rng(seed)) for seed in range(30)]
    batches += list(given)
    assert all_same(batches, undisturbed), "the epoch goes on as if nothing had happened"
    for seed, batch in enumerate(drawn):
        assert len(set(batch.clip_ids)) == len(batch) == 4
        assert same(batch, train.draw(np.random.default_rng(seed)))
    assert len({name for batch in drawn for name in batch.clip_ids}) == COUNT
    assert len(train.draw(np.random.default_rng(0))) == 4
    assert len(loader(prepared, batch_size=50).draw(np.random.default_rng(0))) == COUNT


def test_processes_share_a_draw(prepared: PreparedClips) -> None:
    options = {**TRAINING, "drop_last": True}
    whole = loader(prepared, **options).draw(np.random.default_rng(5))
    for world in (2, 3, 4):
        parts = [
            loader(prepared, rank=rank, world_size=world, **options).draw(np.random.default_rng(5))
            for rank in range(world)
        ]
        assert tuple(name for part in parts for name in part.clip_ids) == whole.clip_ids
        assert torch.equal(torch.cat([part.clips_BTHWC for part in parts]), whole.clips_BTHWC)


def test_a_state_of_other_clips_or_settings_is_refused(prepared: PreparedClips) -> None:
    state = loader(prepared, **TRAINING).state_dict()
    for other in ({"seed": 1}, {"batch_size": 5}, {"flip": False}, {"frames": 10}):
        with pytest.raises(UsageError, match="saved with other clips, seed or settings"):
            loader(prepared, **{**TRAINING, **other}).load_state_dict(state)
    with pytest.raises(UsageError, match="saved with other clips"):
        ClipLoader(prepared, items(boxes=()), frames=9, batch_size=4, **TRAINING).load_state_dict(
            state
        )


def test_flip_and_crop_act_on_clip_and_tube_alike(prepared: PreparedClips) -> None:
    whole_of: dict[str, Batch] = {}
    for batch in loader(prepared, batch_size=1):
        whole_of[batch.clip_ids[0]] = batch
    training = loader(prepared, batch_size=1, **TRAINING)
    seen: Counter[tuple[int, int, bool]] = Counter()
    for _ in range(30):
        for batch in training:
            whole = whole_of[batch.clip_ids[0]]
            assert batch.tubes_BTHW is not None
            assert whole.tubes_BTHW is not None
            found = [
                (top, left, flip)
                for top in range(5)
                for left in range(5)
                for flip in (False, True)
                if torch.equal(
                    batch.clips_BTHWC,
                    turned(whole.clips_BTHWC[:, :, top : top + 20, left : left + 20], flip),
                )
            ]
            assert len(found) == 1
            top, left, flip = found[0]
            part = whole.tubes_BTHW[:, :, top : top + 20, left : left + 20]
            assert torch.equal(batch.tubes_BTHW, turned(part, flip))
            seen[found[0]] += 1
    assert len({top for top, _, _ in seen}) == len({left for _, left, _ in seen}) == 5
    flips = sum(count for (_, _, flip), count in seen.items() if flip)
    assert 0.35 < flips / seen.total() < 0.65  # of 330: 5 standard deviations


def with_a_box_in_every_frame(prepared: PreparedClips, start_ms: int = 0) -> list[ClipItem]:
    """Of frame n columns 2 n and 2 n + 1 of 24, from when the frame begins to show."""
    moving = []
    for item in items():
        clip = prepared.get(item.clip_id)
        starts = np.cumsum((0, *clip.delays[:-1]))
        boxes = tuple(
            Box(start_ms + int(1000 * start * clip.tick), n / 12, 0, (n + 1) / 12, 1, "jump", "a")
            for n, start in enumerate(starts.tolist())
        )
        moving.append(replace(item, boxes=boxes, start_ms=start_ms))
    return moving


def way_seen(batch: Batch, whole_FHWC: torch.Tensor) -> tuple[int, bool, list[int]]:
    """Left edge, flip and frames of the batch's one clip, found from its pixels alone."""
    shown_THWC, found = batch.clips_BTHWC[0], []
    for top, left, flip in itertools.product(range(5), range(5), (False, True)):
        part = turned(whole_FHWC[None, :, top : top + 20, left : left + 20], flip)[0]
        unlike_TF = (shown_THWC[:, None] != part).flatten(2).any(dim=2)
        if not unlike_TF[0].all():
            found.append((left, flip, unlike_TF.int().argmin(dim=1).tolist()))
    (way,) = found
    return way


@pytest.mark.parametrize("options", [{"sampler": "dense"}, {"frames": 16}])
@pytest.mark.parametrize("start_ms", [0, 1700])
def test_each_frame_has_its_own_box_however_the_clip_is_seen(
    prepared: PreparedClips, options: dict[str, Any], start_ms: int
) -> None:
    moving = with_a_box_in_every_frame(prepared, start_ms)
    training = ClipLoader(prepared, moving, **{**TRAINING, "frames": 9, "batch_size": 1, **options})
    for batch in training:
        whole_FHWC = torch.from_numpy(prepared.get(batch.clip_ids[0]).frames_FHWC.copy())
        left, flip, numbers = way_seen(batch, whole_FHWC)
        assert len(set(numbers)) > 1
        assert batch.tubes_BTHW is not None
        for number, tube_HW in zip(numbers, batch.tubes_BTHW[0], strict=True):
            columns = torch.zeros(24, dtype=torch.bool)
            columns[2 * number : 2 * number + 2] = True
            seen = columns[left : left + 20]
            assert torch.equal(tube_HW, (seen.flip(0) if flip else seen).expand(20, 20))


def test_a_clips_rule_for_tubes_is_part_of_its_settings(prepared: PreparedClips) -> None:
    moving = with_a_box_in_every_frame(prepared)

    def first(rule: TubeRule) -> tuple[Batch, dict[str, Any]]:
        test = ClipLoader(prepared, moving, frames=9, batch_size=4, tubes=rule)
        return next(iter(test)), test.state_dict()

    (plain, state), (grown, _), (spanned, _) = map(
        first, (TubeRule(), TubeRule(dilate=1.0), TubeRule(span_ms=0))
    )
    assert plain.tubes_BTHW is not None
    assert grown.tubes_BTHW is not None
    assert spanned.tubes_BTHW is not None
    assert torch.equal(plain.clips_BTHWC, grown.clips_BTHWC)
    assert (grown.tubes_BTHW | ~plain.tubes_BTHW).all()
    assert grown.tubes_BTHW.sum() > 2 * plain.tubes_BTHW.sum()
    assert torch.equal(spanned.tubes_BTHW, plain.tubes_BTHW)  # each frame is annotated
    for rule in (TubeRule(dilate=0.1), TubeRule(span_ms=1000)):
        with pytest.raises(UsageError, match="saved with other clips, seed or settings"):
            ClipLoader(prepared, moving, frames=9, batch_size=4, tubes=rule).load_state_dict(state)


def turned(pixels: torch.Tensor, flip: bool) -> torch.Tensor:
    return pixels.flip(3) if flip else pixels


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(8, 24))
def test_flipping_twice_is_no_flip(prepared: PreparedClips, seed: int, size: int) -> None:
    options = {**TRAINING, "size": size, "seed": seed, "batch_size": COUNT}
    (flipped,) = loader(prepared, **options)
    (plain,) = loader(prepared, **{**options, "flip": False})
    assert flipped.tubes_BTHW is not None
    assert plain.tubes_BTHW is not None
    for row in range(COUNT):
        once = flipped.clips_BTHWC[row], flipped.tubes_BTHW[row]
        if torch.equal(once[0], plain.clips_BTHWC[row]):
            continue
        assert torch.equal(once[0].flip(2), plain.clips_BTHWC[row])
        assert torch.equal(once[1].flip(2), plain.tubes_BTHW[row])


def test_options_do_not_shift_each_others_draws(prepared: PreparedClips) -> None:
    def crops(**more: Any) -> list[torch.Tensor]:  # noqa: ANN401
        return [batch.clips_BTHWC for batch in loader(prepared, **{**TRAINING, **more})]

    cropped, both = crops(flip=False), crops()
    for plain, flipped in zip(cropped, both, strict=True):
        for one, other in zip(plain, flipped, strict=True):
            assert torch.equal(one, other) or torch.equal(one, other.flip(2))


def test_tubes_are_there_when_any_clip_has_boxes(prepared: PreparedClips) -> None:
    for batch in loader(prepared):
        assert batch.tubes_BTHW is not None
        assert batch.tubes_BTHW.dtype == torch.bool
        assert batch.tubes_BTHW.shape == batch.clips_BTHWC.shape[:4]
        for name, tube in zip(batch.clip_ids, batch.tubes_BTHW, strict=True):
            assert tube.any() == bool(int(name[-3:]) % 2)
    for batch in ClipLoader(prepared, items(boxes=()), frames=9):
        assert batch.tubes_BTHW is None


def test_batches_are_the_consumers_own(prepared: PreparedClips) -> None:
    expected = list(loader(prepared))
    kept = []
    for batch in loader(prepared):
        batch.clips_BTHWC.add_(0)
        kept.append(batch)
    assert all_same(kept, expected)
    kept[0].clips_BTHWC.zero_()
    assert all_same(kept[1:], expected[1:])
    assert same(next(iter(loader(prepared))), expected[0])


def test_balance_shows_each_class_equally_often(prepared: PreparedClips) -> None:
    rare = [replace(item, label=int(number == 0)) for number, item in enumerate(items())]
    training = ClipLoader(prepared, rare, frames=9, shuffle=True, balance=True, batch_size=2)
    labels = [int(label) for batch in training for label in batch.labels_B]
    assert Counter(labels) == {0: 6, 1: 6}


def test_samplers_of_several_lengths_take_one_clip_at_a_time(prepared: PreparedClips) -> None:
    with pytest.raises(UsageError, match="'native' gives clips of several lengths"):
        loader(prepared, sampler="native")
    with pytest.raises(UsageError, match="'dense' gives clips of several lengths"):
        loader(prepared, sampler="dense")
    for sampler in ("native", "dense"):
        shapes = {b.clips_BTHWC.shape[1] for b in loader(prepared, sampler=sampler, batch_size=1)}
        assert shapes == {12}
        shares = [
            list(loader(prepared, sampler=sampler, batch_size=2, rank=rank, world_size=2))
            for rank in range(2)
        ]
        assert sorted(map(len, shares)) == [5, 6]
    snippets = list(loader(prepared, sampler="dense", shuffle=True))
    assert {batch.clips_BTHWC.shape[1] for batch in snippets} == {9}


def test_dense_refuses_clips_that_were_thinned(tmp_path: Path) -> None:
    thin = prepared_clips(tmp_path, 2, replace(SMALL, max_frames=10))
    with pytest.raises(UsageError, match=r"2 clips were thinned.*max_frames of 12"):
        ClipLoader(thin, items()[:2], sampler="dense", shuffle=True)


def test_what_cannot_be_loaded_is_said_at_once(prepared: PreparedClips, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no clips"):
        ClipLoader(prepared, [])
    with pytest.raises(UsageError, match=r"11 of 11 clips are not prepared; the first: .*clip-000"):
        ClipLoader(PreparedClips(tmp_path, PrepareRule()), items())
    with pytest.raises(UsageError, match="clips of 30 pixels cannot be cut from prepared ones of"):
        loader(prepared, size=30)
    with pytest.raises(UsageError, match="a batch of 4 cannot be shared by 5 processes"):
        loader(prepared, world_size=5)
    with pytest.raises(UsageError, match="set shuffle, too"):
        loader(prepared, balance=True)
    with pytest.raises(UsageError, match="the last batch of 3 clips leaves one of 4 processes"):
        loader(prepared, shuffle=True, world_size=4)


def test_a_fault_in_the_background_reaches_the_consumer(
    prepared: PreparedClips, tmp_path: Path
) -> None:
    broken = prepared_clips(tmp_path, 2)
    training = ClipLoader(broken, items()[:2], frames=9)
    for path in (tmp_path / "prepared").rglob("*.bin"):
        path.unlink()
    with pytest.raises(FileNotFoundError):
        list(training)
