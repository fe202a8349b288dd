"""Studies that the tests make, with answers that are known beforehand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from anigifs.evaluation import Predictions
from anigifs.foundation import append_record
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.studies.outcomes import Outcome
from anigifs.taxonomy import class_list

CLASSES = ("run", "jump", "wave", "bow", "box", "row", "kick")
Answers = Sequence[bool | int] | np.ndarray


def predictions(
    right: Answers,
    *,
    of_set: str = "film",
    groups: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    classes: tuple[str, ...] = CLASSES,
) -> Predictions:
    """A clip for each answer; a wrong one names the class after the true one."""
    n = len(right)
    labels = labels or [classes[i % len(classes)] for i in range(n)]
    truth_N = np.array([classes.index(label) for label in labels])
    answer_N = np.where(np.array(right, bool), truth_N, (truth_N + 1) % len(classes))
    logits_NK = np.zeros((n, len(classes)), np.float32)
    logits_NK[np.arange(n), truth_N] = 1  # the truth is second where it is not first
    logits_NK[np.arange(n), answer_N] = 2
    return Predictions(
        clip_ids=tuple(f"{of_set}/{i:03}" for i in range(n)),
        groups=tuple(groups or [f"motion {i:03}" for i in range(n)]),
        labels=tuple(labels),
        domains=("",) * n,
        styles=("",) * n,
        frames=(20,) * n,
        classes=classes,
        logits_NK=logits_NK,
    )


def outcome(
    model: str,
    of_set: str,
    right: Answers,
    *,
    seed: int = 0,
    groups: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    classes: tuple[str, ...] = CLASSES,
) -> Outcome:
    """One test, in memory."""
    said = predictions(right, of_set=of_set, groups=groups, labels=labels, classes=classes)
    record = record_of(model, of_set, seed, said)
    return Outcome(
        model, record["model_title"], record["oracle"], of_set, of_set, seed, record, said
    )


def record_of(
    model: str, of_set: str, seed: int, said: Predictions, **other: str | None
) -> dict[str, Any]:
    titles = {"erm": "ERM on film", "oracle": "oracle: trained on cartoons"}
    return {
        "role": "test",
        "study": "quick",
        "model": model,
        "model_title": titles.get(model, model),
        "oracle": model == "oracle",
        "set": of_set,
        "set_title": of_set,
        "seed": seed,
        "predictions": f"predictions/{model}-{of_set}-{seed}.parquet",
        "predictions_hash": said.sha256,
        "n": len(said),
        "sampler": "whole",
        "preset": "16 x 112",
        "index_hash": "1d" * 32,
        "weights_hash": f"{ord(model[0]):02x}" * 32,
        "versions": {"anigifs": "0.1.0", "torch": "2.13.0"},
        "commit": "c0ffee" * 6 + "c0ff+",
        **other,
    }


def write_test(
    folder: Path, model: str, of_set: str, said: Predictions, seed: int = 0, **other: str | None
) -> None:
    """Write what a study leaves of one test."""
    record = record_of(model, of_set, seed, said, **other)
    said.write(folder / record["predictions"])
    append_record(folder / "records.jsonl", record)


def quick(clips: int = 56, classes: tuple[str, ...] = CLASSES) -> list[Outcome]:
    """Two models on three sets: ERM loses on cartoons, the oracle does not."""
    shares = {
        ("erm", "film"): 0.9,
        ("erm", "film-gif"): 0.8,
        ("erm", "cartoon-test"): 0.4,
        ("oracle", "film"): 0.85,
        ("oracle", "film-gif"): 0.8,
        ("oracle", "cartoon-test"): 0.85,
    }
    rng = np.random.default_rng(0)
    return [
        outcome(model, of_set, rng.random(clips) < share, classes=classes)
        for (model, of_set), share in shares.items()
    ]


def save_narrow(folder: Path, bias: float = 0.0) -> None:
    """Write weights of a narrow, untrained network with the classes of Kinetics-400."""
    names = class_list("kinetics-400").names
    record = WeightsRecord(
        name="narrow",
        width=1 / 16,
        classes=names,
        taxonomy="kinetics-400",
        licence="none",
        source="made by a test",
    )
    torch.manual_seed(0)
    model = build_i3d(len(names), width=1 / 16)
    model.load_state_dict(
        {**model.state_dict(), "logits.conv3d.bias": torch.full((len(names),), bias)}
    )
    save_model(model, record, folder)
