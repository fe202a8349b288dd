import json
from pathlib import Path

import pytest

from anigifs.collect.demo import DemoEngine
from tests.cli.conftest import Run
from tests.curate.rebuilding.planted_release import WORLD, body, item, release, url

CONTACT = ["--contact", "https://lab.example/gifs"]


def test_a_sample_is_checked_and_told(run: Run, tmp_path: Path) -> None:
    with DemoEngine(WORLD) as engine:
        items = [
            item(body(engine, "cartoon"), [url(engine, "cartoon")]),
            item(body(engine, "cartoon", 1), [url(engine, "gone"), url(engine, "copy-bytes")]),
            item(body(engine, "film"), [url(engine, "forbidden")]),
        ]
        folder = release(tmp_path / "release", items)
        command = ["audit", folder, *CONTACT, "--allow", engine.host, "--gap", "0"]
        ran = run(*command, "--json", "--out", tmp_path / "report.json")
        assert ran.code == 0, ran.err
        summary = ran.json["summary"]
        report = json.loads((tmp_path / "report.json").read_text())
        assert {**summary, "fates": ran.json["results"]} == report
        assert summary["items"]["recoverable"]["count"] == 2
        assert summary["links"]["recoverable"]["count"] == 1
        assert summary["reasons"] == {"gone": 1, "forbidden": 1}

        people = run(*command, "--sample", "2", "--seed", "3")
        assert people.code == 0, people.err
        assert people.out.splitlines()[0].endswith(": 2 of 3 items, seed 3")
        assert "127.0.0.1" in people.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--contact: give an e-mail address or a web page"),
        ([*CONTACT, "--sample", "0"], "a sample of 0 items: at least 1"),
        ([*CONTACT, "--most-mib", "inf"], "--most-mib more than 0, both finite"),
        ([*CONTACT, "--gap", "inf"], "--gap is 0 or more"),
        (CONTACT, "no such file"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(
    options: list[str], message: str, run: Run, tmp_path: Path
) -> None:
    ran = run("audit", tmp_path / "none", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err
