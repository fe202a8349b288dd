import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from anigifs.collect.web import robots
from tests.cli.conftest import Run

#: One class: some fifty files and every trouble that can be planted.
DEMO = ["collect", "--demo", "--classes", "1"]


def test_the_demo_ends_as_planted_and_is_not_done_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "FAILURE_S", 0.5)  # for so long a missing host is not asked again
    out = tmp_path / "demo"
    ran = run(*DEMO, "--out", out, "--json")
    assert ran.code == 0, ran.err
    summary = ran.json["summary"]
    assert (summary["off"], summary["waiting"], summary["queries_open"]) == ([], 0, 0)
    assert summary["media"] == summary["planted"] == summary["stored"] + summary["refused"]
    assert summary["refused"] > 20
    groups = [(one["group"]["label"], one["group"]["keyword"]) for one in ran.json["results"]]
    assert groups == [("archery", word) for word in ("animated", "cartoon", "graphics")]

    rows = pq.read_table(out / "candidates.parquet").to_pylist()
    planted = [json.loads(line) for line in (out / "planted.jsonl").read_text().splitlines()]
    assert len(rows) == summary["candidates"] == summary["hits"]
    twice = next(one for one in planted if one["kind"] == "cartoon-two-keywords")
    hits = [row for row in rows if row["url"].endswith(twice["path"])]
    assert {row["keyword"] for row in hits} == {one["keyword"] for one in twice["listings"]}
    assert {row["licence"] for row in rows} > {"CC BY 4.0"}

    again = run(*DEMO, "--out", out, "--json")
    assert again.json["summary"] == summary
    assert run("collect", "--out", out, "--verify").out.endswith("store: 0 problems\n")


def test_a_file_that_is_not_what_it_was_is_found(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "c" / "store"
    name = "a" * 64
    (store / "objects" / "aa" / "aa").mkdir(parents=True)
    (store / "objects" / "aa" / "aa" / f"{name}.gif").write_bytes(b"GIF89a")
    ran = run("collect", "--out", tmp_path / "c", "--verify", "--json")
    assert ran.code == 2
    assert name in ran.json["results"][0]["problem"]
    none = run("collect", "--out", tmp_path / "none", "--verify")
    assert (none.code, none.err.count("\n")) == (2, 1)


def test_the_papers_search_is_planned_and_nothing_is_asked(run: Run, tmp_path: Path) -> None:
    ran = run("collect", "--out", tmp_path / "c", "--providers", "commons", "--plan", "--json")
    assert ran.code == 0
    assert ran.json["summary"]["queries"] == 1_800
    (share,) = ran.json["results"]
    assert (share["provider"], share["least"]) == ("commons", 1_800)
    people = run("collect", "--out", tmp_path / "c", "--plan")
    assert "commons: 1,800 queries" in people.out
    assert not (tmp_path / "c").exists()


def test_a_list_of_addresses_is_planned_by_its_classes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "url,label\nhttps://media.example/a.gif,yoga\nhttps://media.example/b.gif,golf\n"
    )
    listing = ["--urls", tmp_path / "list.csv", "--plan", "--json"]
    ran = run("collect", "--out", tmp_path / "c", *listing)
    assert ran.json["summary"]["queries"] == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--contact: give an e-mail address or a web page"),
        (["--contact", "a@b.example", "--providers", "bing"], "no provider 'bing'; there are"),
        (["--contact", "a@b.example", "--providers", "ddgs-bing"], "accept its terms"),
        (["--contact", "a@b.example", "--threads", "0"], "--threads 0: at least 1"),
        (["--contact", "a@b.example", "--gap", "-1"], "--gap is 0 or more"),
        (["--contact", "a@b.example", "--template", "{x}"], "the template '{x}'"),
        (["--demo", "--classes", "yoga"], "--demo takes a number of classes"),
        (["--demo", "--classes", "601"], "a demo of 601 classes: 1 to 600"),
    ],
)
def test_what_cannot_be_collected_is_one_line(
    run: Run, tmp_path: Path, options: list[str], message: str
) -> None:
    ran = run("collect", "--out", tmp_path / "c", *options)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "c").exists()


def test_another_demo_does_not_go_into_the_same_folder(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    (out / "collect.json").write_text('{"version": 1, "demo": null}')
    ran = run(*DEMO, "--out", out)
    assert ran.code == 2
    assert "holds a collection that differs in demo" in ran.err


def test_a_plan_is_of_the_words_that_are_asked_for(run: Run, tmp_path: Path) -> None:
    plan = ["collect", "--out", tmp_path / "c", "--providers", "commons", "--plan", "--json"]
    more = [[], ["--styles", "cartoon"], ["--styles", "cartoon", "--synonyms"]]
    counts = [run(*plan, "--classes", "abseiling", *one).json["summary"]["queries"] for one in more]
    assert counts == [3, 1, 2]  # "rappelling", too
