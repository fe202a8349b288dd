"""Small real videos, as the datasets have them: AVI and MP4."""

from pathlib import Path

import av
import numpy as np

from anigifs.media import write_mp4


def write_video(path: Path, frames: int = 4, seed: int = 0) -> None:
    """Write frames of noise at 25 a second, 32 x 24 pixels; AVI holds MPEG-4, as UCF-101's does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    frames_THWC = rng.integers(0, 256, (frames, 24, 32, 3), dtype=np.uint8)
    if path.suffix != ".avi":
        write_mp4(path, frames_THWC, preset="ultrafast")
        return
    with av.open(str(path), "w", format="avi") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "yuv420p"
        for frame_HWC in frames_THWC:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame_HWC, format="rgb24")))
        container.mux(stream.encode())
