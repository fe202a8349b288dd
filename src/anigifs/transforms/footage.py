"""Frames half way through a tuple of operations: pixels, and the tables they have yet to pass.

An operation that takes each value by itself is a table, and tables in a row become one before any
pixel is touched. Those that take a statistic of the picture are tables too once it is known. Only
what mixes channels or neighbours needs the pixels: then the pending tables are applied first. Once
the picture is grey, one channel stands for three, and nothing but sharpness needs pixels any more.

A picture in grey with three pending tables is a coloured one: its colours are 256 at most, one for
each grey, so mixing their channels is done on the tables instead of the pixels.
"""

import cv2
import numpy as np

from anigifs.transforms import tables
from anigifs.transforms.blending import blend
from anigifs.transforms.histograms import ends, histograms, means, pushed, rounded_mean
from anigifs.transforms.lookup import look_up
from anigifs.transforms.luma import luma_of_frame, luma_of_tables
from anigifs.transforms.smoothing import smooth

_NOTHING = tables.VALUES.reshape(1, 1, 256)


class Footage:
    """Frames, and what is pending on them.

    Attributes:
        frames_NHWC: uint8, contiguous; of 3 channels, or of 1 where the picture was made grey.
            Never written to, since it may be the caller's.
        tables_GC256: uint8, the pending tables: G is 1 or the number of groups, C is 1 or 3.
        groups: Into how many groups of equally many neighbouring frames the frames fall; each has
            its own histogram and mean.
    """

    def __init__(self, frames_NHWC: np.ndarray, groups: int) -> None:
        self.frames_NHWC = frames_NHWC
        self.tables_GC256 = _NOTHING
        self.groups = groups
        self._counts_GC256: np.ndarray | None = None

    @property
    def grey(self) -> bool:
        """Whether there is one channel of pixels."""
        return bool(self.frames_NHWC.shape[-1] == 1)

    def write(self, out_NHW3: np.ndarray) -> None:
        """Write the picture as it now is: uint8 RGB, contiguous."""
        if self.tables_GC256 is not _NOTHING:
            look_up(self.frames_NHWC, self.tables_GC256, out_NHW3)
        elif self.grey:
            width = out_NHW3.shape[2]
            greys = self.frames_NHWC.reshape(-1, width)
            cv2.cvtColor(greys, cv2.COLOR_GRAY2RGB, out_NHW3.reshape(-1, width, 3))
        else:
            np.copyto(out_NHW3, self.frames_NHWC)

    def solarize(self, threshold: int) -> None:
        """Invert the values that are not below a threshold."""
        self.tables_GC256 = tables.solarized(threshold)[self.tables_GC256]

    def brightness(self, factor: float) -> None:
        """Blend with black."""
        self.tables_GC256 = tables.blend_pairs(factor)[0][self.tables_GC256]

    def shift(self, channel: int, amount: int) -> None:
        """Add a whole number to channel 0, 1 or 2."""
        groups = len(self.tables_GC256)
        tables_G3256 = np.broadcast_to(self.tables_GC256, (groups, 3, 256)).copy()
        tables_G3256[:, channel] = tables.shifted(amount)[tables_G3256[:, channel]]
        self.tables_GC256 = tables_G3256

    def autocontrast(self, cutoff: float) -> None:
        """Spread the values of each channel over 0..255, a percentage at both ends aside."""
        counts_GC256 = pushed(self._counts(), self.tables_GC256)
        self._pend(tables.stretched(*ends(counts_GC256, cutoff)))

    def contrast(self, factor: float) -> None:
        """Blend with the mean grey of the picture."""
        self._pend(tables.blend_pairs(factor)[self._mean_greys()])

    def color(self, factor: float) -> None:
        """Blend with the picture in grey."""
        if self.grey:
            greys_G1256 = luma_of_tables(self.tables_GC256)
            self.tables_GC256 = tables.blend_pairs(factor)[greys_G1256, self.tables_GC256]
            return
        self._apply_pending()
        blended_NHWC = np.empty_like(self.frames_NHWC)
        for frame_HWC, out_HWC in zip(self.frames_NHWC, blended_NHWC, strict=True):
            grey_HWC = cv2.cvtColor(luma_of_frame(frame_HWC), cv2.COLOR_GRAY2RGB)
            blend(grey_HWC, frame_HWC, factor, out_HWC)
        self._replace(blended_NHWC)

    def grayscale(self) -> None:
        """Make all channels the grey of the colour."""
        if self.grey:
            self.tables_GC256 = luma_of_tables(self.tables_GC256)
            return
        self._apply_pending()
        greys_NHWC = np.empty((*self.frames_NHWC.shape[:3], 1), np.uint8)
        for frame_HWC, out_HWC in zip(self.frames_NHWC, greys_NHWC, strict=True):
            luma_of_frame(frame_HWC, out_HWC[..., 0])
        self._replace(greys_NHWC)

    def sharpness(self, factor: float) -> None:
        """Blend with a smooth copy of each frame."""
        self._apply_pending()
        if min(self.frames_NHWC.shape[1:3]) < 3:
            return  # no pixel has all its neighbours, so each is blended with itself
        blended_NHWC = np.empty_like(self.frames_NHWC)
        for frame_HWC, out_HWC in zip(self.frames_NHWC, blended_NHWC, strict=True):
            blend(smooth(frame_HWC), frame_HWC, factor, out_HWC)
        self._replace(blended_NHWC)

    def _pend(self, later_GC256: np.ndarray) -> None:
        self.tables_GC256 = tables.after(self.tables_GC256, later_GC256)

    def _replace(self, frames_NHWC: np.ndarray) -> None:
        self.frames_NHWC = frames_NHWC
        self._counts_GC256 = None

    def _apply_pending(self) -> None:
        if self.tables_GC256 is _NOTHING:
            return
        channels = max(self.tables_GC256.shape[1], self.frames_NHWC.shape[-1])
        applied_NHWC = np.empty((*self.frames_NHWC.shape[:3], channels), np.uint8)
        look_up(self.frames_NHWC, self.tables_GC256, applied_NHWC)
        self._replace(applied_NHWC)
        self.tables_GC256 = _NOTHING

    def _counts(self) -> np.ndarray:
        # Of the pixels and not of the picture: pending tables do not change them.
        if self._counts_GC256 is None:
            self._counts_GC256 = histograms(self.frames_NHWC, self.groups)
        return self._counts_GC256

    def _mean_greys(self) -> np.ndarray:
        if self.grey:
            return means(pushed(self._counts(), luma_of_tables(self.tables_GC256)))
        self._apply_pending()
        sums_N = np.array(
            [cv2.sumElems(luma_of_frame(frame))[0] for frame in self.frames_NHWC], np.int64
        )
        sums_G1 = sums_N.reshape(self.groups, -1).sum(1, keepdims=True)
        return rounded_mean(sums_G1, self.frames_NHWC[..., 0].size // self.groups)
