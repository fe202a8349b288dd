import pytest

from anigifs.collect.providers.licences import short_name


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("CC BY-SA 4.0", "CC BY-SA 4.0"),
        ("cc by 2.0", "CC BY 2.0"),
        ("CC-BY-SA-3.0", "CC BY-SA 3.0"),
        ("CC BY-NC-ND 2.5 es", "CC BY-NC-ND 2.5 ES"),
        ("CC BY-SA 3.0 igo", "CC BY-SA 3.0 IGO"),
        ("CC0", "CC0 1.0"),
        ("public domain", "Public domain"),
        ("CC BY-SA 4.0 or later", "CC BY-SA 4.0 or later"),
        ("No restrictions", "No restrictions"),
        ("by hand", "by hand"),
    ],
)
def test_names_are_spelt_in_one_way(stated: str, name: str) -> None:
    assert short_name(stated) == name
    assert short_name(name) == name


@pytest.mark.parametrize(
    ("stated", "version", "name"),
    [
        ("by-nc-sa", "2.0", "CC BY-NC-SA 2.0"),
        ("by", "", "CC BY"),
        ("cc0", "1.0", "CC0 1.0"),
        ("pdm", "1.0", "Public Domain Mark 1.0"),
        ("sampling+", "1.0", "sampling+ 1.0"),
    ],
)
def test_a_version_may_be_stated_apart(stated: str, version: str, name: str) -> None:
    assert short_name(stated, version) == name
