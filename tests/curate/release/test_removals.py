"""Requests to take works out: what they meet, and what a list may say."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anigifs.curate.copies.matching import SAME_BITS
from anigifs.curate.release.released import SCHEMA, ReleasedItem
from anigifs.curate.release.removals import Removal, Removals, read_removals
from anigifs.curate.seeing.fingerprints import from_hashes
from anigifs.curate.seeing.pdq import WAYS, turned
from anigifs.foundation import UsageError
from tests.curate.voting.voted import item_of, sha

HASH, FLAT = bytes(range(32)), bytes([170]) * 32
#: Of a frame of the work, and of one with too little in it to be compared.
FINGERPRINT = from_hashes([FLAT, HASH], [0, 100], 2)
ITEM = item_of("a", "copy", page_url="https://pages.example.net/Show?id=1", creator="Ann  Müller")


def released(**said: object) -> ReleasedItem:
    """Return what a release says of the same item."""
    empty = {"string": "", "int64": 0, "double": 0.0, "bool": False}
    usual = {field.name: empty.get(str(field.type), ()) for field in SCHEMA}
    known = {
        "cluster": ITEM.cluster,
        "files": tuple(file.sha256 for file in ITEM.files),
        "urls": ITEM.urls,
        "page_url": "https://pages.example.net/Show?id=1",
        "creator": "Ann  Müller",
        "hashes": (FLAT, HASH),
        "quality": (0, 100),
        "whole": 2,
    }
    return ReleasedItem(**{**usual, **known, **said})  # type: ignore[arg-type]


def list_of(folder: Path, *lines: str) -> Path:
    path = folder / "removals.toml"
    path.write_text("".join(f"[[removal]]\n{line}\n" for line in lines), encoding="utf-8")
    return path


def flipped(bits: int) -> str:
    """Return the hash of a frame in which so many bits are others."""
    all_bits = np.unpackbits(np.frombuffer(HASH, np.uint8))
    all_bits[:bits] ^= 1
    return np.packbits(all_bits).tobytes().hex()


MEETS = [
    f'sha256 = "{sha("a")}"',
    f'sha256 = "{sha("copy").upper()}"',
    f'pdq = "{HASH.hex()}"',
    f'pdq = "{flipped(SAME_BITS).upper()}"',
    *(
        f'pdq = "{turned(np.frombuffer(HASH, np.uint8)[None], way).tobytes().hex()}"'
        for way in WAYS
    ),
    'url = "https://media.example.org/a.gif"',
    'url = " HTTP://Media.Example.ORG:80/copy.gif#frame "',
    'url = "https://pages.example.net/Show?id=1"',
    'host = "media.example.org"',
    'host = "Example.org."',
    'host = "pages.example.net"',
    'creator = "ann müller"',
    'creator = "ANN\\t MÜLLER "',
]
MISSES = [
    f'sha256 = "{sha("b")}"',
    f'pdq = "{flipped(SAME_BITS + 1)}"',
    f'pdq = "{FLAT.hex()}"',
    'url = "https://media.example.org/A.gif"',
    'url = "https://media.example.org/"',
    'url = "https://pages.example.net/Show"',
    'host = "ample.org"',
    'host = "a.media.example.org"',
    'creator = "Ann"',
    'creator = "AnnMüller"',
]


@pytest.mark.parametrize("line", MEETS)
def test_what_meets_one_file_takes_the_work_out(tmp_path: Path, line: str) -> None:
    kind = line.partition(" ")[0]
    of_collection, of_release = (read_removals(list_of(tmp_path, line)) for _ in range(2))
    assert of_collection.unmatched() == {kind: 1}
    removal = of_collection.hits(ITEM, FINGERPRINT)
    assert removal is not None
    assert removal.kind == kind
    assert of_release.hits_released(released()) == removal
    assert of_collection.unmatched() == of_release.unmatched() == {}


@pytest.mark.parametrize("line", MISSES)
def test_what_is_like_it_does_not(tmp_path: Path, line: str) -> None:
    removals = read_removals(list_of(tmp_path, line))
    assert removals.hits(ITEM, FINGERPRINT) is None
    assert removals.hits_released(released()) is None
    assert removals.unmatched() == {line.partition(" ")[0]: 1}


def test_addresses_are_compared_in_one_spelling(tmp_path: Path) -> None:
    lines = ['url = "http://bücher.example/ä b.gif"', 'host = "münchen.example"']
    removals = read_removals(list_of(tmp_path, *lines))
    for url in ("https://xn--bcher-kva.example/%C3%A4%20b.gif", "http://xn--mnchen-3ya.example/x"):
        assert removals.hits(item_of("b", url=url)) is not None
    assert removals.unmatched() == {}


def test_the_first_of_a_list_is_told_and_all_that_meet_are_marked(tmp_path: Path) -> None:
    path = list_of(
        tmp_path,
        'host = "elsewhere.example"',
        'creator = "Ann Müller"\nreason = "by letter"\ndate = 2026-01-31',
        'host = "example.org"\ndate = "2026-02-01"',
        'host = "example.org"',
    )
    removals = read_removals(path)
    assert len(removals) == 3  # the last says nothing new
    found = removals.hits(ITEM)
    assert found == Removal("creator", "ann müller", "by letter", "2026-01-31")
    assert removals.unmatched() == {"host": 1}


def test_what_is_not_known_is_met_by_nothing() -> None:
    everything = Removals([Removal("pdq", bytes(32).hex()), Removal("creator", "ann")])
    bare = item_of("b", url="http://[", creator="")
    assert everything.hits(bare) is None
    assert (
        everything.hits_released(released(hashes=(), quality=(), creator="", urls=(), page_url=""))
        is None
    )
    assert Removals().hits(ITEM, FINGERPRINT) is None
    assert everything.unmatched() == {"pdq": 1, "creator": 1}


def test_a_list_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_bytes(b"\xef\xbb\xbf# nothing yet\r\n")
    assert len(read_removals(tmp_path / "r.toml")) == 0


FAULTS = {
    "[[removal]": "r.toml: not TOML (",
    "\xff": "r.toml: not TOML ('utf-8' codec",
    '[removal]\nhost = "a.example"': "r.toml: 'removal' stands there; a list has [[removal]]",
    'removals = []\n[[removal]]\nhost = "a.example"': "r.toml: 'removals' stands there",
    "removal = [1]": "removal 1: not a table",
    '[[removal]]\nhost = "a.example"\n[[removal]]\nreason = "x"': "removal 2: none stands there; "
    "give one of sha256, pdq, url, host, creator",
    '[[removal]]\nhost = "a.b"\nurl = "http://a.b/"': "removal 1: url and host stands there",
    '[[removal]]\nhost = "a.b"\nwhy = "x"': "removal 1: nothing may be called 'why'; there are",
    "[[removal]]\nhost = 5": "removal 1: host is 5; give a text",
    '[[removal]]\ncreator = " "': "removal 1: creator is ' '; give a text",
    '[[removal]]\nsha256 = "abc"': "removal 1: sha256 is 'abc'; it has 64 digits of 0..f",
    '[[removal]]\npdq = "xyz"': "removal 1: pdq is 'xyz'; it has 64 digits",
    '[[removal]]\nurl = "a.gif"': "removal 1: url is 'a.gif'; give an http(s) address",
    '[[removal]]\nhost = "https://a.example"': "removal 1: host is 'https://a.example'; give a na",
    '[[removal]]\nhost = "a.example/b"': "removal 1: host is 'a.example/b'",
    '[[removal]]\nhost = "a.example:8080"': "removal 1: host is 'a.example:8080'",
    '[[removal]]\nhost = "*.example.org"': "removal 1: host is '*.example.org'",
    '[[removal]]\nhost = "com"': "removal 1: host is 'com'",
    '[[removal]]\nhost = "a.b"\nreason = 1': "removal 1: reason is 1; give a text",
    '[[removal]]\nhost = "a.b"\ndate = "soon"': "removal 1: date is 'soon'; give one as 2026-01-31",
    '[[removal]]\nhost = "a.b"\ndate = 5': "removal 1: date is 5; give one as",
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_a_fault_names_its_entry(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "r.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as error:
        read_removals(tmp_path / "r.toml")
    assert fault in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_list_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such list of removals"):
        read_removals(tmp_path / "r.toml")
    with pytest.raises(UsageError, match="not TOML"):
        read_removals(tmp_path)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.sampled_from(["", "[[removal]]\nhost = ", "[[removal]]\nurl = "]))
def test_any_bytes_are_a_list_or_a_usage_error(tmp_path: Path, data: bytes, start: str) -> None:
    (tmp_path / "r.toml").write_bytes(start.encode() + data)
    try:
        removals = read_removals(tmp_path / "r.toml")
    except UsageError:
        return
    assert removals.hits(ITEM) is None


@given(st.text())
def test_no_address_breaks_the_comparison(url: str) -> None:
    removals = Removals([Removal("host", "example.org"), Removal("url", "example.org/a.gif")])
    assert removals.hits(item_of("b", url=url, page_url=f"http://{url}")) is None
