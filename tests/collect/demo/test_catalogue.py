"""What a query finds."""

from anigifs.collect.demo import STYLE_WORDS, World
from anigifs.collect.demo.catalogue import Catalogue
from tests.collect.demo.conftest import SMALL


def test_a_class_and_a_style_word_find_what_is_listed_under_both() -> None:
    catalogue = Catalogue(SMALL)
    for label in SMALL.labels:
        for word in STYLE_WORDS:
            found = catalogue.find(f"{word} {label} gif")
            listed = {
                item.path
                for item in SMALL.items
                if any((one.label, one.keyword) == (label, word) for one in item.listings)
            }
            assert {item.path for item in found} == listed
            assert len(found) == len(listed) > 5


def test_without_a_style_word_a_class_finds_everything_once() -> None:
    catalogue = Catalogue(SMALL)
    found = [item.path for item in catalogue.find("archery")]
    listed = {
        item.path for item in SMALL.items if any(one.label == "archery" for one in item.listings)
    }
    assert sorted(found) == sorted(listed)


def test_any_spelling_of_a_class_finds_it_and_other_words_find_nothing() -> None:
    catalogue = Catalogue(World(plain=500, troubles=0))
    boxing = catalogue.find("cartoon punching person (boxing)")
    assert boxing
    for text in ("Cartoon Punching_Person boxing gif", "cartoon punching person"):
        assert catalogue.find(text) == boxing
    assert catalogue.find("cartoon quantum chromodynamics gif") == []


def test_the_longest_class_is_meant() -> None:
    world = World(classes=600)
    catalogue = Catalogue(world)
    found = {
        one.label
        for item in catalogue.find("animated passing American football (in game)")
        if item.kind != "cartoon-two-classes"
        for one in item.listings
    }
    assert found <= {"passing american football (in game)"}
    assert catalogue.find("pull ups") != catalogue.find("push up")


def test_originals_stand_further_up_than_rubbish_as_a_rule() -> None:
    catalogue = Catalogue(World(seed=1))
    places: dict[str, list[float]] = {"cartoon": [], "html": []}
    for label in catalogue.world.labels:
        found = catalogue.find(label)
        for place, item in enumerate(found):
            if item.kind in places:
                places[item.kind].append(place / len(found))
    means = {kind: sum(values) / len(values) for kind, values in places.items()}
    assert means["cartoon"] < means["html"]


def test_what_is_told_leads_to_the_file_and_names_the_class_that_was_asked_for() -> None:
    catalogue = Catalogue(SMALL)
    wrong = SMALL.of_kind("wrong-class")[0]
    told = catalogue.told(wrong, "http://127.0.0.1:8765")
    assert told["media_url"] == f"http://127.0.0.1:8765{wrong.path}"
    assert wrong.listings[0].label in told["title"].casefold()
    nowhere = SMALL.of_kind("at-ftp")[0]
    assert catalogue.told(nowhere, "http://127.0.0.1:8765")["media_url"] == nowhere.path
    licences = {catalogue.told(item, "")["licence"] for item in SMALL.items}
    assert "" in licences
    assert len(licences) > 2
