import json

import numpy as np
import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.spatiotemporal_search import SpatiotemporalSearch, at_quantile
from anigifs.transforms import EVERY, FAMILIES, from_json
from tests.methods.made import batch_of, network, rng_of, run_of


def made(*options: str, updates: int = 20) -> SpatiotemporalSearch:
    method = make_method("spatiotemporal-search", ["candidates=4", "period=2", *options])
    assert isinstance(method, SpatiotemporalSearch)
    method.build(network(), run_of(updates))
    return method


def test_a_search_takes_tuples_of_all_families_and_remembers_them() -> None:
    method = made("searches=9")
    acts = [act for step in range(1, 21) if (act := method.after_step(step, {})) is not None]
    assert len(acts) == 9
    tried = [from_json(one, EVERY) for act in acts for one in act["candidates"]]
    names = {operation.name for operations in tried for operation in operations}
    assert all(names & set(pool) for pool in FAMILIES.values())
    assert method.tuples == [(), *(from_json(a["candidates"][a["chosen"]], EVERY) for a in acts)]
    again = made("searches=9")
    again.load_state_dict(json.loads(json.dumps(method.state_dict())))
    assert again.tuples == method.tuples


def test_some_clips_stay_clean_and_others_are_under_tuples_of_their_own() -> None:
    method = made("clean=0.5", "families=temporal")
    batch = batch_of(8)
    assert method.augment(batch, rng_of()) is batch  # nothing has been found yet
    assert not method.has_acted()
    method.after_step(2, {})
    method.after_step(4, {})
    clean = 0
    for seed in range(40):
        changed = method.augment(batch, rng_of(seed))
        assert changed.clip_ids == batch.clip_ids
        assert torch.equal(changed.labels_B, batch.labels_B)
        assert changed.tubes_BTHW is not None
        assert changed.tubes_BTHW.shape == changed.clips_BTHWC.shape[:-1]
        same = (changed.clips_BTHWC == batch.clips_BTHWC).flatten(1).all(dim=1)
        clean += int(same.sum())
    assert 110 < clean < 210  # 160 are expected of 320, with a deviation of 9, or no effect
    assert method.has_acted()


def test_the_candidate_at_a_quantile_is_taken() -> None:
    losses = [0.3, float("inf"), 0.1, 0.4, 0.2]
    assert [at_quantile(losses, q) for q in (0, 1 / 3, 2 / 3, 1)] == [2, 4, 0, 3]
    assert at_quantile([float("nan")], 1.0) is None
    method = made("quantile=0.0")
    act = method.after_step(2, {})
    assert act is not None
    assert act["chosen"] == int(np.argmin(act["losses"]))


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("families=colour", "no operation or family 'colour'"),
        ("without=lines", "no operation or family 'lines'"),
        ("clean=1", "clean is a share of the clips"),
        ("quantile=2", "quantile is within"),
        ("candidates=0", "candidates"),
    ],
)
def test_what_cannot_be_is_refused(option: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_method("spatiotemporal-search", [option])


def test_context_needs_boxes() -> None:
    method = make_method("spatiotemporal-search", [])
    with pytest.raises(UsageError, match="operations of context need boxes"):
        method.build(network(), run_of(boxes=False))
    without = make_method("spatiotemporal-search", ["families=temporal+gif-making"])
    without.build(network(), run_of(boxes=False))
