"""State dicts of the well-known PyTorch port, such as its ``rgb_imagenet.pt``."""

from pathlib import Path

import numpy as np

from anigifs.foundation import WeightsError
from anigifs.models.weights.check import check_names
from anigifs.models.weights.names import Arrays, canonical_keys

_COUNTER = ".num_batches_tracked"


def read_pytorch_i3d(path: Path) -> Arrays:
    """Read a ``.pt`` file as a canonical state; only tensors are unpickled.

    Files of 287 tensors (PyTorch 0.3) and of 344 (with BatchNorm's counters) are the same set.

    Raises:
        WeightsError: The file is damaged, holds more than tensors, or other tensors than an I3D's.
    """
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be opened ({error.strerror})") from None
    except Exception:  # a damaged file raises anything: torch's readers trust their input
        # torch's own text advises to run the code in the file; nobody should follow that.
        raise WeightsError(
            f"{path}: damaged, or no PyTorch file of tensors only; save the model's state_dict() "
            "and add that"
        ) from None
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise WeightsError(f"{path}: not a state dict; save the model's state_dict() and add that")
    state = {str(key): tensor for key, tensor in state.items() if not str(key).endswith(_COUNTER)}
    check_names(state, canonical_keys(), str(path))
    if odd := [key for key, tensor in state.items() if tensor.dtype != torch.float32]:
        raise WeightsError(f"{path}: {odd[0]} is {state[odd[0]].dtype}, not float32")
    if odd := [k for k, v in state.items() if v.layout != torch.strided or v.device.type != "cpu"]:
        raise WeightsError(f"{path}: {odd[0]} is not a plain tensor with its numbers in the file")
    return {key: np.ascontiguousarray(value.detach().numpy()) for key, value in state.items()}
