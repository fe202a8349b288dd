import copy
from pathlib import Path

import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.models.pyramid import give_pyramid
from tests.methods.made import batch_of, network, run_of


def moved(model: torch.nn.Module) -> torch.nn.Module:
    other = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(0.01)
    return other


def test_what_is_kept_lies_between_the_start_and_the_end() -> None:
    start = network()
    method = make_method("weight-interpolation", ["share=0.25"])
    method.build(start, run_of())
    end = moved(start)
    kept = method.kept(end)  # type: ignore[arg-type]
    for name, value in kept.state_dict().items():
        if value.is_floating_point():
            expected = 0.75 * start.state_dict()[name] + 0.25 * end.state_dict()[name]
            torch.testing.assert_close(value, expected)
    bias = "logits.conv3d.bias"
    assert not torch.equal(end.state_dict()[bias], kept.state_dict()[bias])
    logits_BK, _ = kept(batch_of(1).clips_BTHWC)
    assert logits_BK.shape == (1, 3)


def test_the_start_can_be_other_weights_whose_head_is_matched_by_name(tmp_path: Path) -> None:
    other = build_i3d(3, width=1 / 16, seed=7)
    record = WeightsRecord(
        name="other", width=1 / 16, classes=("c", "b", "a"), licence="none", source="made by a test"
    )
    save_model(other, record, tmp_path / "other")
    model = network()
    method = make_method("weight-interpolation", [f"start={tmp_path / 'other'}"])
    method.build(model, run_of())
    kept = method.kept(model)
    bias, theirs = model.logits.conv3d.bias, other.logits.conv3d.bias
    assert bias is not None
    assert theirs is not None
    assert kept.logits.conv3d.bias is not None
    torch.testing.assert_close(kept.logits.conv3d.bias[0], (bias[0] + theirs[2]) / 2)
    torch.testing.assert_close(kept.logits.conv3d.bias[2], (bias[2] + theirs[0]) / 2)


@pytest.mark.parametrize(
    ("width", "classes", "message"),
    [
        (1 / 32, ("a", "b", "c"), "networks of the widths 0.03125 and 0.0625 do not mix"),
        (1 / 16, ("x", "b", "c"), "no row of the head to go back to for a$"),
    ],
)
def test_a_start_that_does_not_fit_is_refused(
    tmp_path: Path, width: float, classes: tuple[str, ...], message: str
) -> None:
    record = WeightsRecord(
        name="o", width=width, classes=classes, licence="none", source="made by a test"
    )
    save_model(build_i3d(3, width=width), record, tmp_path / "other")
    method = make_method("weight-interpolation", [f"start={tmp_path / 'other'}"])
    with pytest.raises(UsageError, match=message):
        method.build(network(), run_of())


def test_a_pyramid_and_a_linear_head_do_not_mix(tmp_path: Path) -> None:
    record = WeightsRecord(
        name="o", width=1 / 16, classes=("a", "b", "c"), licence="none", source="made by a test"
    )
    save_model(build_i3d(3, width=1 / 16), record, tmp_path / "other")
    method, model = make_method("weight-interpolation", [f"start={tmp_path / 'other'}"]), network()
    give_pyramid(model, "Mixed_4f", 4)
    with pytest.raises(UsageError, match="networks of different heads do not mix"):
        method.build(model, run_of())


def test_a_resumed_run_keeps_the_start_that_it_began_with() -> None:
    begun, start = make_method("weight-interpolation"), network()
    begun.build(start, run_of())
    resumed = make_method("weight-interpolation")
    resumed.build(moved(start), run_of())  # type: ignore[arg-type]
    resumed.load_state_dict(begun.state_dict())
    end = network()
    for one, other in zip(
        begun.kept(end).parameters(), resumed.kept(end).parameters(), strict=True
    ):
        assert torch.equal(one, other)
