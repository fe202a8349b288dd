import pytest
import torch

from anigifs.clips.batch import Batch


def batch(count: int, *, tubes: bool) -> Batch:
    clips = torch.arange(count * 9 * 2 * 2 * 3).reshape(count, 9, 2, 2, 3).to(torch.uint8)
    names = tuple(f"clip {number}" for number in range(count))
    mask = torch.rand(count, 9, 2, 2) > 0.5 if tubes else None
    return Batch(clips, torch.arange(count), names, ("gif",) * count, mask)


@pytest.mark.parametrize("tubes", [False, True])
@pytest.mark.parametrize(("count", "parts"), [(8, 1), (8, 3), (3, 8), (1, 1), (0, 2)])
def test_parts_make_up_the_batch(count: int, parts: int, tubes: bool) -> None:
    whole = batch(count, tubes=tubes)
    cut = whole.parts(parts)
    assert len(cut) == min(count, parts)
    assert all(len(part) > 0 for part in cut)
    assert sum((part.clip_ids for part in cut), ()) == whole.clip_ids
    if not cut:
        return
    assert torch.equal(torch.cat([part.clips_BTHWC for part in cut]), whole.clips_BTHWC)
    assert torch.equal(torch.cat([part.labels_B for part in cut]), whole.labels_B)
    found = [part.tubes_BTHW for part in cut if part.tubes_BTHW is not None]
    assert len(found) == (len(cut) if tubes else 0)
    if whole.tubes_BTHW is not None:
        assert torch.equal(torch.cat(found), whole.tubes_BTHW)


@pytest.mark.parametrize("tubes", [False, True])
def test_a_batch_moves_as_one(tubes: bool) -> None:
    moved = batch(2, tubes=tubes).to("meta")
    assert moved.clips_BTHWC.is_meta
    assert moved.labels_B.is_meta
    assert moved.clip_ids == ("clip 0", "clip 1")
    assert (moved.tubes_BTHW is not None) == tubes
