"""What is taken for a backbone, what its record says, and what is refused in one line."""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from anigifs.foundation import AnigifsError, UsageError, WeightsError, sha256_of
from anigifs.models import I3D, load_classifier, save_model
from anigifs.models.backbones import find_classifier, is_backbone, is_zero_shot, ready_classifier
from anigifs.models.weights import WeightsRecord
from anigifs.taxonomy import class_list
from tests.models.backbones.made import CLASSES, FRAMES, SIZE, make_clip, make_video, package, say
from tests.models.small import CLASSES as I3D_CLASSES
from tests.models.small import WIDTH, random_clips, small_model

MODEL = "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_video(tmp_path / "video mae", "videomae")
    return tmp_path / "video mae"


def test_the_record_says_what_is_known(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\ntags:\n- a\n---\n# VideoMAE\n")
    _, record = load_classifier(folder)
    assert record == find_classifier(folder)
    assert (record.name, record.architecture) == ("video-mae", "videomae")
    assert (record.classes, record.taxonomy) == (CLASSES, "custom")
    assert (record.frames, record.size) == (FRAMES, SIZE)
    assert record.sha256 == sha256_of(folder / MODEL)
    assert (record.licence, record.source) == ("cc-by-nc-4.0", str(folder))
    assert (record.source_format, record.prompts) == ("transformers", ())
    assert "usual for it and not stated" in record.preprocessing
    say(folder, "preprocessor_config.json", image_mean=[0.5, 0.5, 0.5])
    changed = find_classifier(folder)
    assert changed.sha256 == record.sha256
    assert changed.settings_sha256 != record.settings_sha256


def test_a_card_without_a_licence_states_none(folder: Path) -> None:
    assert find_classifier(folder).licence == "not stated"
    (folder / "README.md").write_text("# a card\n\nlicense: in the text below\n---\nlicense: x\n")
    assert find_classifier(folder).licence == "in the text below"
    (folder / "README.md").write_text("# a card\n---\nlicense: below the head\n")
    assert find_classifier(folder).licence == "not stated"


def test_the_classes_of_a_known_list_are_recognised_in_any_order(tmp_path: Path) -> None:
    names = tuple(reversed(class_list("kinetics-400").names))
    spelt = [name.title().replace(" ", "_") for name in names]
    make_video(tmp_path / "v", "videomae", spelt)
    record = find_classifier(tmp_path / "v")
    assert (record.taxonomy, record.classes) == ("kinetics-400", names)


def test_an_i3d_comes_through_the_same_door(tmp_path: Path) -> None:
    model = small_model()
    record = WeightsRecord(
        name="small", width=WIDTH, classes=I3D_CLASSES, licence="none", source="a test"
    )
    save_model(model, record, tmp_path / "small")
    found, of_found = load_classifier(tmp_path / "small", ("not", "its own"))
    assert isinstance(found, I3D)
    assert of_found == find_classifier(tmp_path / "small")
    assert of_found.settings_sha256 == ""
    clips_BTHWC = random_clips(9, 32, 32)
    with torch.inference_mode():
        assert torch.equal(found(clips_BTHWC)[0], model(clips_BTHWC)[0])
        fast_BK, _ = ready_classifier(found, "float32")(clips_BTHWC)
    torch.testing.assert_close(fast_BK, model(clips_BTHWC)[0], rtol=1e-3, atol=1e-4)
    assert not is_backbone(tmp_path / "small")


def test_only_a_folder_with_a_model_type_is_taken_for_a_backbone(
    folder: Path, tmp_path: Path
) -> None:
    assert is_backbone(folder)
    assert not is_zero_shot(folder)
    make_clip(tmp_path / "clip")
    assert is_zero_shot(tmp_path / "clip")
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text('{"method": "erm"}')  # a training run's
    for other in (run, tmp_path / "none", "i3d-kinetics-400", "x" * 5000):
        assert not is_backbone(other)
    with pytest.raises(WeightsError, match=r"record\.json is missing"):
        load_classifier(run)


def test_a_name_in_the_cache_comes_before_a_folder(
    folder: Path, anigifs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert is_backbone(folder.name)
    kept = anigifs_home / "weights" / folder.name
    kept.mkdir(parents=True)
    (kept / "record.json").write_text("{}")
    assert not is_backbone(folder.name)
    assert is_backbone(f"./{folder.name}/../{folder.name}")


def test_nothing_is_asked_of_the_network(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip(tmp_path / "clip")

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    load_classifier(folder)
    load_classifier(tmp_path / "clip", CLASSES)


def test_loading_prints_nothing_and_draws_nothing(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging = package().utils.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    load_classifier(folder)
    assert torch.equal(torch.rand(4), expected)
    assert capfd.readouterr() == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (level, bars)


def drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_text(text)

    return change


def set_to(**changes: object) -> Callable[[Path], None]:
    return lambda folder: say(folder, "config.json", **changes)


def cut(folder: Path) -> None:
    whole = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(whole[: len(whole) // 2])


def pickled(folder: Path) -> None:
    (folder / MODEL).unlink()
    torch.save({}, folder / "pytorch_model.bin")


def headless(folder: Path) -> None:
    """A network of pretraining alone, with a list of classes that it was given by mistake."""
    make_video(folder, "videomae", network="VideoMAEForPreTraining", norm_pix_loss=False)


def bodiless(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(folder / MODEL)
    kept = {key: value for key, value in state.items() if "layer.1.attention" not in key}
    save_file(kept, folder / MODEL, {"format": "pt"})


NAMES = {str(place): name for place, name in enumerate(CLASSES)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (write("config.json", "{"), "config.json: cannot be read as JSON"),
        (write("config.json", "[]"), "config.json: not a JSON object"),
        (set_to(model_type="bert"), "model_type 'bert', and only clip, timesformer, videomae, "),
        (set_to(model_type=["clip"]), r"model_type \['clip'\], and only"),
        (drop(MODEL), "model.safetensors is missing: weights are read in that form alone"),
        (pickled, "model.safetensors is missing: .*pickle"),
        (cut, "model.safetensors: cannot be loaded: "),
        (write(MODEL, ""), "model.safetensors: cannot be loaded: "),
        (write(MODEL, "<!DOCTYPE html>"), "model.safetensors: cannot be loaded: "),
        (headless, r"lacks classifier.bias, classifier.weight, .*random numbers: take weights"),
        (bodiless, r"lacks videomae.encoder.layer.1.attention.* and \d+ more, .*random"),
        (set_to(hidden_size=48, num_attention_heads=3), "or has them in another shape"),
        (set_to(id2label={"0": "a", "1": "b"}), "lacks classifier.bias, classifier.weight, or has"),
        (set_to(id2label=None), "id2label of its config.json is missing: it has no head"),
        (set_to(id2label={}), "id2label of its config.json is missing: it has no head"),
        (set_to(id2label={"1": "a"}), "does not name classes 0 to 0"),
        (set_to(id2label={"0": "LABEL_0", "1": "LABEL_1"}), "has no names, only LABEL_0"),
        (set_to(id2label={**NAMES, "1": "archery"}), "gives one name to two classes"),
        (set_to(num_frames="many"), "its config.json cannot be used: "),
        (set_to(num_frames=0), "num_frames in its config.json is 0, not one whole number"),
        (set_to(image_size=[32, 48]), r"image_size in its config.json is \(?\[?32, 48"),
        (set_to(num_channels=1), "takes clips of 1 colours; they have 3"),
        (write("preprocessor_config.json", "{"), "preprocessor_config.json: cannot be read"),
        (write("preprocessor_config.json", "3"), "preprocessor_config.json: not a JSON object"),
    ],
)
def test_what_is_not_whole_is_refused_in_one_line(
    change: Callable[[Path], None], said: str, folder: Path
) -> None:
    change(folder)
    with pytest.raises(WeightsError, match=said) as raised:
        load_classifier(folder)
    assert str(folder) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_without_the_package_it_is_said_how_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UsageError, match=r"run `pip install 'anigifs\[backbones\]'`"):
        find_classifier(folder)


def test_an_old_package_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package(), "__version__", "4.57.1")
    with pytest.raises(UsageError, match=r"transformers 4\.57\.1 is too old"):
        find_classifier(folder)


@pytest.mark.parametrize("said", [{"image_std": [1, 0, 1]}, {"image_mean": [1, 2]}])
def test_pixels_that_cannot_be_are_refused(said: dict[str, object], folder: Path) -> None:
    (folder / "preprocessor_config.json").write_text(json.dumps(said))
    with pytest.raises(AnigifsError, match=r"preprocessor_config.json: image_"):
        find_classifier(folder)
