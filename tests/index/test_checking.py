import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Account, Index, check, clip_id, from_folder, journal_of
from anigifs.index.checking import reason
from anigifs.index.look import Look
from tests.index.test_look import break_frame
from tests.index.trees import ODD, column, index_of, row, write_clip


def probe(index: Index, tmp_path: Path) -> tuple[Index, Account]:
    return check(index, "probe", journal=tmp_path / "j", executor=Local(1))


def decode(index: Index, tmp_path: Path) -> tuple[Index, Account]:
    return check(index, "decode", journal=tmp_path / "j", executor=Local(1))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_bad_tree_ends_in_a_right_index_and_a_right_account(tmp_path: Path) -> None:
    """Sound files under odd names beside all that goes wrong, looked at by two processes."""
    root = tmp_path / "clips"
    for number, name in enumerate(ODD):
        write_clip(root / name.removesuffix(".gif") / name, frames=3 + number, seed=number)
    bad = root / "bad things"
    write_clip(bad / "cut.gif", frames=6)
    (bad / "cut.gif").write_bytes((bad / "cut.gif").read_bytes()[:-900])
    write_clip(bad / "late.gif", frames=9)
    break_frame(bad / "late.gif", 4)
    write_clip(bad / "first.gif", frames=8)
    break_frame(bad / "first.gif", 0)
    write_clip(bad / "twin.gif", frames=3, seed=0)  # the bytes of the first sound file
    (bad / "text.gif").write_text("hello")
    (bad / "page.gif").write_text("<html>refused</html>")
    (bad / "empty.gif").write_bytes(b"")
    (bad / "head.gif").write_bytes(b"GIF89a\x05\x00\x05\x00\x00\x00\x00")
    (bad / "bomb.gif").write_bytes(b"GIF89a" + b"\x60\xea" * 2 + b"\x00\x00\x00\x3b")
    (bad / "link.gif").symlink_to("nowhere")
    (bad / "gone.gif").write_bytes(b"listed, then deleted")
    (root / "bad things" / os.fsdecode(b"na\xefve.gif")).write_bytes(b"x")
    from_folder(root, domain="gif").write(tmp_path / "index.parquet")
    (bad / "gone.gif").unlink()

    listed = Index.read(tmp_path / "index.parquet")
    checked, account = check(
        listed, "decode", journal=journal_of(tmp_path / "index.parquet"), executor=Local(2)
    )
    checked.write(tmp_path / "index.parquet")
    rows = {row.path: row for row in Index.read(tmp_path / "index.parquet").rows()}

    assert len(rows) == len(ODD) + 12
    for number, name in enumerate(ODD):
        found = rows[f"clips/{name.removesuffix('.gif')}/{name}"]
        assert (found.state, found.frames, found.error) == ("decoded", 3 + number, None)
        assert found.sha256 == sha256(tmp_path / str(found.path))
        assert found.clip_id == clip_id(str(found.sha256))
    wrong = {
        Path(str(path)).name: found.error for path, found in rows.items() if found.state == "error"
    }
    assert wrong == {
        "first.gif": "its first frame is damaged",
        "text.gif": "a text file, not an animation or a video",
        "page.gif": wrong["page.gif"],
        "empty.gif": "the file is empty",
        "head.gif": "a GIF file without one whole frame",
        "bomb.gif": wrong["bomb.gif"],
        "link.gif": "no such file",
        "gone.gif": "no such file",
        "na\\xefve.gif": "its name is not valid UTF-8; rename it and list it anew",
    }  # fmt: skip
    assert str(wrong["page.gif"]).startswith("an HTML page (perhaps a download that was refused)")
    assert str(wrong["bomb.gif"]).startswith("asks for a canvas of 60000 x 60000")
    assert rows["clips/bad things/late.gif"].frames == 4
    sound = len(ODD) + 3
    assert account.states == {"listed": 0, "probed": 0, "decoded": sound, "error": 9}
    assert (account.rows, account.files, account.looked_at) == (sound + 9, sound + 8, sound + 8)
    assert (account.changed, account.duplicates) == (0, 1)
    assert account.errors == Counter(reason(str(error)) for error in wrong.values())
    assert next(iter(account.errors.items())) == ("no such file", 2)
    assert account.warnings == {
        "truncated: N whole frames were used": 1,
        "frame N of N is damaged; only those before it were used": 1,
    }


def test_reasons_are_errors_with_their_numbers_taken_out() -> None:
    assert reason("asks for 2,001 frames, above 1.5") == "asks for N frames, above N"
    assert reason("not UTF-8, nor MP4, on 31 May") == "not UTF-8, nor MP4, on N May"


def test_unchanged_files_are_not_looked_at_again(tmp_path: Path) -> None:
    for seed in range(4):
        write_clip(tmp_path / "yoga" / f"{seed}.gif", seed=seed)
    (tmp_path / "yoga/text.gif").write_text("hello")
    index = from_folder(tmp_path)
    first, account = probe(index, tmp_path)
    assert account.looked_at == 5
    again, account = probe(first, tmp_path)
    assert (account.looked_at, list(again.rows())) == (0, list(first.rows()))
    assert account.states == {"listed": 0, "probed": 4, "decoded": 0, "error": 1}

    write_clip(tmp_path / "yoga/0.gif", seed=9, frames=6)  # another size
    os.utime(tmp_path / "yoga/1.gif", ns=(0, 0))  # another time
    (tmp_path / "yoga/2.gif").unlink()
    changed, account = probe(first, tmp_path)
    assert (account.looked_at, account.changed) == (3, 1)
    rows = {row.path: row for row in changed.rows()}
    assert rows["yoga/0.gif"].sha256 == sha256(tmp_path / "yoga/0.gif")
    assert rows["yoga/0.gif"].clip_id == clip_id(sha256(tmp_path / "yoga/0.gif"))
    assert rows["yoga/1.gif"] == next(row for row in first.rows() if row.path == "yoga/1.gif")
    assert rows["yoga/2.gif"].error == "no such file"
    before = next(row for row in first.rows() if row.path == "yoga/2.gif")
    assert (rows["yoga/2.gif"].clip_id, before.frames) == (before.clip_id, 5)
    assert rows["yoga/2.gif"].frames is None


def test_decoding_looks_again_at_what_was_only_probed_and_sound(tmp_path: Path) -> None:
    write_clip(tmp_path / "yoga/a.gif")
    (tmp_path / "yoga/text.gif").write_text("hello")
    index = from_folder(tmp_path)
    probe(index, tmp_path)
    decoded, account = decode(index, tmp_path)
    assert (account.looked_at, column(decoded, "state")) == (1, ["decoded", "error"])
    decoded, account = probe(index, tmp_path)
    assert (account.looked_at, column(decoded, "state")) == (0, ["decoded", "error"])


def test_clips_of_one_file_share_one_look(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.gif", frames=10)  # 500 ms
    whole = row("a.gif")
    windows = [(0, 200), (200, 400), (400, 900), (500, 600), (0, 200)]
    parts = [row("a.gif", start_ms=start, end_ms=end) for start, end in windows]
    checked, account = decode(index_of(whole, *parts, row("n", path=None), root=tmp_path), tmp_path)
    assert (account.rows, account.files, account.looked_at, account.duplicates) == (7, 1, 1, 1)
    assert column(checked, "state") == [*["decoded"] * 4, "error", "decoded", "listed"]
    assert column(checked, "error")[4] == "the clip begins at 500 ms, but its file ends at 500 ms"
    hash_ = sha256(tmp_path / "a.gif")
    expected = [clip_id(hash_), *(clip_id(hash_, *window) for window in windows), clip_id("n")]
    assert column(checked, "clip_id") == expected


def test_a_listed_hash_that_is_another_files_is_counted(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.gif")
    index = index_of(row("a.gif", sha256="0" * 64), root=tmp_path)
    checked, account = probe(index, tmp_path)
    assert (account.changed, column(checked, "sha256")) == (1, [sha256(tmp_path / "a.gif")])


def test_a_tree_elsewhere_under_other_names_has_the_same_clips(tmp_path: Path) -> None:
    for seed in range(2):
        write_clip(tmp_path / "one/yoga" / f"{seed}.gif", seed=seed)
    one, _ = probe(from_folder(tmp_path / "one"), tmp_path)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    two, _ = check(from_folder(tmp_path / "two"), journal=tmp_path / "k", executor=Local(1))
    assert one.identity == two.identity
    (tmp_path / "two/yoga/0.gif").rename(tmp_path / "two/yoga/z.gif")
    two, _ = check(from_folder(tmp_path / "two"), journal=tmp_path / "k", executor=Local(1))
    assert set(column(one, "clip_id")) == set(column(two, "clip_id"))


def test_a_journal_that_is_torn_or_of_another_version_is_no_obstacle(tmp_path: Path) -> None:
    write_clip(tmp_path / "yoga/a.gif")
    index = from_folder(tmp_path)
    first, _ = probe(index, tmp_path)
    lines = (tmp_path / "j").read_text()
    (tmp_path / "j").write_text(lines.replace('"version": 1', '"version": 0'))
    assert probe(index, tmp_path)[1].looked_at == 1
    (tmp_path / "j").write_text('{"version": 1, "path": "yoga/a.gif"}\n')
    assert probe(index, tmp_path)[1].looked_at == 1
    (tmp_path / "j").write_text(lines[:-30])
    again, account = probe(index, tmp_path)
    assert (account.looked_at, list(again.rows())) == (1, list(first.rows()))
    assert probe(index, tmp_path)[1].looked_at == 0


def test_looks_can_be_watched(tmp_path: Path) -> None:
    write_clip(tmp_path / "yoga/a.gif")
    seen: list[object] = []
    index = from_folder(tmp_path)

    def watch(looks: Iterator[Look], files: int) -> Iterator[Look]:
        seen.append(files)
        for one in looks:
            seen.append(one.path)
            yield one

    check(index, journal=tmp_path / "j", executor=Local(1), watch=watch)
    assert seen == [1, "yoga/a.gif"]


def test_senseless_requests_are_refused(tmp_path: Path) -> None:
    index = index_of(row("a.gif"))
    with pytest.raises(UsageError, match="level 'guess'"):
        check(index, "guess", journal=tmp_path / "j")  # type: ignore[arg-type]


CHECK = """
from pathlib import Path
from anigifs.foundation.work import Local
from anigifs.index import check, from_folder
root = Path({root!r})
check(from_folder(root), "decode", journal=root / "j", executor=Local(2))
"""


def test_a_killed_check_goes_on_where_it_was_and_leaves_no_process(tmp_path: Path) -> None:
    files = 60
    write_clip(tmp_path / "yoga/000.gif", frames=30, side=120)
    for number in range(1, files):
        shutil.copy(tmp_path / "yoga/000.gif", tmp_path / "yoga" / f"{number:03d}.gif")
    journal = tmp_path / "j"
    killed = subprocess.Popen([sys.executable, "-c", CHECK.format(root=str(tmp_path))])
    enough = random.Random(0).randint(3, 12)
    while journalled(journal) < enough:
        assert killed.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children").read_text().split()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    known = journalled(journal)
    assert known < files
    assert children
    while any(runs(int(child)) for child in children):
        time.sleep(0.02)  # pytest's own limit ends this if they stay

    resumed, account = check(from_folder(tmp_path), "decode", journal=journal, executor=Local(2))
    assert account.looked_at == files - known
    whole, _ = check(from_folder(tmp_path), "decode", journal=tmp_path / "k", executor=Local(1))
    assert list(resumed.rows()) == list(whole.rows())
    assert account.states["decoded"] == files


def journalled(journal: Path) -> int:
    """Whole lines about files, counted without the code under test."""
    lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    return sum("path" in json.loads(line) for line in lines)


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
