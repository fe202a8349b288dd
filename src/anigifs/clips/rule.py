"""The rule by which files become prepared clips; two rules never share a folder."""

import hashlib
import json
from dataclasses import asdict, dataclass

from anigifs.clips.geometry import Geometry
from anigifs.clips.samplers import FEWEST_FRAMES
from anigifs.foundation import UsageError

# Raise it when decoding, resizing or the layout of shards changes: old shards are then left alone.
FORMAT = 1


@dataclass(frozen=True)
class PrepareRule:
    """What is done to a file before it is stored.

    Attributes:
        size: Height and width in pixels, after the centre crop. Larger than the model's, it leaves
            room for random crops.
        resize_side: What the shorter side is scaled to before the crop; None is ``size``.
        max_frames: The most frames kept of a clip; longer ones are thinned in time.
        background: RGB shown by transparent pixels.

    Raises:
        UsageError: The crop does not fit the shorter side, or fewer than 9 frames are kept.

    Example:
        >>> PrepareRule().key == PrepareRule(background=(255, 255, 255)).key
        False
    """

    size: int = 224
    resize_side: int | None = None
    max_frames: int = 64
    background: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self) -> None:
        if self.max_frames < FEWEST_FRAMES:
            raise UsageError(
                f"prepared clips keep at least {FEWEST_FRAMES} frames, not {self.max_frames}"
            )
        _ = self.geometry  # refuses a crop that does not fit

    @property
    def geometry(self) -> Geometry:
        """Size and crop of what is stored."""
        return Geometry(self.max_frames, self.size, self.resize_side)

    @property
    def text(self) -> str:
        """The rule as JSON, as it stands beside the shards."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True)

    @property
    def key(self) -> str:
        """A folder name that no other rule has, such as ``224px-64f-1f0c2a9b7d3e``."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"{self.size}px-{self.max_frames}f-{digest[:12]}"
