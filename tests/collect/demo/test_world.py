"""What is planted, and what is said of it."""

import json
import re
from typing import get_args

import pytest

from anigifs.collect.demo import KINDS, PATIENCE, STYLE_WORDS, World
from anigifs.collect.demo.planted import Part, kinds_of
from anigifs.collect.items import STYLES
from anigifs.collect.reasons import REASONS
from anigifs.foundation import UsageError
from anigifs.puppets import KINDS as DOMAINS
from anigifs.taxonomy import class_list
from tests.collect.demo.conftest import SMALL

REFUSED = {
    "broken": {"headless"},
    "not-media": {"html", "json", "svg", "png", "jpeg", "empty"},
    "over-budget": {"bomb-frames", "bomb-screen", "bomb-total"},
    "too-many-redirects": {"redirects-8", "redirects-loop"},
    "private-address": {
        "to-loopback", "to-private", "to-link-local", "to-loopback-6", "to-decimal", "at-private",
    },
    "not-http": {"to-file", "to-ftp", "at-ftp"},
    "port": {"to-port"},
    "gone": {"not-found", "gone"},
    "forbidden": {"forbidden"},
    "too-large": {"endless", "announced"},
    "encoded": {"compressed"},
    "x-robots-tag": {"noai"},
    "tdm-reservation": {"reserved"},
    "robots": {"robots"},
    "bad-url": {"at-nowhere"},
}  # fmt: skip
FAILED = {
    "server-error": {"error-always"},
    "too-slow": {"slow"},
    "timeout": {"silent"},
    "cut-off": {"cut-off"},
    "unreachable": {"dropped"},
    "no-such-host": {"at-no-host"},
}
LATER = {"rate-limited": {"busy-once", "busy-till"}, "server-error": {"error-once"}}


def test_every_kind_is_planted_with_what_must_become_of_it() -> None:
    expected = dict.fromkeys(KINDS, ("stored", ""))
    for outcome, reasons in (("refused", REFUSED), ("failed", FAILED)):
        expected |= {kind: (outcome, why) for why, kinds in reasons.items() for kind in kinds}
    planted = {item.kind: (item.outcome, item.reason) for item in SMALL.items}
    assert planted == {kind: told for kind, told in expected.items() if kind != "plain"}
    later = {kind: why for why, kinds in LATER.items() for kind in kinds}
    assert {item.kind: item.before for item in SMALL.items if item.before} == later
    assert all(item.tries == (2 if item.before else 1) for item in SMALL.items)


def test_what_passes_is_a_transient_reason_and_what_is_refused_is_not() -> None:
    for name, kind in KINDS.items():
        assert (kind.outcome == "stored") == (kind.reason == ""), name
        if kind.reason:
            assert (REASONS[kind.reason][0] == "transient") == (kind.outcome == "failed"), name
        if kind.before:
            assert REASONS[kind.before][0] == "transient", name


def test_every_part_has_kinds_and_every_class_has_its_own() -> None:
    assert sorted(kinds_of(*get_args(Part))) == sorted(KINDS)
    world = World(seed=1, classes=16, originals=8)
    for label in world.labels:
        of_label = [item for item in world.items if item.listings[0].label == label]
        kinds = [item.kind for item in of_label]
        assert kinds.count("cartoon") == 8
        assert set(kinds) >= {*kinds_of("copy"), "wrong-class", "film", "still", "truncated"}


def test_the_style_words_are_those_of_the_queries() -> None:
    assert STYLE_WORDS == STYLES


def test_a_path_stands_for_one_thing_and_tells_nothing() -> None:
    world = World(classes=40, troubles=2)
    assert len(world.by_path) == len(world.items)
    hidden = [item for item in world.items if KINDS[item.kind].part in ("original", "copy", "file")]
    assert all(re.fullmatch(r"/media/[0-9a-f]{16}\.gif", item.path) for item in hidden)


def test_no_two_originals_show_the_same_motion() -> None:
    own = [item for item in World(classes=20).items if item.style and not item.original]
    assert len({(item.shows, item.take) for item in own}) == len(own)


def test_copies_follow_an_original_that_shows_the_same() -> None:
    seen = {}
    for item in SMALL.items:
        seen[item.path] = item
        if item.original:
            source = seen[item.original]
            assert (source.kind, source.shows, source.take) == ("cartoon", item.shows, item.take)
        assert bool(item.original) == (KINDS[item.kind].part == "copy")


def test_listings_are_what_the_kind_says() -> None:
    for item in SMALL.items:
        labels = {listing.label for listing in item.listings}
        keywords = {listing.keyword for listing in item.listings}
        assert keywords <= set(STYLE_WORDS)
        assert len(labels) == (2 if item.kind == "cartoon-two-classes" else 1)
        assert len(keywords) == (2 if item.kind == "cartoon-two-keywords" else 1)
        if item.style and item.kind != "cartoon-two-classes":
            assert (item.shows in labels) == (item.kind != "wrong-class")


def test_only_cartoons_that_may_be_looked_at_are_shown() -> None:
    held_back = set(DOMAINS["cartoon-test"].styles)
    for item in World(classes=40).items:
        assert item.style in {"flat", "film", ""}
        assert item.style not in held_back
        assert not item.style or SMALL.instance(item).split == "train"


def test_more_classes_are_of_kinetics_and_find_little() -> None:
    world = World(classes=22)
    assert world.labels[:16] == class_list("puppets-16").names
    assert set(world.labels) <= set(class_list("kinetics-600").names)
    assert len(set(world.labels)) == 22
    found: dict[str, list[str]] = {label: [] for label in world.labels[16:]}
    for item in world.items:
        for listing in item.listings:
            if listing.label in found and item.kind != "cartoon-two-classes":
                assert item.shows != listing.label
                found[listing.label].append(item.kind)
    kinds = list(found.values())
    assert kinds[0] == kinds[3] == ["wrong-class", "wrong-class"]
    assert kinds[1] == ["wrong-class", "film", "html"]
    assert kinds[2] == kinds[5] == []


def test_the_manifest_is_the_truth_as_json_lines() -> None:
    records = [json.loads(line) for line in SMALL.manifest().splitlines()]
    assert [record["path"] for record in records] == [item.path for item in SMALL.items]
    bomb = next(record for record in records if record["kind"] == "bomb-screen")
    assert (bomb["outcome"], bomb["reason"]) == ("refused", "over-budget")
    assert set(bomb["listings"][0]) == {"label", "keyword"}
    assert SMALL.manifest() == World(seed=3, classes=2, originals=2, size=64).manifest()
    assert SMALL.manifest() != World(seed=4, classes=2, originals=2, size=64).manifest()


def test_a_plain_world_has_as_many_as_asked_for_and_troubles_on_demand() -> None:
    world = World(plain=100, troubles=0)
    assert [item.kind for item in world.items] == ["plain"] * 100
    assert {item.listings[0].label for item in world.items} == set(world.labels)
    troubled = World(plain=100, troubles=2, without=PATIENCE)
    kinds = [item.kind for item in troubled.items]
    assert kinds.count("plain") == 100
    assert kinds.count("busy-once") == 2
    assert not set(kinds) & set(PATIENCE)
    assert {item.style for item in troubled.items} == {"plain", ""}
    takes = [item.take for item in troubled.items if item.style]
    assert len(set(takes)) == len(takes)


def test_what_is_left_out_is_not_planted() -> None:
    left_out = ("cartoon", "copy-mp4", "film", "html", "wrong-class", "slow", "cartoon-two-classes")
    kinds = {item.kind for item in World(classes=20, without=left_out).items}
    assert not kinds & set(left_out)
    assert "still" in kinds
    assert not any(KINDS[kind].part == "copy" for kind in kinds)  # there is nothing to copy


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": 0},
        {"classes": 601},
        {"originals": -1},
        {"troubles": -1},
        {"plain": -1},
        {"size": 65},
        {"size": 32},
        {"without": ("slow", "unheard-of")},
    ],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        World(**wrong)  # type: ignore[arg-type]
