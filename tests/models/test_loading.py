import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from anigifs.foundation import WeightsError
from anigifs.models import Loading, fastest_dtype, for_inference, load_model
from tests.models.small import random_clips
from tests.training.made import make_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_weights(tmp_path / "narrow")


def test_it_loads_what_is_loaded_otherwise_and_only_once(folder: Path) -> None:
    loading = Loading.of(folder, "float32")
    model = loading.load()
    assert loading.load() is model
    other = for_inference(load_model(folder)[0], "float32")
    clips_BTHWC = random_clips(9, 32, 32)
    with torch.inference_mode():
        assert torch.equal(model(clips_BTHWC)[0], other(clips_BTHWC)[0])


def test_pickled_it_leaves_the_network_behind(folder: Path) -> None:
    loading = Loading.of(folder)
    before = pickle.dumps(loading)
    loading.load()
    assert pickle.dumps(loading) == before
    assert pickle.loads(before) == loading  # noqa: S301


def test_a_name_and_a_relative_folder_are_found_from_elsewhere(
    folder: Path, anigifs_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_weights(anigifs_home / "weights" / "mine")
    monkeypatch.chdir(folder.parent)
    found = [Loading.of("narrow"), Loading.of("mine")]
    monkeypatch.chdir("/")
    monkeypatch.setenv("ANIGIFS_HOME", "/nowhere")
    assert [one.folder for one in found] == [folder, anigifs_home / "weights" / "mine"]
    for one in found:
        one.load()


def test_what_is_fastest_is_decided_here(folder: Path) -> None:
    fastest = str(fastest_dtype(torch.device("cpu"))).removeprefix("torch.")
    assert Loading.of(folder).precision == fastest


def test_other_weights_in_the_same_folder_are_refused(folder: Path) -> None:
    loading = replace(Loading.of(folder), sha256=64 * "0")
    with pytest.raises(WeightsError, match="narrow: other weights lie there now"):
        loading.load()
