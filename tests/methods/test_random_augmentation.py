import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.transforms import apply, draw
from tests.methods.made import batch_of, network, rng_of, run_of


def test_every_batch_gets_a_fresh_tuple_of_four() -> None:
    method = make_method("random-augmentation")
    method.build(network(), run_of(updates=3))
    batch = batch_of(2)
    before = batch.clips_BTHWC.clone()
    for seed in range(3):
        seen = method.augment(batch, rng_of(seed))
        expected = apply(draw(rng_of(seed), 4), batch.clips_BTHWC.numpy())
        assert torch.equal(seen.clips_BTHWC, torch.from_numpy(expected))
        assert seen.tubes_BTHW is not None
        assert batch.tubes_BTHW is not None
        assert torch.equal(seen.tubes_BTHW, batch.tubes_BTHW)
    assert torch.equal(batch.clips_BTHWC, before)
    assert method.shortfall() is None


def test_a_share_of_batches_can_stay_clean() -> None:
    method = make_method("random-augmentation", ["share=0.5", "length=2"])
    method.build(network(), run_of(updates=60))
    batch = batch_of(1)
    clean = sum(method.augment(batch, rng_of(seed)) is batch for seed in range(60))
    assert 18 < clean < 42


def test_a_run_without_transformed_batches_falls_short_and_the_count_is_resumed() -> None:
    method = make_method("random-augmentation")
    method.build(network(), run_of(updates=2))
    assert method.shortfall() == "0 of 2 batches came by"
    assert not method.has_acted()
    method.augment(batch_of(1), rng_of())
    assert method.has_acted()
    again = make_method("random-augmentation")
    again.build(network(), run_of(updates=2))
    again.load_state_dict(method.state_dict())
    again.augment(batch_of(1), rng_of())
    assert again.shortfall() is None


def test_a_share_of_less_than_one_batch_is_refused() -> None:
    with pytest.raises(UsageError, match=r"a share of 0.01 of 20 batches is less than one"):
        make_method("random-augmentation", ["share=0.01"]).build(network(), run_of(updates=20))
