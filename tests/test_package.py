"""The package as users get it: its environment, its wheel, and the examples in its docstrings."""

import doctest
import importlib
import importlib.metadata
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import anigifs
from tests.conftest import REPOSITORY

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(anigifs.__path__, "anigifs.")
    if not module.name.endswith("__main__")
)


def test_no_torchvision_and_no_cuda_package_is_installed() -> None:
    names = {str(one.metadata["Name"]).lower() for one in importlib.metadata.distributions()}
    unwanted = {"torchvision", "torchaudio", "torchcodec", "timm", "triton", "hydra-core"}
    assert not names & unwanted
    assert not [name for name in names if name.startswith(("nvidia-", "cuda-", "lightning"))]
    assert importlib.metadata.version("torch").split("+")[0] == "2.13.0"


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_say_what_happens(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_every_module_says_what_it_is_for() -> None:
    for name in ("anigifs", *MODULES):
        assert importlib.import_module(name).__doc__, name


def test_a_wheel_builds_installs_elsewhere_and_carries_its_data(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    command = [*build, "--outdir", str(tmp_path), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("anigifs-*.whl")
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True, capture_output=True)
    code = (
        "import sys, json, anigifs; sys.path_importer_cache.clear()\n"
        "from anigifs.taxonomy import CLASS_LISTS, CLASS_MAPS, class_list, class_map\n"
        "print(json.dumps([anigifs.__file__, [len(class_list(n)) for n in CLASS_LISTS],"
        " [len(class_map(n).rows) for n in CLASS_MAPS]]))"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{code}"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    where, lists, maps = json.loads(ran.stdout)
    assert Path(where).is_relative_to(site)
    assert lists
    assert min(lists + maps) > 0
    assert (site / "anigifs" / "py.typed").exists()
