import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import Method, make_method
from anigifs.methods.combined import Combined
from tests.methods.made import batch_of, network, rng_of, run_of

THREE = "spatiotemporal-search+saliency-gating+weight-averaging"
QUICK = [
    "spatiotemporal-search.candidates=2",
    "spatiotemporal-search.period=2",
    "spatiotemporal-search.clean=0",
    "saliency-gating.period=1",
    "saliency-gating.mask=always",
    "weight-averaging.after=0",
]


def made(name: str = THREE, options: list[str] | None = None) -> Combined:
    method = make_method(name, QUICK if options is None else options)
    assert isinstance(method, Combined)
    return method


def test_each_acts_in_its_own_moments() -> None:
    model, method, batch = network(), made(), batch_of()
    method.build(model, run_of(6))
    assert method.augment(batch, rng_of()) is batch  # no search yet
    act: dict[str, object] = {}
    for step in range(1, 3):
        result = method.loss(model, batch)
        act = method.after_step(step, result.counts) or {}
    assert {"step", "candidates", "gated"} <= set(act)  # what two of them did, in one line
    assert act["gated"] == len(batch)
    changed = method.augment(batch, rng_of())
    assert not torch.equal(changed.clips_BTHWC, batch.clips_BTHWC)
    assert method.kept(model) is not model
    assert method.has_acted()


def test_it_has_acted_when_all_have_and_says_which_did_not() -> None:
    method = made()
    method.build(network(), run_of(6))
    assert not method.has_acted()
    words = method.shortfall()
    assert words is not None
    for name in THREE.split("+"):
        assert f"{name}: " in words


def test_two_that_search_at_one_update_tell_of_both() -> None:
    options = [
        *("rsda.candidates=2", "rsda.period=1"),
        *("spatiotemporal-search.candidates=3", "spatiotemporal-search.period=1"),
    ]
    method = made("rsda+spatiotemporal-search", options)
    method.build(network(), run_of(6))
    act = method.after_step(1, {})
    assert act is not None
    assert act["step"] == 1
    assert len(act["losses"]) == 2
    assert len(act["spatiotemporal-search.losses"]) == 3


def test_the_loss_is_that_of_the_one_that_has_its_own() -> None:
    model, batch = network(), batch_of()
    both, gating = (
        made("rsda+saliency-gating", QUICK[3:5]),
        make_method("saliency-gating", ["period=1", "mask=always"]),
    )
    plain = make_method("erm")
    for method in (both, gating, plain):
        method.build(model, run_of(200))
    assert torch.equal(both.loss(model, batch).loss, gating.loss(model, batch).loss)
    assert not torch.equal(both.loss(model, batch).loss, plain.loss(model, batch).loss)
    none = made("rsda+weight-averaging", [])
    none.build(model, run_of(200))
    assert torch.equal(none.loss(model, batch).loss, plain.loss(model, batch).loss)


def test_state_comes_back_to_each() -> None:
    model, batch = network(), batch_of()
    methods: list[Method] = [made(), made()]
    for method in methods:
        method.build(model, run_of(6))
    for step in range(1, 3):
        methods[0].after_step(step, methods[0].loss(model, batch).counts)
    methods[1].load_state_dict(methods[0].state_dict())
    changed = [method.augment(batch, rng_of()).clips_BTHWC for method in methods]
    assert torch.equal(*changed)
    assert methods[1].has_acted()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("rsda+saliency-gating+mixstyle", [], "saliency-gating and mixstyle cannot be combined"),
        ("rsda+rsda", [], "one is named twice"),
        ("rsda+nothing", [], "no method 'nothing'"),
        ("rsda+erm", ["period=8"], "such as rsda.period=8"),
        ("rsda+erm", ["rsda.perid=8"], "method 'rsda': no option 'perid=8'"),
        ("rsda+adabn", [], "adabn sees a target"),
        (
            "weight-interpolation+weight-averaging",
            [],
            "weight-averaging averages what is trained: name it before weight-interpolation",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, options: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_method(name, options)
