from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.video_mix import VideoMix, cut_out, mixed_tubes
from tests.methods.made import batch_of, network, rng_of, run_of

CUTS = ["spatial", "temporal", "cuboid"]
VALUES = (0, 40, 100, 220)
"""Of all pixels of each clip, so that it can be seen whose a pixel is, and how much of it."""


def method_of(*options: str) -> VideoMix:
    method = make_method("video-mix", options)
    assert isinstance(method, VideoMix)
    method.build(network(), run_of())
    return method


def plain_clips() -> Batch:
    batch = batch_of(4)
    values = torch.tensor(VALUES, dtype=torch.uint8).view(4, 1, 1, 1, 1)
    return replace(batch, clips_BTHWC=values.expand_as(batch.clips_BTHWC).contiguous())


def soft(batch: Batch, partners: list[int], shares: list[float]) -> Tensor:
    """The labels as probabilities: those of both clips by their shares."""
    own_BK = functional.one_hot(batch.labels_B, 3).float()
    shares_B1 = torch.tensor(shares).unsqueeze(1)
    return (1 - shares_B1) * own_BK + shares_B1 * own_BK[partners]


def found(seen_BTHWC: Tensor) -> tuple[list[int], list[float], list[Tensor]]:
    """Whose pixels are in each clip besides its own, their share, and where they are."""
    partners, shares, places = [], [], []
    for row, clip_THWC in enumerate(seen_BTHWC):
        values = [VALUES.index(value) for value in clip_THWC.unique().tolist()]
        others = [value for value in values if value != row] or [row]
        assert len(others) == 1
        other_THW = (clip_THWC == VALUES[others[0]]).all(dim=3) & (others[0] != row)
        partners.append(others[0])
        shares.append(other_THW.float().mean().item())
        places.append(other_THW)
    return partners, shares, places


def a_box(place_THW: Tensor) -> bool:
    """Whether the places are all of a box, and nothing else."""
    sides = [place_THW.flatten(1).any(1), place_THW.any(2).any(0), place_THW.any(1).any(0)]
    return bool(place_THW.sum() == np.prod([int(side.sum()) for side in sides]))


@pytest.mark.parametrize("kind", CUTS)
def test_a_part_of_the_other_clip_is_pasted_and_the_labels_go_by_its_voxels(kind: str) -> None:
    method, model, batch = method_of(f"kind={kind}"), network(), plain_clips()
    mixed = 0.0
    for seed in range(6):
        seen = method.augment(batch, rng_of(seed))
        partners, shares, places = found(seen.clips_BTHWC)
        result = method.loss(model, seen)
        logits_BK, _ = model(seen.clips_BTHWC)
        expected = functional.cross_entropy(logits_BK, soft(batch, partners, shares))
        torch.testing.assert_close(result.loss, expected)
        assert result.counts["mixed"] == sum(share > 0 for share in shares)
        assert result.counts["share_of_others"] == pytest.approx(sum(shares))
        for place_THW in places:
            whole_frames = place_THW.flatten(1).all(1) | ~place_THW.flatten(1).any(1)
            assert a_box(place_THW)
            assert kind != "spatial" or torch.equal(place_THW, place_THW[:1].expand_as(place_THW))
            assert kind != "temporal" or whole_frames.all()
        assert len({share for share in shares if share}) <= 1
        mixed += result.counts["mixed"]
    assert mixed > 10


def test_mixup_blends_pixels_and_labels_by_one_share() -> None:
    method, model, batch = method_of("kind=mixup", "alpha=1"), network(), plain_clips()
    for seed in range(4):
        seen = method.augment(batch, rng_of(seed))
        result = method.loss(model, seen)
        share = result.counts["share_of_others"] / max(1.0, result.counts["mixed"])
        partners = []
        for row, clip_THWC in enumerate(seen.clips_BTHWC):
            (value,) = clip_THWC.unique().tolist()
            blends = [(1 - share) * VALUES[row] + share * other for other in VALUES]
            (partner,) = [one for one in range(4) if abs(blends[one] - value) <= 0.501]
            partners.append(partner)
        assert sorted(partners) == [0, 1, 2, 3]
        logits_BK, _ = model(seen.clips_BTHWC)
        target = soft(batch, partners, [share] * 4)
        torch.testing.assert_close(result.loss, functional.cross_entropy(logits_BK, target))


@pytest.mark.parametrize("kind", ["mixup", *CUTS])
def test_parts_of_a_batch_add_up_and_the_batch_given_stays(kind: str) -> None:
    method, model, batch = method_of(f"kind={kind}"), network(), batch_of(4)
    before = batch.clips_BTHWC.clone()
    whole = method.loss(model, method.augment(batch, rng_of(3)))
    parts = [method.loss(model, part) for part in method.augment(batch, rng_of(3)).parts(2)]
    torch.testing.assert_close(torch.stack([part.loss for part in parts]).mean(), whole.loss)
    assert sum(part.counts["mixed"] for part in parts) == whole.counts["mixed"] > 0
    assert torch.equal(batch.clips_BTHWC, before)


def test_updates_that_do_not_mix_are_erm() -> None:
    method, model, batch = method_of("p=0.5"), network(), batch_of(2)
    plain = [method.augment(batch, rng_of(seed)) is batch for seed in range(60)]
    assert 18 < sum(plain) < 42
    method.augment(batch, rng_of(plain.index(True)))
    result = method.loss(model, batch)
    assert torch.equal(result.loss, make_method("erm").loss(model, batch).loss)
    assert result.counts == {"mixed": 0.0, "share_of_others": 0.0}


def test_all_processes_cut_the_same_part_out() -> None:
    method, batch = method_of("kind=cuboid"), plain_clips()
    compared = 0
    for seed in range(8):
        _, _, places = found(method.augment(batch, rng_of(seed)).clips_BTHWC)
        _, _, halved = found(method.augment(batch.parts(2)[0], rng_of(seed)).clips_BTHWC)
        cut = [place_THW for place_THW in (*places, *halved) if place_THW.any()]
        assert all(torch.equal(place_THW, cut[0]) for place_THW in cut)
        compared += any(place_THW.any() for place_THW in halved)
    assert compared > 2


def test_tubes_are_of_both_clips_and_of_neither_where_one_is_unknown() -> None:
    own_BTHW, other_BTHW = (torch.zeros(3, 4, 8, 8, dtype=torch.bool) for _ in range(2))
    own_BTHW[:2, :, :4] = True
    other_BTHW[::2, :, :, :4] = True
    part = (slice(1, 3), slice(0, 8), slice(2, 6))
    pasted = mixed_tubes(own_BTHW, other_BTHW, part)
    assert not pasted[1:].any(), "of one clip of these pairs it is not known where its people are"
    assert torch.equal(pasted[0, [0, 3]], own_BTHW[0, [0, 3]])
    assert torch.equal(pasted[0, 1:3, :, 2:6], other_BTHW[0, 1:3, :, 2:6])
    assert torch.equal(pasted[0, 1:3, :, 6:], own_BTHW[0, 1:3, :, 6:])
    blended = mixed_tubes(own_BTHW, other_BTHW, None)
    assert torch.equal(blended[0], own_BTHW[0] | other_BTHW[0])
    assert not blended[1:].any()


def test_tubes_follow_the_pixels_of_their_clips() -> None:
    method, batch = method_of("kind=spatial"), plain_clips()
    assert batch.tubes_BTHW is not None
    batch.tubes_BTHW[1] = True
    seen = method.augment(batch, rng_of(2))
    assert seen.tubes_BTHW is not None
    partners, _, places = found(seen.clips_BTHWC)
    assert 1 in [partner for row, partner in enumerate(partners) if row != partner]
    for row, partner in enumerate(partners):
        own_THW, other_THW = batch.tubes_BTHW[row], batch.tubes_BTHW[partner]
        expected_THW = torch.where(places[row], other_THW, own_THW)
        assert torch.equal(seen.tubes_BTHW[row], expected_THW)


@pytest.mark.parametrize("axes", [(1, 2), (0,), (0, 1, 2)])
def test_a_part_has_its_share_unless_it_is_cut_off_at_the_edge(axes: tuple[int, ...]) -> None:
    whole, share = (16, 64, 64), 0.25
    sides = {axis: round(whole[axis] * share ** (1 / len(axes))) for axis in axes}
    lengths = []
    for seed in range(50):
        part = cut_out(rng_of(seed), share, whole, axes)
        for axis, edge in enumerate(part):
            length = edge.stop - edge.start
            assert 0 <= edge.start <= edge.stop <= whole[axis]
            if axis not in axes:
                assert length == whole[axis]
            else:
                at_edge = edge.start == 0 or edge.stop == whole[axis]
                assert length == sides[axis] or (at_edge and length < sides[axis])
                lengths.append(length == sides[axis])
    assert any(lengths)
    assert not all(lengths)


def test_a_share_of_less_than_half_a_frame_mixes_nothing() -> None:
    part = cut_out(rng_of(), 0.03, (16, 64, 64), (0,))
    assert part[0].start == part[0].stop


@pytest.mark.parametrize("option", ["p=0", "p=1.5", "alpha=0", "alpha=inf", "kind=cutmix"])
def test_options_that_cannot_be_meant_are_one_line(option: str) -> None:
    with pytest.raises(UsageError, match=r"above 0|kind is mixup or spatial"):
        method_of(option)
