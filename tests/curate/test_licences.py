"""What is understood of licences as providers state them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.licence_terms import NO_CHANGES, NO_COMMERCE, TEXT_BESIDE
from anigifs.curate.licences import Licence, best, openness, understood

CC = "https://creativecommons.org"
OPEN = {
    # Wikimedia Commons, LicenseShortName
    "CC BY-SA 4.0": "CC-BY-SA-4.0",
    "CC BY 2.5": "CC-BY-2.5",
    "CC BY-SA 3.0 de": "CC-BY-SA-3.0-DE",
    "CC-BY-SA-3.0": "CC-BY-SA-3.0",
    "CC BY-SA 2.5-2.0-1.0": "CC-BY-SA-2.5",
    "CC0": "CC0-1.0",
    # Openverse, license and license_version
    "by": "CC BY",
    "by-sa": "CC BY-SA",
    "by-sa 2.0": "CC-BY-SA-2.0",
    "cc0 1.0": "CC0-1.0",
    "pdm": "CC-PDM-1.0",
    "pdm 1.0": "CC-PDM-1.0",
    # lists and pages
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "CC-BY-4.0": "CC-BY-4.0",
    "cc-zero": "CC0-1.0",
    "CC0 1.0 Universal": "CC0-1.0",
    "Creative Commons Zero 1.0 Universal Public Domain Dedication": "CC0-1.0",
    "Creative Commons Attribution-Share Alike 4.0 International": "CC-BY-SA-4.0",
    "Creative Commons Attribution-ShareAlike 3.0 Unported License": "CC-BY-SA-3.0",
    "CC BY-SA 3.0 or later": "CC-BY-SA-3.0",
    "Public Domain Mark 1.0": "CC-PDM-1.0",
    "WTFPL": "WTFPL",
    "The Unlicense": "Unlicense",
    "OGL 3": "OGL-UK-3.0",
}
OPEN_WITHOUT_IDENTIFIER = {
    "Public domain": "Public domain",
    "PD": "Public domain",
    "Attribution": "Attribution",
    "Copyrighted free use": "Copyrighted free use",
    "FAL": "Free Art License",
    "Free Art License": "Free Art License",
    "CC BY 2.0 fr": "CC BY 2.0 FR",
}
RESTRICTED = {
    "CC BY-NC 2.0": NO_COMMERCE,
    "by-nc": NO_COMMERCE,
    "by-nd 2.0": NO_CHANGES,
    "CC BY-NC-ND 2.5 es": NO_COMMERCE,
    "Creative Commons Attribution-NonCommercial-NoDerivs 3.0": NO_COMMERCE,
    "Creative Commons Attribution-NoDerivatives 4.0 International": NO_CHANGES,
    "GFDL 1.2 or CC BY-NC 3.0": NO_COMMERCE,
    "for personal use only": NO_COMMERCE,
    "nc-sampling+ 1.0": NO_COMMERCE,
    "sampling+ 1.0": "it lets others have samples alone",
    "All rights reserved": "its owner reserves the rights",
    "Fair use": "its owner reserves the rights",
    "GFDL": TEXT_BESIDE,
    "GFDL 1.2": TEXT_BESIDE,
    "GNU Free Documentation License": TEXT_BESIDE,
    "GPLv3": TEXT_BESIDE,
    "MIT License": TEXT_BESIDE,
}
UNKNOWN = ("No restrictions", "by hand", "GIPHY", "free", "?", "Copyrighted free use provided that")
ADDRESSES = {
    f"{CC}/licenses/by-sa/4.0": "CC-BY-SA-4.0",
    "http://creativecommons.org/licenses/by-sa/3.0/de/deed.en": "CC-BY-SA-3.0-DE",
    "//www.creativecommons.org/licenses/by/2.0/legalcode": "CC-BY-2.0",
    "creativecommons.org/licenses/by/2.5/": "CC-BY-2.5",
    f"{CC}/licenses/by-sa/2.5-2.0-1.0": "CC-BY-SA-2.5",
    f"{CC}/publicdomain/zero/1.0/deed.en": "CC0-1.0",
    f"{CC}/publicdomain/mark/1.0/": "CC-PDM-1.0",
    f"{CC}/licenses/publicdomain/": "CC-PDDC",
}
FOREIGN = ("", "http://[", "https://example.org/licenses/by/4.0/", f"{CC}/about/", "by/4.0")


@pytest.mark.parametrize(("stated", "name"), (OPEN | OPEN_WITHOUT_IDENTIFIER).items())
def test_open_licences_have_one_name(stated: str, name: str) -> None:
    for spelling in (stated, stated.upper(), f"  {stated} "):
        assert understood(spelling, "") == Licence(name, "open")
    assert understood(name, "") == Licence(name, "open")


def is_identifier(name: str) -> bool:
    try:
        return canonicalize_license_expression(name) == name
    except InvalidLicenseExpression:
        return False


NAMES = sorted({*OPEN.values(), *ADDRESSES.values()} - {"CC BY", "CC BY-SA"})


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_spdx(name: str) -> None:
    assert is_identifier(name)


def test_all_licences_of_creative_commons_have_spdxs_name_where_there_is_one() -> None:
    terms = ("BY", "BY-SA", "BY-ND", "BY-NC", "BY-NC-SA", "BY-NC-ND")
    versions = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
    ports = ("", " AT", " AU", " DE", " FR", " IGO", " JP", " NL", " UK", " US", " ES")
    for parts in product(terms, versions, ports):
        stated = "CC {} {}{}".format(*parts)
        identifier = stated.replace(" ", "-")
        wanted = identifier if is_identifier(identifier) else stated
        assert understood(stated, "").name == wanted


@pytest.mark.parametrize(("stated", "why"), RESTRICTED.items())
def test_restricted_licences_say_why(stated: str, why: str) -> None:
    for spelling in (stated, stated.upper()):
        found = understood(spelling, "")
        assert (found.openness, found.why) == ("restricted", why)


@pytest.mark.parametrize("stated", UNKNOWN)
def test_what_is_not_understood_is_unknown(stated: str) -> None:
    assert understood(stated, "") == Licence(stated, "unknown", "not understood")


@pytest.mark.parametrize(("address", "name"), ADDRESSES.items())
def test_an_address_alone_tells_the_licence(address: str, name: str) -> None:
    assert understood("", address) == Licence(name, "open")
    assert understood("as on the page", address) == Licence(name, "open")
    assert understood(name, address) == Licence(name, "open")


@pytest.mark.parametrize("address", FOREIGN)
def test_an_address_elsewhere_tells_nothing(address: str) -> None:
    assert openness("", address) == "unknown"
    assert understood("CC BY 4.0", address) == Licence("CC-BY-4.0", "open")
    assert understood("", address).why == ("not understood" if address else "not stated")


TOGETHER = [
    ("CC BY-SA", f"{CC}/licenses/by-sa/4.0/", Licence("CC-BY-SA-4.0", "open")),
    ("CC BY-SA 3.0", f"{CC}/licenses/by-sa/3.0/at/", Licence("CC-BY-SA-3.0-AT", "open")),
    ("Public domain", f"{CC}/publicdomain/zero/1.0/", Licence("CC0-1.0", "open")),
    ("GFDL", "https://www.gnu.org/copyleft/fdl.html", Licence("GFDL", "restricted", TEXT_BESIDE)),
    ("by-nc", f"{CC}/licenses/by-nc/2.0/", Licence("CC-BY-NC-2.0", "restricted", NO_COMMERCE)),
    (
        "CC BY 4.0",
        f"{CC}/licenses/by-nc/4.0/",
        Licence(
            "CC-BY-NC-4.0",
            "restricted",
            f"its name says CC-BY-4.0, its address CC-BY-NC-4.0: {NO_COMMERCE}",
        ),
    ),
    (
        "All rights reserved",
        f"{CC}/licenses/by/4.0/",
        Licence(
            "All rights reserved",
            "restricted",
            "its name says All rights reserved, its address CC-BY-4.0: "
            "its owner reserves the rights",
        ),
    ),
    (
        "CC BY 4.0",
        f"{CC}/licenses/by-sa/4.0/",
        Licence("CC BY 4.0", "unknown", "its name says CC-BY-4.0, its address CC-BY-SA-4.0"),
    ),
    (
        "CC BY 4.0",
        f"{CC}/licenses/by/2.0/",
        Licence("CC BY 4.0", "unknown", "its name says CC-BY-4.0, its address CC-BY-2.0"),
    ),
]


@pytest.mark.parametrize(("stated", "address", "together"), TOGETHER)
def test_name_and_address_are_taken_together(stated: str, address: str, together: Licence) -> None:
    assert understood(stated, address) == together


words = st.sampled_from(["CC", "BY", "NC", "ND", "SA", "4.0", "-", " ", "by", "or", "+", "/", "0"])


@given(st.text() | st.lists(words).map("".join), st.text() | st.lists(words).map("".join))
def test_whatever_is_stated_what_forbids_is_never_open(stated: str, address: str) -> None:
    found = understood(stated, f"{CC}/licenses/{address}")
    assert (found.openness == "open") == (found.why == "")
    if found.openness == "open":
        assert understood(found.name, "") == found
    parts = {*stated.lower().replace("-", " ").replace("/", " ").split()}
    if parts & {"nc", "nd"}:
        assert found.openness != "open"


def hit(**said: str) -> CandidateHit:
    return CandidateHit(**{"url": "https://a.example/a.gif", "label": "yoga", **said})  # type: ignore[arg-type]


def test_the_best_hit_is_the_one_that_says_most() -> None:
    bare, full = hit(licence="CC BY 4.0"), hit(licence="CC BY 4.0", creator="Ann", attribution="x")
    assert best([bare, full, hit(creator="Bob")]) is full
    assert best([bare, hit(licence="CC BY 4.0")]) is bare
    assert best([hit(licence="?", creator="Ann"), bare]) is bare
    assert best([hit(creator="Bob"), hit()]) is None
    assert best([]) is None


def test_a_hit_that_forbids_counts_before_those_that_do_not() -> None:
    forbids = hit(licence_url=f"{CC}/licenses/by-nc/4.0/")
    assert best([hit(licence="CC BY 4.0", creator="Ann"), forbids, hit(licence="?")]) is forbids
