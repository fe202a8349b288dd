"""I3D in the engines that are made for inference: OpenVINO and ONNX Runtime, from one ONNX file."""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.rows import NOT_INSTALLED, version

Engine = Callable[[np.ndarray], np.ndarray]


def engines(
    model: nn.Module, clips_BCTHW: Tensor, threads: int, folder: Path
) -> tuple[dict[str, Engine], dict[str, str]]:
    """Return each engine by its name, loaded with the network, and those that are absent.

    Args:
        model: float32, in evaluation.
        clips_BCTHW: Of the shape for which the engines are made ready.
        threads: For each.
        folder: In which the network is laid down.
    """
    path = folder / "i3d.onnx"
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        return {}, dict.fromkeys(("openvino", "onnxruntime"), f"{NOT_INSTALLED} (nor onnxscript)")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(model, (clips_BCTHW,), path, dynamo=True, verbose=False)
    found: dict[str, Engine] = {}
    absent: dict[str, str] = {}
    for package, load in {"openvino": _openvino, "onnxruntime": _onnxruntime}.items():
        try:
            for kind, engine in load(path, threads).items():
                found[f"{version(package)}, {kind}"] = engine
        except ImportError:
            absent[package] = NOT_INSTALLED
    return found, absent


def _openvino(path: Path, threads: int) -> dict[str, Engine]:
    import openvino

    core = openvino.Core()

    def ready(precision: str) -> Engine:
        options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision}
        compiled = core.compile_model(str(path), "CPU", options)
        return lambda clips: np.asarray(compiled(clips)[0])

    return {"float32": ready("f32"), "bfloat16": ready("bf16")}


def _onnxruntime(path: Path, threads: int) -> dict[str, Engine]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return {"float32": lambda clips: np.asarray(session.run(None, {name: clips})[0])}
