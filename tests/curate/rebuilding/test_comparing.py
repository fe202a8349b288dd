import io
import itertools
from pathlib import Path

import pytest
from PIL import Image

from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.items import Fetched
from anigifs.collect.store import Store
from anigifs.curate.rebuilding import comparing
from anigifs.curate.rebuilding.comparing import Answer, Fate, Outcome, answer_of, judge_all
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.seeing.frames import Frames, look_at
from anigifs.foundation import MediaError
from anigifs.foundation.work import Local
from tests.curate.rebuilding.planted_release import WORLD, item

A, B = "http://a.test/", "http://b.test/"
BODIES = Bodies(WORLD)


def body(kind: str, number: int = 0) -> bytes:
    return BODIES.of(WORLD.of_kind(kind)[number])


def still_of(data: bytes) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as opened:
        opened.save(file, "GIF")
    return file.getvalue()


@pytest.fixture(scope="module")
def original() -> ReleasedItem:
    """The first cartoon; the release knows of a duplicate, which is really another one."""
    return item(body("cartoon"), [A, B], files=[body("cartoon", 1)])


def brought(store: Store, one: ReleasedItem, data: bytes, url: str = A) -> Answer:
    """Return the answer of an address that gave some bytes."""
    with store.temporary() as path:
        path.write_bytes(data)
        sha256 = store.add(path, "gif")
    return answer_of(one, url, Fetched(outcome="stored", sha256=sha256, kind="gif"))


def judged(store: Store, one: ReleasedItem, *answers: Answer) -> Outcome:
    heard = [Outcome(one.clip_id, answers)]
    judge_all(heard[:1], {one.clip_id: one}, store, heard.append, executor=Local(1))
    return heard[-1]


def test_hashes_alone_tell_the_same_bytes_and_known_duplicates(
    original: ReleasedItem, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    same, known = (brought(store, original, body("cartoon", number)) for number in (0, 1))
    assert (same.fate, same.how, same.judged) == ("exact", "", True)
    assert (known.fate, known.how, known.judged) == ("similar", "duplicate", True)


@pytest.mark.parametrize(
    ("outcome", "reason", "fate"),
    [("refused", "robots", "gone"), ("refused", "gone", "gone"), ("failed", "timeout", "failed")],
)
def test_where_nothing_came_the_reason_is_kept(
    outcome: str, reason: str, fate: Fate, original: ReleasedItem
) -> None:
    answer = answer_of(original, A, Fetched(outcome=outcome, reason=reason, detail="so"))
    assert (answer.fate, answer.reason, answer.detail) == (fate, reason, "so")


@pytest.mark.parametrize(
    ("kind", "fate", "how"),
    [
        ("copy-resized", "similar", "same"),
        ("copy-mirrored", "similar", "mirrored"),
        ("copy-reversed", "similar", "same"),
        ("copy-webp", "similar", "same"),
        ("film", "changed", ""),
        ("wrong-class", "changed", ""),
    ],
)
def test_other_bytes_are_what_they_show(kind: str, fate: Fate, how: str, tmp_path: Path) -> None:
    planted = WORLD.of_kind(kind)[0]
    one = item(BODIES.of(WORLD.by_path[planted.original or WORLD.of_kind("cartoon")[0].path]), [A])
    store = Store(tmp_path)
    before = brought(store, one, body(kind))
    assert (before.fate, before.judged) == ("changed", False)
    outcome = judged(store, one, before)
    (answer,) = outcome.answers
    assert (outcome.fate, answer.how, answer.judged) == (fate, how, True)
    assert (answer.share >= 0.75) == (fate == "similar")


def test_a_still_of_the_work_is_not_the_work(original: ReleasedItem, tmp_path: Path) -> None:
    store = Store(tmp_path)
    outcome = judged(store, original, brought(store, original, still_of(body("cartoon"))))
    assert (outcome.fate, outcome.best.detail) == ("changed", "it does not move")


def test_an_item_without_hashes_is_like_nothing(tmp_path: Path) -> None:
    blind = item(body("cartoon"), [A], hashes=(), quality=(), whole=0)
    store = Store(tmp_path)
    assert judged(store, blind, brought(store, blind, body("copy-resized"))).fate == "changed"


def test_files_are_decoded_in_other_processes(original: ReleasedItem, tmp_path: Path) -> None:
    """One cannot be decoded at all; another came from two addresses."""
    store = Store(tmp_path)
    resized = [brought(store, original, body("copy-resized"), url) for url in (A, B)]
    broken = brought(store, original, b"GIF89a and no more", "http://c.test/")
    outcome = judged(store, original, *resized, broken)
    assert [one.fate for one in outcome.answers] == ["similar", "similar", "changed"]
    assert all(one.judged for one in outcome.answers)
    assert outcome.answers[2].detail
    assert str(tmp_path) not in outcome.answers[2].detail


def test_a_file_that_the_program_fails_on_ends_nothing_else(
    original: ReleasedItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    bad = brought(store, original, body("film"))
    good = brought(store, original, body("copy-resized"), B)

    def failing(path: Path) -> Frames:
        if path == store.path(bad.sha256, bad.kind):
            raise ZeroDivisionError
        return look_at(path)

    monkeypatch.setattr(comparing, "look_at", failing)
    outcome = judged(store, original, bad, good)
    assert [one.fate for one in outcome.answers] == ["changed", "similar"]
    assert "ZeroDivisionError" in outcome.answers[0].detail


def test_a_picture_that_stands_for_many_is_decoded_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    decoded: list[Path] = []

    def look(path: Path) -> Frames:
        decoded.append(path)
        raise MediaError("a picture that says sorry")

    monkeypatch.setattr(comparing, "look_at", look)
    items = [item(body("cartoon", number), [A]) for number in range(3)]
    store = Store(tmp_path)
    outcomes = [Outcome(one.clip_id, (brought(store, one, body("film")),)) for one in items]
    heard: list[Outcome] = []
    judge_all(outcomes, {one.clip_id: one for one in items}, store, heard.append, executor=Local(1))
    assert len(decoded) == 1
    assert [one.best.detail for one in heard] == 3 * ["a picture that says sorry"]


def test_other_processes_see_the_same(original: ReleasedItem, tmp_path: Path) -> None:
    store = Store(tmp_path)
    kinds = ("copy-shifted", "film", "copy-mirrored")
    answers = [brought(store, original, body(kind), f"http://{kind}.test/") for kind in kinds]
    answers.append(brought(store, original, b"GIF89a", "http://broken.test/"))
    found = []
    for executor in (Local(1), Local(2)):
        heard = [Outcome(original.clip_id, tuple(answers))]
        judge_all(heard[:1], {original.clip_id: original}, store, heard.append, executor=executor)
        found.append(heard[-1])
    assert found[0] == found[1]
    assert all(one.judged for one in found[0].answers)
    assert len({one.fate for one in found[0].answers}) == 2


def test_the_best_answer_speaks_for_an_item() -> None:
    ranked = [
        Answer(url="1", fate="exact"),
        Answer(url="2", fate="similar", how="duplicate", share=0.8, distance=30),
        Answer(url="3", fate="similar", share=1.0, distance=2),
        Answer(url="4", fate="similar", share=1.0, distance=9),
        Answer(url="5", fate="failed", reason="timeout"),
        Answer(url="6", fate="changed"),
        Answer(url="7", fate="gone", reason="gone"),
    ]
    for better, worse in itertools.combinations(ranked, 2):
        assert Outcome("1", (worse, better)).best == better
    assert Outcome("1", tuple(ranked)).settled  # nothing can become of it any more
    assert not Outcome("1", tuple(ranked[1:])).settled
    assert Outcome("1", tuple(ranked[5:])).settled


def test_an_outcome_is_what_was_written_down_of_it() -> None:
    answer = Answer(url=A, fate="similar", sha256="ab", media={"width": 8}, share=0.5)
    outcome = Outcome("1", (answer, Answer(url=B, fate="failed", reason="timeout")))
    assert Outcome.from_record(outcome.record()) == outcome
