from dataclasses import dataclass
from typing import Literal

import pytest

from anigifs.foundation import UsageError
from anigifs.methods import METHODS, make_method
from anigifs.methods.options import NoOptions, read_options


@dataclass(frozen=True)
class Options:
    period: int | None = None
    share: float = 0.5
    persist: bool = False
    mask: Literal["saliency", "always"] = "saliency"
    layer: str | None = None


def test_what_is_given_is_read_by_type_and_the_rest_keeps_its_default() -> None:
    given = ["period=8", "share=0.25", "persist=true", "mask=always", "layer=Mixed_5c"]
    assert read_options("m", Options, given) == Options(8, 0.25, True, "always", "Mixed_5c")
    assert read_options("m", Options, ["period=none"]) == Options()
    assert read_options("m", NoOptions, []) == NoOptions()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["perod=8"], "no option 'perod=8'; its options are period=none share=0.5 persist=false"),
        (["period"], "no option 'period'"),
        (["period=8", "period=9"], "'period' is given twice"),
        (["period=x"], "period is a whole number or none, not 'x'"),
        (["share=much"], "share is a number, not 'much'"),
        (["persist=1"], "persist is true or false, not '1'"),
        (["mask=random"], "mask is saliency or always, not 'random'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(given: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_options("m", Options, given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no method 'rsad'; there are erm, random-augmentation"):
        make_method("rsad")
    with pytest.raises(UsageError, match="'erm': no option 'period=1'; it has none"):
        make_method("erm", ["period=1"])


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("random-augmentation", "length=0"),
        ("random-augmentation", "share=0"),
        ("rsda", "candidates=0"),
        ("rsda", "period=0"),
        ("saliency-gating", "period=0"),
        ("background-randomisation", "share=1.5"),
        ("weight-interpolation", "share=0"),
    ],
)
def test_options_that_make_no_method_are_refused(name: str, given: str) -> None:
    with pytest.raises(UsageError, match=r"at least|above"):
        make_method(name, [given])


def test_every_method_can_be_made_without_options() -> None:
    assert {type(make_method(name)) for name in METHODS} == set(METHODS.values())
