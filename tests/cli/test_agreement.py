import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tyro

from anigifs.cli.agreement import Agreement
from anigifs.curate.votes import Vote, write_votes
from anigifs.foundation import UsageError
from tests.curate.made import Made, make_collection
from tests.curate.voting.voted import vote

Capture = pytest.CaptureFixture[str]


@dataclass
class Said:
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))

    def row(self, title: str) -> list[str]:
        """Return the cells of the one row that begins so."""
        (line,) = [line for line in self.lines if re.match(rf"{re.escape(title)}  ", line)]
        return re.split(r"  +", line)


def run(capsys: Capture, *arguments: object) -> Said:
    """Run the command as the program does."""
    words = [str(one) for one in arguments]
    config = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)
    assert tyro.cli(Agreement, args=words, config=config).run() == 0
    return Said(*capsys.readouterr())


@pytest.fixture(scope="module")
def votes() -> list[Vote]:
    """Three of four people judge each of 60 items of two classes, and err in a tenth."""
    random = np.random.default_rng(0)
    cast = []
    for number in range(60):
        truth = number % 4 > 0
        label = "yoga" if number % 2 else "golf"
        for place, person in enumerate(random.permutation(["ann", "bob", "cat", "dan"])[:3]):
            yes = truth ^ (random.random() < 0.1)
            at = f"2026-01-0{place + 1}"
            cast.append(
                vote(f"{number}", str(person), "accept", label=label, at=at)
                if yes
                else vote(f"{number}", str(person), "action", label=label, at=at)
            )
    return cast


@pytest.fixture(scope="module")
def known() -> list[Vote]:
    return [
        vote(f"{number}", "gold", "accept" if number % 4 else "action", role="adjudicator",
             label="yoga" if number % 2 else "golf")
        for number in range(20)
    ]  # fmt: skip


@pytest.fixture
def file(votes: list[Vote], known: list[Vote], tmp_path: Path) -> Path:
    write_votes(tmp_path / "votes.csv", [*votes, *known])
    return tmp_path / "votes.csv"


def test_a_table_says_it_at_a_glance(file: Path, capsys: Capture) -> None:
    said = run(capsys, file)
    first, states, judged, *_ = said.lines
    assert first == f"{file}: 180 votes of 4 people on 60 items count"
    assert re.match(r"items: \d+ accepted, \d+ rejected, 0 undecided, 0 unjudged; 0 with", states)
    assert judged == "judged (items by people): 60 by 3; compared are the first 3 votes on each"
    told = run(capsys, file, "--json").json
    for title, one in zip(
        ("accepted or not", "as which class", "it moves", "it is drawn", "shows the action"),
        told["results"],
        strict=True,
    ):
        _, items, people, raw, fleiss, alpha, ac1 = said.row(title)
        assert (items, people) == (str(one["items"]), str(one["people"]))
        ends = [] if one["ac1"] == 1 else [f"{end:.2f}" for end in one["intervals"]["ac1"]]
        assert ac1 == " ".join([f"{one['ac1']:.2f}", *([f"[{', '.join(ends)}]"] * bool(ends))])
        assert raw.startswith(f"{100 * one['raw']:.1f} %")
        for cell, name in ((fleiss, "fleiss"), (alpha, "alpha")):
            assert cell.startswith("-" if one[name] is None else f"{one[name]:.2f}")
    moves = "all gave the same answer, so that chance alone would agree as well"
    (why,) = [line for line in said.lines if line.endswith(moves)]
    assert why.startswith("no fleiss (it moves), alpha (it moves)".replace("fleiss", "Fleiss"))
    assert len([line for line in said.lines if re.match(r"\w+, \w+  ", line)]) == 6


def test_who_is_right_on_known_items_is_told(file: Path, capsys: Capture) -> None:
    """Known answers stand among the votes of a review, and may be in a file of their own."""
    said = run(capsys, file)
    told = run(capsys, file, "--json").json["summary"]
    for one in told["gold"]["people"]:
        assert one["judged"] > 5
        cell = said.row(one["person"])[1]
        assert cell.startswith(f"{100 * one['share']:.1f} % [")
        assert cell.endswith(f"of {one['judged']}")
    by_three, by_all = told["gold"]["decisions"]
    assert (by_three["votes"], by_three["items"], by_all["votes"]) == (3, 20, 0)
    assert said.row("by 3 votes")[1:3] == ["20", "100.0 %"]
    assert by_three["share"] == pytest.approx(by_all["share"])


def test_known_answers_may_be_in_a_file_of_their_own(
    votes: list[Vote], known: list[Vote], tmp_path: Path, capsys: Capture
) -> None:
    write_votes(tmp_path / "v.parquet", votes)
    write_votes(tmp_path / "gold.jsonl", known[:10])
    said = run(capsys, tmp_path / "v.parquet")
    assert "right or wrong: cannot be told (no known answers; --gold gives them)" in said.lines
    told = run(capsys, tmp_path / "v.parquet", "--gold", tmp_path / "gold.jsonl", "--json").json
    assert told["summary"]["gold"]["known"] == 10


def test_classes_and_pairs_are_told_in_full(file: Path, capsys: Capture) -> None:
    said = run(capsys, file, "--by", "class")
    assert said.row("yoga")[1:3] == ["30", "30"]
    assert len([line for line in said.lines if line.startswith("each class")]) == 1
    pairs = run(capsys, file, "--by", "pair")
    heads = [line for line in pairs.lines if line.startswith("each two")]
    assert len(heads) == 5
    assert len([line for line in pairs.lines if line.startswith("ann, bob")]) == 5
    told = run(capsys, file, "--json").json["summary"]
    assert len(told["pairs"]) == 30
    assert [one["label"] for one in told["classes"]] == ["golf", "yoga"]
    assert set(told["classes"][0]["questions"]) == {one["question"] for one in told["pairs"]}


def test_the_seed_is_that_of_the_intervals(file: Path, capsys: Capture) -> None:
    once, again, other = (run(capsys, file, "--seed", seed).out for seed in (0, 0, 1))
    assert once == again
    assert once != other


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_collection(tmp_path_factory.mktemp("collections") / "made")


def test_a_collection_knows_what_is_one_item(made: Made, capsys: Capture) -> None:
    """Of thirteen votes, one is on a file that a program rejected."""
    with_it = run(capsys, made.votes, "--collection", made.folder)
    without = run(capsys, made.votes)
    assert "of 2 people on 8 items count" in with_it.lines[0]
    assert "without --collection each file is an item" not in with_it.err
    assert "without --collection each file is an item" in without.err
    assert "1.5 votes in the mean" in with_it.err
    told = run(capsys, made.votes, "--collection", made.folder, "--json").json
    assert told["summary"]["states"]["accepted"] == 6
    assert told["warnings"] == [
        line.removeprefix("anigifs: warning: ") for line in with_it.err.splitlines()
    ]


def test_of_one_person_it_says_what_is_missing(tmp_path: Path, capsys: Capture) -> None:
    write_votes(tmp_path / "v.csv", [vote("a", "ann", "accept"), vote("x", "bob", "skip")])
    said = run(capsys, tmp_path / "v.csv")
    assert said.row("accepted or not") == ["accepted or not", "0", "1", "-", "-", "-", "-"]
    assert any(line.endswith(": no item has two answers") for line in said.lines)
    assert "accepted or not: no two people judged the same item" in said.lines
    assert "who errs: cannot be told (no item has two votes)" in said.lines
    write_votes(tmp_path / "gold.csv", [vote("a", "boss", "accept")])
    said = run(capsys, tmp_path / "v.csv", "--gold", tmp_path / "gold.csv")
    assert said.row("ann")[1].endswith("of 1")
    assert said.lines[1].endswith("; known answers decide nothing here")
    write_votes(tmp_path / "v.csv", [])
    said = run(capsys, tmp_path / "v.csv")
    assert said.lines[0].endswith("0 votes of 0 people on 0 items count")
    assert "each class: no items" in said.lines


def test_names_are_printed_as_text(tmp_path: Path, capsys: Capture) -> None:
    cast = [vote("a", name, "accept", label="yo\x1bga") for name in ("a\nb", "\x1b[1m")]
    write_votes(tmp_path / "v.jsonl", cast)
    said = run(capsys, tmp_path / "v.jsonl")
    assert "\x1b" not in said.out
    assert r"\x1b[1m, a\nb" in said.out


def test_what_is_missing_is_one_line(made: Made, tmp_path: Path, file: Path) -> None:
    for arguments, fault in (
        ([tmp_path / "none.csv"], "no such file of votes"),
        ([file, "--gold", tmp_path / "none.csv"], "no such file of votes"),
        ([file, "--collection", tmp_path], "no such file"),
    ):
        with pytest.raises(UsageError, match=fault):
            tyro.cli(
                Agreement, args=[str(one) for one in arguments],
                config=(tyro.conf.OmitArgPrefixes,),
            ).run()  # fmt: skip
