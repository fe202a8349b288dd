import csv
from collections import Counter
from pathlib import Path

import pytest

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.release.account import Account
from anigifs.curate.release.classes import ClassCount, count_classes, kinetics_600_of
from anigifs.taxonomy import ClassList, class_list

CLASSES = ClassList("own", ("yoga", "tai chi", "juggling"), "", "")


def test_the_counts_of_a_collection_by_hand(released: tuple[Path, Account]) -> None:
    by_class = {one.label: one for one in released[1].by_class}
    assert len(by_class) == 600
    archery, pressing = by_class["archery"], by_class["bench pressing"]
    # Hits: each listing of the twelve stored finds and of the one that was refused.
    assert archery == ClassCount(
        label="archery", listed=True, kinetics_600="archery", hits=11, files=9, screened_out=1,
        clusters=6, judged=6, accepted=4, rejected=Counter(animated=1, action=1),
        splits=Counter(test=4),
    )  # fmt: skip
    assert (pressing.hits, pressing.files, pressing.clusters) == (3, 3, 2)
    assert (pressing.accepted, pressing.judged) == (2, 2)
    assert not any(one.hits or one.accepted for name, one in by_class.items()
                   if name not in ("archery", "bench pressing"))  # fmt: skip
    account = released[1]
    assert sum(one.clusters for one in by_class.values()) == account.clusters
    assert account.short_classes == ("archery", "bench pressing")
    assert (account.classes, account.empty_classes) == (2, 598)


def test_the_table_has_a_row_for_every_class(released: tuple[Path, Account]) -> None:
    with (released[0] / "classes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == list(class_list("kinetics-600"))
    archery = next(row for row in rows if row["class"] == "archery")
    assert {name: archery[name] for name in ("accepted", "rejected_animated", "in_test")} == {
        "accepted": "4",
        "rejected_animated": "1",
        "in_test": "4",
    }
    assert rows[0]["hits"] == "0"


def test_spellings_are_one_class_and_others_come_last() -> None:
    hits = [
        CandidateHit(url=f"https://a.example/{n}", label=label, sha256=sha256)
        for n, (label, sha256) in enumerate(
            [("Tai_Chi", "1"), ("tai chi", "1"), ("flying", "2"), ("yoga", ""), ("yoga", "1")]
        )
    ]
    counts = count_classes(CLASSES, hits, [], {}, [])
    assert [(one.label, one.listed, one.hits, one.files) for one in counts] == [
        ("yoga", True, 2, 1),
        ("tai chi", True, 2, 1),
        ("juggling", True, 0, 0),
        ("flying", False, 1, 1),
    ]


@pytest.mark.parametrize(
    ("name", "label", "same"),
    [
        ("kinetics-600", "yoga", "yoga"),
        ("kinetics-400", "making bed", "making the bed"),
        ("puppets-16", "squat", "squat"),
    ],
)
def test_classes_are_found_in_kinetics_600(name: str, label: str, same: str) -> None:
    assert kinetics_600_of(class_list(name))[label] == same


def test_a_class_that_kinetics_600_lacks_has_no_counterpart() -> None:
    own = ClassList("own", ("Tai_Chi", "flying a dragon"), "", "")
    assert kinetics_600_of(own) == {"Tai_Chi": "tai chi"}
