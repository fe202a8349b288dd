"""A network in test mode for a while, in the middle of its training."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def in_test_mode(model: nn.Module) -> Iterator[None]:
    """Put every module in evaluation mode, and give each its own mode back at the end.

    ``model.train()`` would not do as the way back: it would thaw a BatchNorm that training keeps
    frozen. The modes come back after an exception as well.

    Args:
        model: Any network; its parameters and buffers are not touched.

    Example:
        >>> model = nn.Sequential(nn.BatchNorm3d(3).eval(), nn.Dropout(0.5))
        >>> with in_test_mode(model):
        ...     [module.training for module in model]
        [False, False]
        >>> [module.training for module in model]
        [False, True]
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
