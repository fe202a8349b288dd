import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from anigifs.foundation import UsageError
from anigifs.studies.figures.page import DPI, form_of, in_style, save, short, wrapped

WORDS = st.lists(st.text("abcWi.", min_size=1, max_size=30), max_size=6).map(" ".join)


@in_style()
def drawn(words: str = "costs $5 and $x") -> Figure:
    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_title(words)
    return figure


def test_a_picture_has_the_size_in_dots_and_is_white(tmp_path: Path) -> None:
    save(drawn(), tmp_path / "a.PNG")
    with Image.open(tmp_path / "a.PNG") as image:
        assert (image.format, image.size) == ("PNG", (2 * DPI, DPI))
        assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_the_other_forms_are_what_their_names_say(tmp_path: Path) -> None:
    save(drawn(), tmp_path / "a.svg")
    assert ET.parse(tmp_path / "a.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    save(drawn(), tmp_path / "a.pdf")
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert b"/Type3" not in data


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_figure_is_the_same_bytes(tmp_path: Path, form: str) -> None:
    for name in ("a", "b"):
        save(drawn(), tmp_path / f"{name}.{form}")
    assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


def test_signs_that_the_font_lacks_and_dollars_are_drawn(tmp_path: Path) -> None:
    for words in ("跳舞", "$x_1$ $", "a\\b"):
        save(drawn(words), tmp_path / "a.png")


def test_another_name_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end in \.png, \.svg, \.pdf"):
        save(drawn(), tmp_path / "a.jpg")
    with pytest.raises(UsageError, match=r"end in \.png"):
        form_of(tmp_path / "png")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40)
@given(WORDS, st.sampled_from([0.3, 1.0, 3.0]))
@example("Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", 0.3)
def test_wrapping_keeps_every_letter_and_the_width(text: str, inches: float) -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    lines = wrapped(text, inches)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        ink = TextPath((0, 0), line, prop=FontProperties(size=8)).get_extents()
        assert ink.width / 72 <= inches + 0.02 or len(line) == 1


@given(st.text(), st.integers(1, 20))
def test_a_short_name_is_one_line(name: str, most: int) -> None:
    found = short(name, most)
    assert len(found) <= most
    assert len(found.splitlines()) <= 1
    if len(name.split()) == 1 and len(name) <= most:
        assert found == name.strip()
