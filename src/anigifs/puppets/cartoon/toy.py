"""A soft-shaded toy: round plastic limbs in many tones, a soft floor, a shadow."""

import cv2
import numpy as np

from anigifs.puppets.cartoon.acting import Manner, act, look_at
from anigifs.puppets.cartoon.colours import loud
from anigifs.puppets.cartoon.drawing import Drawing, Palette, in_picture
from anigifs.puppets.cartoon.timing import Timing
from anigifs.puppets.instance import Instance
from anigifs.puppets.raster import Seen, fill

MANNER = Manner(
    head=(1.5, 2.1), hands=(1.5, 2.1), legs=(0.72, 0.88), girth=(1.15, 1.5), squash=(0, 0.1)
)
#: Hulls in one another: their size, how far they are moved to the light, and how bright they are.
SHADES = ((1.0, 0.0, 0.62), (0.84, 0.10, 0.80), (0.62, 0.22, 1.0), (0.34, 0.36, 1.18))
FLOORS = 10  # tones of the ground


def draw_toy(
    instance: Instance, timing: Timing, rng: np.random.Generator, size: int, *, sticker: bool
) -> Drawing:
    """Draw a toy figure; it stands on its floor, so it is never a sticker."""
    del sticker
    seen = look_at(instance, act(instance, timing, MANNER, rng), size)
    palette = Palette()
    behind = _floor(rng, palette, size)
    shade = palette.add("shadow", 0.55 * palette.table()[FLOORS // 2].astype(float))
    colours = loud(rng)
    tones = {
        material: [palette.add(f"{material} {i}", colours[material] * bright + 18 * i)
                   for i, (_, _, bright) in enumerate(SHADES)]
        for material in sorted({part.material for part in seen.parts})
    }  # fmt: skip
    side = float(rng.choice([-1, 1]))
    layers = [seen.outlines(scale=s, shift=(side * m, -m)) for s, m, _ in SHADES]
    frames = []
    for instant, order in enumerate(seen.order_TG):
        frame = behind.copy()
        _shadow(frame, seen, instant, shade)
        for place in order:
            for layer, outlines in enumerate(layers):
                for part in seen.groups[place]:
                    fill(frame, outlines[instant], part, tones[part.material][layer])
        frames.append(frame)
    return Drawing(np.stack(frames), palette.table(), in_picture(seen.boxes(), size))


def _floor(rng: np.random.Generator, palette: Palette, size: int) -> np.ndarray:
    """Return a ground that fades away softly, in a few tones."""
    base, end = rng.uniform(110, 240, 3), rng.uniform(150, 255, 3)
    shares = np.linspace(0, 1, FLOORS)
    tones = [
        palette.add(f"floor {i}", base + (end - base) * share) for i, share in enumerate(shares)
    ]
    rows, columns = np.indices((size, size)) / size - 0.5
    middle = rng.uniform(-0.2, 0.4)
    far = np.sqrt(columns**2 + 1.6 * (rows - middle) ** 2)
    return np.asarray(
        np.array(tones, np.uint8)[np.clip(far / 0.9 * FLOORS, 0, FLOORS - 1).astype(int)]
    )


def _shadow(frame: np.ndarray, seen: Seen, instant: int, ink: int) -> None:
    """Put a round shadow under the figure."""
    places, radii = seen.places_TS2[instant], seen.radii_TS[instant]
    mine = [i for part in seen.parts if part.person for i in part.spheres]
    low = float((places[mine, 1] + radii[mine]).max())
    left, right = float(places[mine, 0].min()), float(places[mine, 0].max())
    middle = round((left + right) / 2), round(low - 1)
    across = max(4, round((right - left) * 0.55))
    cv2.ellipse(frame, middle, (across, max(2, across // 4)), 0, 0, 360, ink, -1)
