import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.background import background_of
from tests.methods.made import batch_of, network, rng_of, run_of


def test_actors_keep_their_pixels_and_stand_on_another_clips_background() -> None:
    method = make_method("background-randomisation", ["share=1"])
    method.build(network(), run_of())
    batch = batch_of(4)
    tubes_BTHW = batch.tubes_BTHW
    assert tubes_BTHW is not None
    seen_BTHWC = method.augment(batch, rng_of()).clips_BTHWC
    assert torch.equal(seen_BTHWC[tubes_BTHW], batch.clips_BTHWC[tubes_BTHW])
    for row in range(4):
        donors = [
            other
            for other in range(4)
            if torch.equal(seen_BTHWC[row, :, 32:], batch.clips_BTHWC[other, :, 32:])
        ]
        assert len(donors) == 1
        assert donors != [row]


def test_clips_without_a_tube_neither_get_nor_give_a_background() -> None:
    """Where it is not known who is in the picture, somebody else could come along."""
    method = make_method("background-randomisation", ["share=1"])
    method.build(network(), run_of())
    for seed in range(8):
        batch = batch_of(4)
        assert batch.tubes_BTHW is not None
        batch.tubes_BTHW[1:] = False
        assert torch.equal(method.augment(batch, rng_of(seed)).clips_BTHWC, batch.clips_BTHWC)


def test_the_other_actor_is_painted_over() -> None:
    clip_THWC = torch.full((2, 4, 4, 3), 10, dtype=torch.uint8)
    tube_THW = torch.zeros(2, 4, 4, dtype=torch.bool)
    tube_THW[:, :2, :2] = True
    clip_THWC[tube_THW] = 200
    assert (background_of(clip_THWC, tube_THW) == 10).all()
    everywhere = background_of(clip_THWC, torch.ones_like(tube_THW))
    assert (everywhere == everywhere[0, 0, 0]).all()


def test_the_count_is_reported_once_a_batch_and_resumed() -> None:
    method = make_method("background-randomisation")
    model = network()
    method.build(model, run_of())
    assert method.shortfall() == "no clip was exchanged"
    batch = method.augment(batch_of(8), rng_of())
    counts = [method.loss(model, part).counts["exchanged"] for part in batch.parts(2)]
    assert 0 < counts[0] < 8
    assert counts[1] == 0
    method.after_step(1, {"exchanged": sum(counts)})
    again = make_method("background-randomisation")
    again.build(model, run_of())
    again.load_state_dict(method.state_dict())
    assert again.shortfall() is None


def test_an_index_without_boxes_is_refused() -> None:
    with pytest.raises(UsageError, match="need boxes"):
        make_method("background-randomisation").build(network(), run_of(boxes=False))
