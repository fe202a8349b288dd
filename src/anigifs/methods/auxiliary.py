"""Networks that a method trains beside the model, such as a domain discriminator.

They are the method's own: the loop neither sees their weights nor wraps them, so they have their
own Adam, average their gradients over the processes themselves, and are part of the method's state.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import distributed, nn

from anigifs.foundation import seed_of
from anigifs.methods.hooks import Run


class Auxiliary:
    """A network beside the model, and its optimiser; the same in all processes.

    Args:
        make: Builds the network; its weights depend on the run's seed alone.
        run: Whose seed it is.
        rate: Adam's, the same throughout.
        device: Of the model.
    """

    def __init__(
        self, make: Callable[[], nn.Module], run: Run, rate: float, device: torch.device
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_of(run.seed, "auxiliary"))
            self.module = make().to(device)
        self._optimiser = torch.optim.Adam(self.module.parameters(), lr=rate)

    def step(self) -> None:
        """Move by the gradients that have come together since the last step."""
        gradients = [one.grad for one in self.module.parameters() if one.grad is not None]
        if distributed.is_initialized() and gradients:
            flat = torch.cat([one.flatten() for one in gradients])
            distributed.all_reduce(flat)
            flat /= distributed.get_world_size()
            parts = torch.split(flat, [one.numel() for one in gradients])
            for gradient, part in zip(gradients, parts, strict=True):
                gradient.copy_(part.view_as(gradient))
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        """Return the weights and what the optimiser remembers."""
        return {"module": self.module.state_dict(), "optimiser": self._optimiser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them back."""
        self.module.load_state_dict(state["module"])
        self._optimiser.load_state_dict(state["optimiser"])
