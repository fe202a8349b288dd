"""Pictures inside a page: as data URIs, within a budget, and lighter than they came."""

import base64
import io
from collections.abc import Sequence

from PIL import Image, ImageSequence

from anigifs.foundation import UsageError

#: Of all pictures before base64 makes them a third larger: the page stays below 8 MB.
PICTURE_BYTES = 5_000_000
STILL_QUALITY, MOVING_QUALITY = 75, 60
KINDS = {b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp", b"\xff\xd8\xff": "jpeg"}
#: What is still, and what moves; None where there is none.
Pair = tuple[bytes | None, bytes | None]


def embedded(pairs: Sequence[Pair], most: int = PICTURE_BYTES) -> list[tuple[str, str]]:
    """Return pictures as data URIs, empty where there is none or no room.

    Stills go before what moves, and what moves stands beside a still only.

    Args:
        pairs: A still and what moves, for each clip.
        most: Bytes in all.
    """
    stills: list[str] = []
    for still, _ in pairs:
        fits = still is not None and len(still) <= most
        most -= len(still or b"") if fits else 0
        stills.append(uri_of(still) if fits and still else "")
    shown = []
    for uri, (_, moving) in zip(stills, pairs, strict=True):
        fits = bool(uri) and moving is not None and len(moving) <= most
        most -= len(moving or b"") if fits else 0
        shown.append((uri, uri_of(moving) if fits and moving else ""))
    return shown


def uri_of(data: bytes) -> str:
    """Return a picture as a data URI, its kind being what its first bytes say.

    Raises:
        UsageError: It is no PNG, GIF, WebP or JPEG.
    """
    for start, kind in KINDS.items():
        if data.startswith(start):
            return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    raise UsageError("a picture of a report is a PNG, GIF, WebP or JPEG")


def svg_uri(text: str) -> str:
    """Return a drawing as a data URI: in an image its styles and scripts are kept to itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(text.encode()).decode()}"


def lightened(gif: bytes) -> tuple[bytes, bytes]:
    """Return the middle frame of an animation, and the animation, both as WebP.

    Of overlays it takes a quarter to a tenth of a GIF's bytes.
    """
    with Image.open(io.BytesIO(gif)) as opened:
        frames, shown_ms = [], []
        for frame in ImageSequence.Iterator(opened):
            frames.append(frame.convert("RGB"))
            shown_ms.append(int(frame.info.get("duration") or 100))
    still, moving = io.BytesIO(), io.BytesIO()
    frames[len(frames) // 2].save(still, format="WEBP", quality=STILL_QUALITY)
    frames[0].save(
        moving,
        format="WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=shown_ms,
        loop=0,
        quality=MOVING_QUALITY,
    )
    return still.getvalue(), moving.getvalue()
