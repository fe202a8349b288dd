"""Clusters, families, and who stands for a cluster."""

from hypothesis import given
from hypothesis import strategies as st

from anigifs.curate.copies.clusters import Pair, alike, clusters_of, joined
from anigifs.curate.copies.matching import Match
from anigifs.curate.seeing.fingerprints import fingerprint_of
from tests.curate.drawn import moving

SAME, AKIN = Match(4.0, 1.0, "mirrored"), Match(40.0, 0.2, "same")


def test_pairs_that_are_alike_are_found_by_name() -> None:
    prints = {
        "a": fingerprint_of(moving(0)),
        "b": fingerprint_of(moving(1)),
        "c": fingerprint_of(moving(0)[:, :, ::-1]),
    }
    told: list[float] = []
    pairs = list(alike(prints, told.append))
    assert [(one.one, one.other, one.match.how) for one in pairs] == [("a", "c", "mirrored")]
    assert told[-1] == 1.0


def test_what_is_the_same_as_the_same_is_the_same() -> None:
    pairs = [Pair("a", "b", SAME), Pair("b", "c", SAME)]
    found = {one.sha256: one for one in clusters_of("abcd", pairs, better=lambda name: (name,))}
    assert [found[name].cluster for name in "abcd"] == ["c", "c", "c", "d"]
    assert [found[name].representative for name in "abcd"] == [False, False, True, True]
    assert (found["d"].like, found["d"].how) == ("", "")


def test_the_nearest_file_is_named() -> None:
    far, near = Match(20.0, 0.8, "same"), Match(2.0, 1.0, "upside down")
    pairs = [Pair("a", "b", far), Pair("a", "c", near)]
    found = {one.sha256: one for one in clusters_of("abc", pairs, better=lambda name: (name,))}
    assert (found["a"].like, found["a"].how, found["a"].distance) == ("c", "upside down", 2.0)
    assert (found["b"].like, found["b"].share) == ("a", 0.8)


def test_families_hold_clusters_together_that_stay_apart() -> None:
    pairs = [Pair("a", "b", SAME), Pair("b", "c", AKIN), Pair("c", "d", SAME)]
    found = {one.sha256: one for one in clusters_of("abcde", pairs, better=lambda name: (name,))}
    assert [found[name].cluster for name in "abcde"] == ["b", "b", "d", "d", "e"]
    assert [found[name].family for name in "abcde"] == ["b", "b", "b", "b", "e"]


NAMES = [f"{number:02}" for number in range(12)]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))))
def test_joined_parts_are_those_that_links_reach(links: list[tuple[str, str]]) -> None:
    parts = joined(NAMES, links)
    assert sorted(name for part in parts for name in part) == NAMES
    part_of = {name: place for place, part in enumerate(parts) for name in part}
    assert all(part_of[one] == part_of[other] for one, other in links)
    # As few links as that cannot join more: every join takes one.
    assert len(parts) >= len(NAMES) - len({frozenset(link) for link in links if len(set(link)) > 1})
