"""What a run cannot be, and configurations of other versions."""

import json
from typing import Any

import pytest

from anigifs.foundation import UsageError
from anigifs.training import TrainConfig


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"accumulate": 3}, "a batch of 8 cannot be computed in 3 equal parts"),
        ({"average": 1.0}, "average and dropout are shares"),
        ({"dropout": -0.1}, "average and dropout are shares"),
        ({"lr": 0.0}, "learning rates are above 0"),
        ({"head_lr": float("nan")}, "learning rates are above 0"),
        ({"weight_decay": -1.0}, "weight decay at least 0"),
        ({"tube_dilate": 10.0}, "tube_dilate is at least 0 and below 10"),
        ({"tube_span_ms": -1}, "tube_span_ms at least 0"),
        ({"clip_gradient": -1.0}, "clip_gradient is at least 0, not -1.0"),
        ({"clip_gradient": float("nan")}, "clip_gradient is at least 0, not nan"),
        ({"epochs": 0}, "epochs is at least 1, not 0"),
    ],
)
def test_what_no_run_can_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        TrainConfig(index="x.parquet", **values)


def test_a_configuration_of_another_version_says_in_what_it_differs() -> None:
    values = json.loads(TrainConfig(index="x.parquet").to_json())
    del values["clip_gradient"]
    with pytest.raises(UsageError, match=r"version: it differs in clip_gradient, momentum$"):
        TrainConfig.from_json(json.dumps({**values, "momentum": 0.9}))


@pytest.mark.parametrize("text", ["", "{", "3", "null", "[1]"])
def test_a_damaged_configuration_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"config\.json is damaged; start another run"):
        TrainConfig.from_json(text)
