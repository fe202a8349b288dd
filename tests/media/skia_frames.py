"""GIF frames as Skia draws them: the renderer inside Chromium, an oracle that shares no code."""

from collections.abc import Iterator

import numpy as np

from tests.conftest import absent


def skia_frames(data: bytes, background: tuple[int, int, int]) -> Iterator[np.ndarray]:
    try:
        import skia
    except ImportError as error:
        absent(f"skia-python ({error})")
    held = skia.Data.MakeWithCopy(data)  # the codec does not keep it alive
    codec = skia.Codec.MakeFromData(held)
    width, height = codec.dimensions().width(), codec.dimensions().height()
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    for index in range(codec.getFrameCount()):
        pixels_HWC = np.zeros((height, width, 4), np.uint8)
        options = skia.Codec.Options()
        options.fFrameIndex = index
        result = codec.getPixels(info, pixels_HWC, width * 4, options)
        assert result == skia.Codec.kSuccess, result
        transparent = pixels_HWC[..., 3:] == 0
        yield np.where(transparent, np.array(background, np.uint8), pixels_HWC[..., :3])
