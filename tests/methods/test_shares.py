"""What is drawn for a batch is the same in all processes, whatever their shares of it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from anigifs.clips.batch import Batch
from anigifs.methods import Method, background, make_method, spatiotemporal_search, video_mix
from tests.methods.made import batch_of, network, rng_of, run_of

SIZE, CUT = 5, 2
DRAWING = {
    "spatiotemporal-search": ("candidates=2", "period=1", "clean=0.3"),
    "background-randomisation": ("share=0.5",),
    "video-mix": (),
}


def shares_of(batch: Batch) -> Iterator[tuple[int, Batch]]:
    """Where each of two processes begins, and its share: they differ by a clip."""
    for first, rows in ((0, slice(0, CUT)), (CUT, slice(CUT, SIZE))):
        assert batch.tubes_BTHW is not None
        yield (
            first,
            replace(
                batch,
                clips_BTHWC=batch.clips_BTHWC[rows],
                labels_B=batch.labels_B[rows],
                clip_ids=batch.clip_ids[rows],
                domains=batch.domains[rows],
                tubes_BTHW=batch.tubes_BTHW[rows],
            ),
        )


def built(name: str) -> Method:
    method = make_method(name, DRAWING[name])
    method.build(network(), run_of(6))
    if name == "spatiotemporal-search":
        method.after_step(1, {})
    return method


@pytest.mark.parametrize("name", DRAWING)
def test_all_processes_draw_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, method = batch_of(SIZE), built(name)
    whole = rng_of()
    expected = method.augment(batch, whole).clips_BTHWC
    found = []
    for first, share in shares_of(batch):
        for module in (background, spatiotemporal_search, video_mix):
            monkeypatch.setattr(module, "place_of", lambda count, first=first: (first, SIZE))
        own = rng_of()
        found.append(method.augment(share, own).clips_BTHWC)
        # What is drawn next, by another method perhaps, is the same in all, too.
        assert own.bit_generator.state == whole.bit_generator.state
    if name == "spatiotemporal-search":  # the others mix the clips of a share among themselves
        assert torch.equal(torch.cat(found), expected)
    changed = [
        not torch.equal(*pair) for pair in zip(torch.cat(found), batch.clips_BTHWC, strict=True)
    ]
    assert np.any(changed)
