"""What the whole test suite shares: where outside material lies, and how its absence is said."""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes is the machine's business: speed is measured in benchmarks/.
settings.register_profile("anigifs", deadline=None)
settings.load_profile("anigifs")

if "PYTEST_XDIST_WORKER" in os.environ:
    # Tests side by side share the cores; with two threads each they would wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background jobs ignore Ctrl-C, and so would all that tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what all tests have in common.

    A whole round of it takes half a second where thousands of tests are collected, and statsmodels
    asks for one at every correction of p-values.
    """
    gc.freeze()


@pytest.fixture(autouse=True)
def _threads_are_left_as_they_were() -> Iterator[None]:
    """Take back how many threads a test has asked for: later ones share the cores as before."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else None
    yield
    if torch and torch.get_num_threads() != before:
        torch.set_num_threads(before)


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
BROWSER_MS = 120_000  # a browser that shares its cores is slow to start
REPOSITORY = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ANIGIFS_SHARED", REPOSITORY.parent / "shared"))


def absent(what: str) -> NoReturn:
    """Skip the test, naming what is absent; with REQUIRE_ALL=1 that is a failure."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is absent, and REQUIRE_ALL=1")
    pytest.skip(f"{what} is absent")


def chromium() -> str:
    """Return where Chromium is, or skip the test."""
    for name in CHROMIUM:
        if (found := shutil.which(name)) is not None:
            return found
    absent("chromium (Debian package chromium)")


def shared(name: str, what: str) -> Path:
    """Return a folder of outside material, or skip the test."""
    folder = SHARED / name
    if not (folder.is_dir() and any(folder.iterdir())):
        absent(f"the folder of {what} ({folder}; ANIGIFS_SHARED moves it)")
    return folder


def one_thread() -> Iterator[None]:
    """Compute on one thread for a while; to be made a fixture of.

    Weights are the same bits for the same number of threads only; and narrow networks gain nothing
    from a second thread, and lose much where others compute.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def one_process() -> Iterator[None]:
    """Start no processes for work that does not ask for some; to be made a fixture of.

    A process that is started imports torch first, which takes longer than a test's few items.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anigifs.foundation.work.local.usable_cores", lambda: 1)
        yield


@pytest.fixture(scope="session")
def shared_clips() -> Path:
    """The folder of real clips; they are not part of the repository."""
    return shared("clips", "real clips")


@pytest.fixture(scope="session")
def shared_labels() -> Path:
    """The folder of published class lists and sample annotations."""
    return shared("labels", "class lists")


@pytest.fixture
def anigifs_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the program's own for one test."""
    monkeypatch.setenv("ANIGIFS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium; one a process, since Playwright lets nobody start a second one beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"], timeout=BROWSER_MS
        )
        yield browser
        browser.close()
