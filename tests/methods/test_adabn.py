"""Statistics of the target, against those that numpy finds in what goes into a BatchNorm."""

import copy
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.adabn import recompute_statistics
from anigifs.models import I3D
from anigifs.models.pyramid import give_pyramid
from tests.methods.made import batch_of, network, run_of, target_of

STEM, LAST = "Conv3d_1a_7x7.bn", "Mixed_5c.b0.bn"


def batches(*sizes: int) -> list[Batch]:
    return [target_of(size, seed) for seed, size in enumerate(sizes)]


def norms_of(model: I3D) -> list[torch.nn.BatchNorm3d]:
    return [one for one in model.modules() if isinstance(one, torch.nn.BatchNorm3d)]


def inputs(model: I3D, seen: Sequence[Batch], name: str) -> list[np.ndarray]:
    """What goes into a BatchNorm, ``(B, C, T, H, W)``, where each batch has its own statistics."""
    found: list[np.ndarray] = []

    def note(_: object, given: tuple[Tensor]) -> None:
        found.append(given[0].double().numpy().copy())

    handle = model.get_submodule(name).register_forward_pre_hook(note)
    model.train()
    model.logits.eval()
    with torch.no_grad():
        for batch in seen:
            model(batch.clips_BTHWC)
    handle.remove()
    return found


@pytest.mark.parametrize("sizes", [(4,), (4, 4, 4), (4, 4, 1)])
def test_statistics_are_the_means_over_all_clips_of_the_target(sizes: tuple[int, ...]) -> None:
    seen = batches(*sizes)
    adapted = network()
    recompute_statistics(adapted, seen)
    weights = np.array(sizes) / sum(sizes)
    for name in (STEM, LAST):
        values = inputs(network(), seen, name)
        means = np.stack([one.mean(axis=(0, 2, 3, 4)) for one in values])
        variances = np.stack([one.var(axis=(0, 2, 3, 4), ddof=1) for one in values])
        norm = {key: adapted.get_buffer(f"{name}.{key}") for key in ("running_mean", "running_var")}
        np.testing.assert_allclose(norm["running_mean"], weights @ means, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(norm["running_var"], weights @ variances, rtol=1e-3)
        if name == STEM:  # nothing below it depends on how clips are batched
            alone = np.concatenate([np.moveaxis(one, 1, 0).reshape(one.shape[1], -1)
                                    for one in values], axis=1)  # fmt: skip
            np.testing.assert_allclose(
                norm["running_mean"], alone.mean(axis=1), rtol=1e-3, atol=1e-3
            )


def test_what_is_kept_has_them_and_what_is_trained_has_not() -> None:
    model, method = network(), make_method("adabn")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    method.build(model, run_of(target=target_of, target_once=lambda: iter(batches(4, 4))))
    kept = method.kept(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    again = method.kept(model)
    for name, value in kept.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        changes = "running" in name or "num_batches" in name
        assert changes or torch.equal(value, before[name]), name
    assert not torch.equal(
        kept.state_dict()[f"{LAST}.running_mean"], before[f"{LAST}.running_mean"]
    )
    assert not any(module.training for module in kept.modules())
    for one, other in zip(norms_of(kept), norms_of(network()), strict=True):
        assert one.momentum == other.momentum


def test_a_model_that_saw_the_target_only_stays_what_it_was() -> None:
    """Statistics of the same clips change nothing: what is adapted answers as before."""
    seen = batches(6)
    model = network()
    recompute_statistics(model, seen)
    method = make_method("adabn")
    method.build(model, run_of(target=target_of, target_once=lambda: iter(seen)))
    clips = batch_of().clips_BTHWC
    torch.testing.assert_close(method.kept(model)(clips)[0], model(clips)[0])


def test_a_run_without_statistics_is_no_run_of_it() -> None:
    method = make_method("adabn")
    method.build(network(), run_of(target=target_of, target_once=lambda: iter(batches(2))))
    assert method.shortfall() == "no statistics of the target were made"
    method.load_state_dict({"made": 1})
    assert method.shortfall() is None
    with pytest.raises(UsageError, match="needs a target"):
        make_method("adabn").build(network(), run_of())


def test_blocks_that_are_not_run_keep_their_statistics() -> None:
    model = network()
    give_pyramid(model, "Mixed_4f", 4)
    before = copy.deepcopy(model.state_dict())
    recompute_statistics(model, [target_of(seed=11)])
    after = model.state_dict()
    changed = {name.split(".")[0] for name in after if not torch.equal(before[name], after[name])}
    assert changed == {name for name in model.blocks if not name.startswith("MaxPool")}
