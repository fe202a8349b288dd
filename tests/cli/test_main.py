"""The surface of the command line: its flags, its speed's causes, and how it ends."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import anigifs
from anigifs.cli.agreement import Agreement
from anigifs.foundation import write_text
from anigifs.media import write_gif
from tests.cli.conftest import SMALL, Run

FROZEN = Path(__file__).with_name("flags.json")
COMMANDS = [
    "predict",
    "evaluate",
    "collect",
    "screen",
    "duplicates",
    "review init",
    "review accounts list",
    "review accounts add",
    "review accounts role",
    "review accounts password",
    "review accounts disable",
    "review accounts enable",
    "review serve",
    "review export",
    "review load",
    "agreement",
    "release",
    "materialise",
    "audit",
    "explain",
    "score",
    "study",
    "sweep",
    "train",
    "index folder",
    "index table",
    "index check",
    "index split",
    "index subset",
    "index join",
    "index stats",
    "index coverage",
    "index kinetics",
    "index ava-kinetics",
    "index ucf-hmdb",
    "index hac",
    "index urls",
    "index export",
    "gap",
    "figure strips",
    "figure classes",
    "figure tuples",
    "figure saliency",
    "figure confusion",
    "figure class-gap",
    "figure search",
    "figure hits",
    "figure curves",
    "figure gains",
    "gifify",
    "puppets",
    "weights list",
    "weights add",
    "weights verify",
    "weights seen",
]


def flags(help_text: str) -> list[str]:
    return sorted(set(re.findall(r"--[a-z][a-z-]*", help_text)) - {"--help"})


def test_flags_are_frozen(run: Run) -> None:
    """Adding a flag means adding it to flags.json; taking one away breaks people's scripts."""
    found = {}
    for command in COMMANDS:
        ran = run(*command.split(), "--help")
        assert ran.code == 0
        assert f"Example: anigifs {command}" in ran.out
        # Flags stand at the beginning of a line within the box; others are spoken of in texts.
        boxed = "\n".join(re.findall(r"^│ (?:-h, )?(--.*)$", ran.out, re.M))
        found[command] = flags(boxed)
    assert found == json.loads(FROZEN.read_text())


@pytest.mark.parametrize("group", ["", "review", "review accounts", "index", "figure", "weights"])
def test_help_shows_every_command_and_no_other(run: Run, group: str) -> None:
    """One that is not in the list above would not have its flags frozen."""
    names = group.split()
    ran = run(*names, "--help")
    assert ran.code == 0
    known = [command.split() for command in COMMANDS]
    below = {one[len(names)] for one in known if one[: len(names)] == names}
    assert set(re.findall(r"• ([a-z-]+)", ran.out)) == below


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version").out == f"anigifs {anigifs.__version__}\n"


def test_an_unknown_flag_is_exit_code_2(run: Run) -> None:
    ran = run("predict", "--nope", "a.gif")
    assert (ran.code, ran.out) == (2, "")
    assert "--nope" in ran.err
    assert ran.err.count("\n") == 1


def test_what_may_be_chosen_is_told_in_full(run: Run) -> None:
    ran = run("review", "accounts", "add", "review", "ann", "--role", "king")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert all(role in ran.err for role in ("'annotator'", "'adjudicator'", "'administrator'"))


def test_a_file_that_cannot_be_replaced_is_called_by_its_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(self: Agreement) -> int:
        write_text(tmp_path, "")
        return 0

    monkeypatch.setattr(Agreement, "run", write)
    ran = run("agreement", "votes.csv")
    said = f"anigifs: {tmp_path}: cannot write (Is a directory); choose another place"
    assert ran.code == 2
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1


def test_wrong_arguments_give_json_too(run: Run) -> None:
    ran = run("predict", "a.gif", "--top", "many", "--json")
    assert ran.code == 2
    assert "many" in ran.json["error"]
    assert "\n" not in ran.json["error"]


def test_on_a_terminal_results_go_to_the_file_that_was_asked_for(
    tmp_path: Path, small_weights: Path
) -> None:
    """Progress bars must not take standard output along to the terminal."""
    write_gif(tmp_path / "a.gif", np.zeros((9, 5, 9, 3), np.uint8), 50)
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "anigifs", "predict", str(tmp_path / "a.gif"), *SMALL]
    with (tmp_path / "out.txt").open("wb") as out:
        ran = subprocess.run(
            [*command, "--weights", str(small_weights)], stdout=out, stderr=terminal, check=False
        )
    os.close(terminal)
    os.close(master)
    assert ran.returncode == 0
    assert "9 frames, 0.45 s, 9 x 5" in (tmp_path / "out.txt").read_text()


def loaded_by(code: str) -> set[str]:
    report = f"import sys\n{code}\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_help_and_import_load_nothing_heavy() -> None:
    heavy = {"torch", "numpy", "cv2", "av", "PIL", "scipy"}
    assert not heavy & loaded_by("import anigifs")
    assert not heavy & loaded_by("import anigifs.cli.main")
    assert not {"torch"} & loaded_by("import anigifs.media, anigifs.taxonomy, anigifs.clips")
    assert not {"torch"} & loaded_by("import anigifs.models.weights")


@pytest.mark.parametrize("asked", ["weights list --json", "train --help"])
def test_a_reader_that_goes_away_is_no_traceback(asked: str) -> None:
    # -u, or what is short of a buffer is written at the end only.
    command = f"{sys.executable} -u -m anigifs {asked} | head -c 1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert len(ran.stdout) == 1
    assert "Traceback" not in ran.stderr


def test_what_is_wrong_is_said_where_all_is_ascii() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "anigifs", "gifify", "a.mp4", "--pick", "last"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("anigifs: ")
    assert "('showing', 'nearest')" in ran.stderr
    assert ran.stderr.count("\n") == 1
