"""The options that say who does the work."""

import math
from dataclasses import dataclass, field

import pytest
import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.foundation.work.ray import Ray


@dataclass(frozen=True)
class Command:
    """Has the options, as real commands have them."""

    execution: ExecutorOptions = field(default_factory=ExecutorOptions)


def parsed(*arguments: str) -> ExecutorOptions:
    config = (tyro.conf.OmitArgPrefixes,)
    return tyro.cli(Command, args=list(arguments), config=config).execution


@pytest.mark.parametrize(
    ("arguments", "executor"),
    [
        ([], Local(None, 600.0)),
        (["--workers", "3", "--item-seconds", "0.5"], Local(3, 0.5)),
        (["--executor", "local", "--item-seconds", "inf"], Local(None, math.inf)),
        (["--executor", "ray"], Ray(None, 600.0)),
        (
            ["--executor", "ray", "--address", "10.0.0.1:6379", "--item-seconds", "60"],
            Ray("10.0.0.1:6379", 60.0),
        ),
    ],
)
def test_options_become_an_executor(arguments: list[str], executor: Local | Ray) -> None:
    assert parsed(*arguments).executor() == executor


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "0"], "--workers 0: at least 1"),
        (["--item-seconds", "0"], "--item-seconds 0: more than 0"),
        (["--item-seconds", "nan"], "--item-seconds nan: more than 0"),
        (["--address", "10.0.0.1:6379"], "--executor ray belongs to it"),
        (["--executor", "ray", "--workers", "2"], "--workers: not with --executor ray"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parsed(*arguments).executor()
