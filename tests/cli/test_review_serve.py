import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from anigifs.cli.review_serve import ReviewServe
from anigifs.foundation import UsageError
from anigifs.review.people.accounts import add_account
from anigifs.review.review import open_review
from tests.review.web.made import LIGHT, PASSWORD, make_small_collection, make_small_review

#: The command in a process of its own, with the exit codes of the program.
COMMAND = """
import sys
from pathlib import Path
from anigifs.cli.review_serve import ReviewServe
from anigifs.foundation import AnigifsError
try:
    sys.exit(ReviewServe(Path(sys.argv[1]), port=0, json=True, behind_proxy=sys.argv[2]).run())
except AnigifsError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    make_small_review(make_small_collection(root / "collection", count=2), root / "review")
    review = open_review(root / "review")
    add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    review.close()
    return root / "review"


@contextmanager
def serving(folder: Path, proxy: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", COMMAND, str(folder), proxy]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield process, json.loads(line)["url"]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_answers_on_a_free_port_until_it_is_stopped(
    made: Path, number: signal.Signals, code: int
) -> None:
    with serving(made) as (process, url):
        assert httpx2.get(f"{url}/health").text == "ok"
        page = httpx2.get(f"{url}/login")
        assert page.status_code == 200
        assert "server" not in page.headers
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, "", "")


def test_people_log_in_through_a_proxy(made: Path) -> None:
    site = "https://review.example.org"
    said = {"Host": "review.example.org", "X-Forwarded-Proto": "https"}
    with serving(made, site) as (_, url):
        page = httpx2.get(f"{url}/login", headers=said)
        cookie = page.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        token = page.text.partition('name="csrf" content="')[2].partition('"')[0]
        form = {"csrf": token, "name": "ann", "password": PASSWORD}
        headers = said | {"Origin": site, "Cookie": cookie.partition(";")[0]}
        response = httpx2.post(f"{url}/login", data=form, headers=headers)
        assert (response.status_code, response.headers["location"]) == (303, "/")
        assert httpx2.get(f"{url}/login", headers={"Host": "other.example"}).status_code == 400


def test_without_an_account_it_says_how_to_add_one(made: Path, tmp_path: Path) -> None:
    root = tmp_path
    make_small_review(make_small_collection(root / "collection", count=2), root / "empty")
    with pytest.raises(UsageError) as refused:
        ReviewServe(root / "empty").run()
    assert f"`anigifs review accounts add {root / 'empty'} NAME --role administrator`" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"port": 70_000}, "--port 70000: 0 to 65535"),
        ({"behind_proxy": "http://name.example.org"}, "--behind-proxy http://name.example.org"),
        ({"behind_proxy": "https://"}, "--behind-proxy https://"),
        ({"behind_proxy": "https://a.example.org/path"}, "--behind-proxy"),
        ({"host": "256.0.0.1"}, "cannot listen on 256.0.0.1, port 8000"),
        ({"host": ""}, "--host is empty"),
        ({"host_name": ("a b",)}, "--host-name a b: give a name alone"),
        ({"host_name": ("a.lan", "https://b.lan")}, "--host-name https://b.lan"),
        ({"host_name": ("review.lan:8000",)}, "--host-name review.lan:8000"),
    ],
)
def test_what_cannot_be_served_is_said(
    made: Path, change: dict[str, object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = replace(ReviewServe(made), **change)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=message):
        command.run()


def test_a_taken_port_is_said(made: Path) -> None:
    with serving(made) as (_, url):
        port = int(url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"port {port}: Address already in use"):
            ReviewServe(made, port=port).run()


def test_an_address_that_others_reach_is_warned_of(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ReviewServe(made)._warn()
    ReviewServe(made, host="::1")._warn()
    ReviewServe(made, host="0.0.0.0", behind_proxy="https://a.example.org")._warn()
    assert capsys.readouterr().err == ""
    ReviewServe(made, host="0.0.0.0")._warn()
    err = capsys.readouterr().err
    assert "nothing is encrypted" in err
    assert "give --host-name" in err
