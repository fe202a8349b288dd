"""The quiz, its page in a real browser, and the scores of what it saves."""

import base64
import fcntl
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from statsmodels.stats.proportion import proportion_confint

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row
from anigifs.puppets import Spec, render
from anigifs.puppets.quiz import sample_clips, score_quiz, write_quiz
from tests.conftest import chromium

#: What runs in a child before it becomes the browser, which wants its two pipes at 3 and 4.
EXEC = "import os, sys; os.dup2({0}, 3); os.dup2({1}, 4); os.execvp(sys.argv[1], sys.argv[1:])"


class Browser:
    """A tab of a browser, driven through the DevTools protocol over two pipes."""

    def __init__(self, commands: BinaryIO, replies: BinaryIO) -> None:
        self._commands, self._replies = commands, replies
        self._number, self._session = 0, ""
        self._events: list[str] = []
        tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        self.call("Page.enable")

    def close(self) -> None:
        """Close the browser."""
        self._session = ""
        self.call("Browser.close")

    def call(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON can say
        """Call a method and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        while (reply := self._next()).get("id") != self._number:
            self._events.append(str(reply.get("method")))
        assert "error" not in reply, reply["error"]
        return dict(reply["result"])

    def open(self, path: Path) -> None:
        """Open a file and wait until it is there."""
        self._until_loaded("Page.navigate", url=path.as_uri())

    def reload(self) -> None:
        """Load the page anew."""
        self._until_loaded("Page.reload")

    def js(self, expression: str) -> Any:  # noqa: ANN401
        """Return the value of an expression on the page."""
        found = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def seen(self) -> str:
        """Return the words that are to be seen."""
        return " ".join(str(self.js("document.body.innerText")).split())

    def _until_loaded(self, method: str, **params: str) -> None:
        self._events.clear()
        self.call(method, **params)
        while "Page.loadEventFired" not in self._events:
            self._events.append(str(self._next().get("method")))

    def _next(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._replies.read(1)) != b"\0":
            assert byte, "the browser went away"
            text += byte
        return dict(json.loads(text))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Yield a browser without a window, a network or a memory of its own."""
    program = chromium()
    pipes = [*os.pipe(), *os.pipe()]
    # Far from 3 and 4, so that none is written over by another.
    hear, commands, replies, tell = (fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in pipes)
    for one in pipes:
        os.close(one)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command = [program, *flags, "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"]
    with os.fdopen(commands, "wb", 0) as sending, os.fdopen(replies, "rb") as receiving:
        child = subprocess.Popen(
            [sys.executable, "-c", EXEC.format(hear, tell), *command],
            pass_fds=(hear, tell),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(hear)
        os.close(tell)
        try:
            tab = Browser(cast(BinaryIO, sending), receiving)
            yield tab
            tab.close()
            child.wait(20)
        finally:
            child.kill()
            child.wait()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A tiny benchmark of two styles."""
    spec = Spec(clips_per_class=1, size=64, domains=("film", "cartoon-dev"), splits=("test",))
    return render(spec, tmp_path_factory.mktemp("puppets"), executor=Local(1)).index


def row(number: int, label: str, style: str, split: str = "test") -> Row:
    name = f"{label}/{number % 5}"
    return Row(clip_id=f"{number:064x}", label=label, style=style, split=split, group=name)


def many() -> list[Row]:
    """Rows of 4 classes in 3 styles, 5 instances each."""
    cells = [(label, style) for label in "abcd" for style in ("film", "flat", "toy")]
    return [row(n, *cell) for n, cell in enumerate(cell for cell in cells for _ in range(5))]


def quiz_in(page: Path) -> dict[str, Any]:
    found = re.search(r'id="quiz">(.*?)</script>', page.read_text())
    assert found
    return dict(json.loads(found[1]))


def test_a_sample_is_even_over_styles_classes_and_instances() -> None:
    for count in (12, 24, 17, 31):
        chosen = sample_clips(many(), count, seed=1)
        assert len({one.clip_id for one in chosen}) == count
        for name in ("style", "label"):
            counts = Counter(getattr(one, name) for one in chosen).values()
            assert max(counts) - min(counts) <= 1
        instances = Counter(one.group for one in chosen).values()
        assert max(instances) <= count // 20 + 1
    assert len(sample_clips(many(), 1000, seed=1)) == 60


def test_the_seed_decides_the_sample_and_its_order() -> None:
    def ids(seed: int, rows: list[Row]) -> list[str]:
        return [one.clip_id for one in sample_clips(rows, 20, seed)]

    assert ids(3, many()) == ids(3, many()[::-1])
    assert ids(3, many()) != ids(4, many())
    assert ids(3, many()) != sorted(ids(3, many()))


def test_the_page_says_no_answer_and_needs_nothing_else(index: Index, tmp_path: Path) -> None:
    page = tmp_path / "quiz.html"
    assert write_quiz(index, page, clips=20) == 20
    text = page.read_text()
    assert not re.findall(r"https?://|src=|@import|url\(", text)
    quiz = quiz_in(page)
    assert quiz["classes"] == sorted(set(index.table["label"].to_pylist()))
    rows = {one.clip_id: one for one in index.rows()}
    for clip in quiz["clips"]:
        one = rows[clip["id"]]
        assert set(clip) == {"id", "style", "key", "type", "data"}
        assert base64.b64decode(clip["data"]) == (index.root / str(one.path)).read_bytes()
    assert len({clip["type"] for clip in quiz["clips"]}) == 2
    places = [quiz["classes"].index(rows[clip["id"]].label) for clip in quiz["clips"]]
    assert sum(clip["key"] == place for clip, place in zip(quiz["clips"], places, strict=True)) < 6
    for label in quiz["classes"]:
        assert text.count(label) == 1


def test_clips_for_tests_are_asked_for_where_there_are_any(index: Index, tmp_path: Path) -> None:
    tests = list(index.rows())
    trains = [replace(one, clip_id=one.clip_id[::-1], split="train") for one in tests]
    both = Index.from_rows([*trains, *tests[1:]], root=index.root)
    assert write_quiz(both, tmp_path / "quiz.html", clips=99) == len(tests)
    asked = {clip["id"] for clip in quiz_in(tmp_path / "quiz.html")["clips"]}
    assert asked == {one.clip_id for one in [trains[0], *tests[1:]]}


def test_what_cannot_be_asked_is_refused(index: Index, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        write_quiz(index, tmp_path / "a.html", clips=0)
    with pytest.raises(UsageError, match="none that can be used"):
        write_quiz(index.filter(split="moon"), tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def test_a_person_can_take_it(index: Index, tmp_path: Path) -> None:
    """Through keys, buttons, a way back, a reload and the file that is saved."""
    page = tmp_path / "quiz.html"
    write_quiz(index, page, clips=6, seed=2)
    quiz, rows = quiz_in(page), {one.clip_id: one for one in index.rows()}
    truth = [quiz["classes"].index(rows[clip["id"]].label) for clip in quiz["clips"]]
    with browser(tmp_path) as tab:
        tab.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
        tab.open(page)
        assert "6 short clips" in tab.seen()
        tab.js("document.getElementById('begin').click()")
        shown = []
        for number, place in enumerate(truth):
            assert f"{number + 1} of 6" in tab.seen()
            assert tab.js("document.querySelectorAll('#answers button').length") == 17
            shown.append(tab.js(PLAYS))
            if number == 3:  # a reload goes on here
                tab.reload()
                assert "4 of 6" in tab.seen()
            if number == 4:  # one is answered wrongly
                place = (place + 1) % 16
            if number == 5:  # and one not at all, by its button, after a look back
                tab.press("ArrowLeft")
                assert tab.js("document.querySelectorAll('[aria-pressed=true]').length") == 1
                tab.press("ArrowRight")
                tab.js("document.querySelector('#answers .none').click()")
            else:
                tab.press("abcdefghijklmnop"[place])
        assert shown == [True] * 6
        seen = tab.seen()
        wrong = quiz["classes"][truth[4]], quiz["classes"][(truth[4] + 1) % 16]
        assert "4 of 6 are right" in seen
        assert f"{wrong[0]} {wrong[1]} 1" in seen
        low, high = proportion_confint(4, 6, method="wilson")
        assert f"all 4 of 6 66.7 % {100 * low:.1f} to {100 * high:.1f}" in seen
        tab.js("document.getElementById('save').click()")
        saved = tmp_path / f"quiz-{quiz['id']}-answers.json"
        while not saved.exists():  # it appears whole, under this name
            tab.js("new Promise((done) => setTimeout(done, 20))")
        scores = score_quiz(index, saved)
    assert (scores["clips"], scores["right"], scores["cannot_tell"]) == (6, 4, 1)
    assert scores["confusions"] == [{"label": wrong[0], "answer": wrong[1], "clips": 1}]
    assert scores["seconds"] > 0


#: Whether the clip of this page has been decoded.
PLAYS = """(async () => {
  const clip = document.querySelector("#clip > *");
  if (clip.tagName === "IMG") { await clip.decode(); return clip.naturalWidth === 64; }
  while (!clip.currentTime) await new Promise((done) => setTimeout(done, 20));
  return clip.videoWidth === 64 && !clip.paused;
})()"""


def answers(folder: Path, told: object) -> Path:
    path = folder / "answers.json"
    path.write_text(told if isinstance(told, str) else json.dumps({"answers": told}))
    return path


def said(one: Row, answer: str | None, seconds: float = 2.0) -> dict[str, Any]:
    return {"clip_id": one.clip_id, "style": one.style, "answer": answer, "seconds": seconds}


def test_answers_are_scored_by_style_and_class(tmp_path: Path) -> None:
    rows = many()
    index = Index.from_rows(rows)
    told = [said(one, one.label if n % 4 else "a", n / 10) for n, one in enumerate(rows)]
    told[-1] = said(rows[-1], None, 99)
    scores = score_quiz(index, answers(tmp_path, told))
    for column, name in (("by_style", "style"), ("by_class", "label")):
        for value, share in scores[column].items():
            some = [n for n, one in enumerate(rows) if getattr(one, name) == value]
            hits = sum(told[n]["answer"] == rows[n].label for n in some)
            low, high = proportion_confint(hits, len(some), method="wilson")
            assert (share["right"], share["clips"]) == (hits, len(some))
            assert (share["low"], share["high"]) == pytest.approx((low, high))
    assert scores["cannot_tell"] == 1
    assert scores["seconds"] == pytest.approx(2.95)
    assert scores["confusions"][0]["answer"] == "a"
    missed = scores["clips"] - scores["right"] - 1
    assert sum(one["clips"] for one in scores["confusions"]) == missed


def test_bad_answers_are_one_line(tmp_path: Path) -> None:
    rows = many()
    index = Index.from_rows(rows)
    cases: list[tuple[object, str]] = [
        ("nonsense", "not the answers that the quiz's page saves"),
        ("[]", "not the answers"),
        ('{"answers": 4}', "not the answers"),
        ('{"answers": [{"clip_id": [], "answer": null, "seconds": 1}]}', "not the answers"),
        ('{"answers": [{"clip_id": "a", "answer": null, "seconds": NaN}]}', "not the answers"),
        ([], "holds no answer"),
        ([{**said(rows[0], "a"), "clip_id": "f" * 64}], "clip ffffffffffff is not in the index"),
        ([said(rows[0], "flying")], "the index has no class 'flying'"),
        ([said(rows[0], "a"), said(rows[0], "b")], "answers a clip twice"),
    ]
    for told, error in cases:
        with pytest.raises(UsageError, match=error) as raised:
            score_quiz(index, answers(tmp_path, told))
        assert "\n" not in str(raised.value)
    with pytest.raises(UsageError, match="no such file"):
        score_quiz(index, tmp_path / "none.json")
