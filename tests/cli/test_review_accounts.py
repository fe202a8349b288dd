import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tyro

from anigifs.cli import review_accounts
from anigifs.cli.review_accounts import ReviewAccounts
from anigifs.foundation import UsageError
from anigifs.review.people import accounts
from anigifs.review.people.accounts import find
from anigifs.review.people.passwords import PASSWORDS
from anigifs.review.people.throttle import Throttle
from anigifs.review.review import Review, open_review
from tests.review.web.made import LIGHT, PASSWORD, make_small_collection, make_small_review


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    make_small_review(make_small_collection(root / "collection", count=2), root / "review")
    return root / "review"


@pytest.fixture
def review(made: Path) -> Iterator[Review]:
    review = open_review(made)
    yield review
    review.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hash cost next to nothing."""
    monkeypatch.setattr(PASSWORDS, "_hasher", LIGHT._hasher)


def run(*arguments: object) -> int:
    """Run a command as the group does."""
    words = [str(one) for one in arguments]
    config = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)
    return tyro.cli(ReviewAccounts, args=words, config=config).run()


def log_in(review: Review, name: str, password: str) -> accounts.Account:
    return accounts.log_in(review, Throttle(), name, password, "::1", 0, PASSWORDS)


def test_a_password_is_read_from_standard_input(
    made: Path, review: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\r\nmore\n"))
    assert run("add", made, "ann", "--role", "annotator", "--password-stdin") == 0
    assert capsys.readouterr().out == "ann added (annotator)\n"
    assert log_in(review, "ann", PASSWORD).role == "annotator"


def test_a_password_is_made_up_and_printed_once(
    made: Path, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", made, "gen", "--role", "administrator", "--generate") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "gen added (administrator)"
    password = second.removeprefix("password: ")
    assert log_in(review, "gen", password).role == "administrator"
    assert run("password", made, "gen", "--generate") == 0
    _, again = capsys.readouterr().out.splitlines()
    assert again != second
    with pytest.raises(accounts.NotLetIn):
        log_in(review, "gen", password)


def test_a_password_is_asked_for_twice_on_a_terminal(
    made: Path, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [PASSWORD, PASSWORD, PASSWORD, "something else"]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(review_accounts, "getpass", lambda prompt: typed.pop(0))
    assert run("add", made, "typed", "--role", "adjudicator") == 0
    assert log_in(review, "typed", PASSWORD).role == "adjudicator"
    with pytest.raises(UsageError, match="not the same"):
        run("add", made, "other", "--role", "annotator")
    assert find(review, "other") is None


def test_accounts_are_changed_and_listed(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD))
    run("add", made, "zoe", "--role", "annotator", "--password-stdin")
    run("role", made, "zoe", "adjudicator")
    run("disable", made, "zoe")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "zoe: adjudicator",
        "zoe: adjudicator, disabled",
    ]
    run("list", made)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["zoe", "adjudicator", "disabled"]
    run("enable", made, "zoe")
    capsys.readouterr()
    run("list", made, "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["results"][-1] == {"name": "zoe", "role": "adjudicator", "enabled": True}
    assert found["summary"] == {"accounts": len(found["results"])}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "<b>", "--role", "annotator", "--generate"], "give 1 to 64"),
        (["add", "new", "--role", "annotator"], "no terminal to ask on"),
        (["add", "new", "--role", "annotator", "--generate", "--password-stdin"], "one of them"),
        (["add", "new", "--role", "annotator", "--password-stdin"], "5 characters"),
        (["disable", "nobody"], "there is no account 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said(
    made: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    with pytest.raises(UsageError, match=message):
        run(arguments[0], made, *arguments[1:])


def test_a_folder_without_a_review_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no review"):
        run("list", tmp_path)


def test_roles_are_those_of_accounts() -> None:
    assert review_accounts.Role == accounts.Role
