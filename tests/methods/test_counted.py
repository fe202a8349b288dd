import pytest

from anigifs.methods import METHODS, make_method
from anigifs.methods.counted import CountedMethod
from tests.methods.made import network, run_of

COUNTED = {
    name: kind for name, kind in METHODS.items() if issubclass(kind, CountedMethod)
}  # each with a count of its own


def test_the_methods_that_act_on_single_clips_are_counted() -> None:
    assert {"mixstyle", "video-mix", "self-challenging"} <= set(COUNTED)


@pytest.mark.parametrize("name", COUNTED)
def test_a_run_that_acted_on_no_clip_falls_short_and_the_count_is_resumed(name: str) -> None:
    model = network()
    word = COUNTED[name].acted_on
    method = make_method(name)
    method.build(model, run_of())
    method.after_step(1, {word: 0.0})
    assert method.shortfall() == f"no clip was {word}"
    assert not method.has_acted()
    method.after_step(2, {word: 3.0})
    assert method.shortfall() is None
    again = make_method(name)
    again.build(model, run_of())
    assert not again.has_acted()
    again.load_state_dict(method.state_dict())
    assert again.has_acted()
    again.after_step(3, {word: 2.0})
    assert again.state_dict() == {"total": 5.0}
