import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from anigifs.gap.apart import Apart, take_apart
from anigifs.gap.figure import WIDTH, draw_apart

SVG = "{http://www.w3.org/2000/svg}"
FACTORS = ("timing", "proportions", "context", "drawing")


def fallen(factors: tuple[str, ...] = FACTORS, step: float = 0.1) -> Apart:
    """A fall by a step a factor, and three steps less where the last two come together."""
    right = {}
    for count in range(len(factors) + 1):
        for some in combinations(factors, count):
            both = set(factors[-2:]) <= set(some) and len(factors) > 1
            share = 0.9 - step * (len(some) - both)
            right[frozenset(some)] = np.arange(100) % 50 < round(50 * share)
    added = {"palette <32>": np.arange(100) % 50 < 40, "compression": np.arange(100) % 50 < 45}
    return take_apart(right, range(100), factors, added=added, replicates=200)


@pytest.fixture(scope="module")
def apart() -> Apart:
    return fallen()


def elements(svg: str, name: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}{name}"))


def words(svg: str) -> list[str]:
    return [element.text or "" for element in elements(svg, "text")]


def test_it_says_the_fall_and_each_share_with_its_interval(apart: Apart) -> None:
    said = words(draw_apart(apart, "film", "cartoons <flat>"))
    assert "From film to cartoons <flat>" in said
    assert any(one.startswith("Top-1 falls from 90.0 % to 60.0 %: by 30.0 [") for one in said)
    for factor in apart.factors:
        assert factor.name in said
        assert any(one.startswith(f"{100 * factor.share.value:.1f} [") for one in said)
    assert sum(int(one.split()[0]) for one in said if one.endswith("% of the fall")) in (
        99,
        100,
        101,
    )
    assert "palette <32>" in said


def test_interactions_are_signed_and_each_pair_stands_there_once(apart: Apart) -> None:
    said = words(draw_apart(apart))
    signed = [one for one in said if re.fullmatch(r"[+\N{MINUS SIGN}]?\d+\.\d", one)]
    assert len(signed) == 6
    strongest = min(one.value.value for one in apart.interactions)
    assert f"\N{MINUS SIGN}{-100 * strongest:.1f}" in signed


def test_bars_are_as_long_as_shares(apart: Apart) -> None:
    svg = draw_apart(apart)
    bars = [float(one.attrib["width"]) for one in elements(svg, "rect") if
            one.attrib.get("height") == "16"]  # fmt: skip
    shares = np.array([factor.share.value for factor in apart.factors])
    np.testing.assert_allclose(np.array(bars) / bars[0], shares / shares[0], rtol=0.02)


def test_ink_and_paper_are_the_readers_and_nothing_leaves_the_paper(apart: Apart) -> None:
    svg = draw_apart(apart)
    assert "prefers-color-scheme: dark" in svg
    assert "currentColor" in svg
    height = float(ET.fromstring(svg).attrib["height"])
    for element in ET.fromstring(svg).iter():
        places = {name: float(value) for name, value in element.attrib.items()
                  if name in ("x", "x1", "x2", "cx", "y", "y1", "y2", "cy")}  # fmt: skip
        assert all(0 <= value <= (WIDTH if name[-2:-1] == "x" or "x" in name else height)
                   for name, value in places.items())  # fmt: skip


def test_a_rise_and_a_single_factor_can_be_drawn() -> None:
    rise = words(draw_apart(fallen(step=-0.02)))
    assert not any("% of the fall" in one for one in rise)
    assert any(one.startswith("\N{MINUS SIGN}") for one in rise)
    one = fallen(("context",))
    bare = words(draw_apart(replace(one, only_added={})))
    assert "Interactions, in points" not in bare
    assert not any(words.startswith("Only added") for words in bare)
