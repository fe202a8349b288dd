"""A GIF to a clip the way it is usually written: Pillow, every frame, then the choice."""

from pathlib import Path

import numpy as np
from PIL import Image


def naive_clip(path: Path, frames: int = 40, size: int = 224) -> np.ndarray:
    """Return ``(frames, size, size, 3)``: the shorter side to ``size``, bilinear, centre crop."""
    cropped = []
    with Image.open(path) as picture:
        count = getattr(picture, "n_frames", 1)
        for index in range(count):
            picture.seek(index)
            frame = picture.convert("RGB")
            scale = size / min(frame.size)
            width, height = (max(size, round(side * scale)) for side in frame.size)
            frame = frame.resize((width, height), Image.Resampling.BILINEAR)
            left, top = (width - size) // 2, (height - size) // 2
            cropped.append(np.asarray(frame.crop((left, top, left + size, top + size))))
    chosen = np.linspace(0, count - 1, frames).round().astype(int)
    return np.stack([cropped[index] for index in chosen])
