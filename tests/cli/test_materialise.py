import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from anigifs.collect.demo import DemoEngine
from anigifs.index import Index
from tests.cli.conftest import Run
from tests.curate.rebuilding.planted_release import WORLD, body, item, release, url

CONTACT = ["--contact", "me@lab.example"]


@pytest.fixture(scope="module")
def engine() -> Iterator[DemoEngine]:
    with DemoEngine(WORLD) as one:
        yield one


@pytest.fixture
def folder(engine: DemoEngine, tmp_path: Path) -> Path:
    """A release of three items, of which the last is gone and the second is another copy."""
    items = [
        item(body(engine, "cartoon"), [url(engine, "cartoon")], creator="Ada"),
        item(body(engine, "cartoon", 1), [url(engine, "copy-reversed")]),
        item(body(engine, "film"), [url(engine, "not-found")]),
    ]
    return release(tmp_path / "release", items)


def test_a_release_is_rebuilt(run: Run, engine: DemoEngine, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["materialise", folder, "--out", out, *CONTACT, "--allow", engine.host, "--gap", "0"]
    engine.forget()
    ran = run(*command, "--json")
    assert ran.code == 0, ran.err
    summary = ran.json["summary"]
    assert summary["counts"] == {
        "exact": 1, "similar": 1, "changed": 0, "gone": 1, "failed": 0, "removed": 0
    }  # fmt: skip
    assert ran.json["warnings"] == [
        "items there in other bytes only: 1; --allow-similar takes them"
    ]
    assert len(ran.json["results"]) == 3
    assert {one.agent.split(" ")[-1] for one in engine.requests} == {"(+me@lab.example)"}

    people = run(*command, "--allow-similar")
    assert people.code == 0, people.err
    report = json.loads((out / "report.json").read_text())
    assert people.out.splitlines()[-2:] == [
        report["cite"], f"{out}: 2 clips, an index and a report"
    ]  # fmt: skip
    assert report["cite"].endswith(": 33.3 % exact, 33.3 % similar")
    assert len(Index.read(out / "index.parquet")) == 2


def test_what_is_on_a_list_of_removals_is_not_made(
    run: Run, engine: DemoEngine, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "removals.toml").write_text('[[removal]]\ncreator = "ada"\n')
    ran = run(
        "materialise", folder, "--out", tmp_path / "out", *CONTACT, "--allow", engine.host,
        "--removals", tmp_path / "removals.toml", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.json["summary"]["counts"]["removed"] == 1
    assert ran.json["summary"]["rows"] == 0


def test_private_addresses_are_asked_only_if_that_is_said(
    run: Run, engine: DemoEngine, folder: Path, tmp_path: Path
) -> None:
    engine.forget()
    ran = run("materialise", folder, "--out", tmp_path / "out", *CONTACT, "--json")
    assert ran.json["summary"]["reasons"] == {"gone": {"port": 3}}
    assert engine.requests == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--contact: give an e-mail address or a web page"),
        ([*CONTACT, "--threads", "0"], "--threads 0: at least 1"),
        ([*CONTACT, "--per-host", "0"], "--per-host 0: at least 1"),
        ([*CONTACT, "--gap", "-1"], "--gap is 0 or more"),
        ([*CONTACT, "--most-mib", "nan"], "--most-mib more than 0"),
        ([*CONTACT, "--allow", "localhost"], "allow a host and a port"),
        ([*CONTACT, "--removals", "none.toml"], "none.toml: no such list of removals"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(
    options: list[str], message: str, run: Run, folder: Path, tmp_path: Path
) -> None:
    ran = run("materialise", folder, "--out", tmp_path / "out", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err
    assert not (tmp_path / "out").exists()


def test_no_release_is_said_in_a_line(run: Run, tmp_path: Path) -> None:
    ran = run("materialise", tmp_path / "none", "--out", tmp_path / "out", *CONTACT)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "no such file" in ran.err
