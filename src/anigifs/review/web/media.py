"""Pictures of the items of this review, and of nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from anigifs.review.pictures.sheets import VERSION, Sheet, place_of, sheet_of
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import items
from anigifs.review.web.desk import Asked
from anigifs.review.web.guard import Slow
from anigifs.review.web.headers import SANDBOX

#: How long browsers keep a file, whose content never changes, and a sheet, which a later version
#: of the program may make differently; in seconds.
FILE_S, SHEET_S = 365 * 86_400, 86_400
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TYPES = {
    "gif": "image/gif",
    "webp": "image/webp",
    "png": "image/png",
    "apng": "image/png",
    "mp4": "video/mp4",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
}
_UNKNOWN = "application/octet-stream"


def sheet(asked: Asked) -> Response | Slow:
    """Send all frames of an item as one picture; see :mod:`anigifs.review.pictures.sheets`."""
    return _of_sheet(asked, "webp", "image/webp", lambda found: found.webp.read_bytes())


def timing(asked: Asked) -> Response | Slow:
    """Send when each frame of an item shows."""
    return _of_sheet(asked, "json", "application/json", lambda found: found.timing.read_bytes())


def original(asked: Asked) -> Response:
    """Send the file of an item as it was found."""
    sha256, kind = _item(asked)
    tag = f'"{sha256}"'
    if _known(asked, tag):
        return _not_modified(tag, FILE_S)
    path = _file(asked, sha256, kind)
    known = _TYPES.get(kind)
    return FileResponse(
        path,
        media_type=known or _UNKNOWN,
        filename=f"{sha256}.{kind}",
        content_disposition_type="inline" if known else "attachment",
        stat_result=path.stat(),
        headers={**_headers(tag, FILE_S), "Content-Security-Policy": SANDBOX},
    )


def _of_sheet(
    asked: Asked, part: str, media_type: str, read: Callable[[Sheet], bytes]
) -> Response | Slow:
    sha256, kind = _item(asked)
    tag = f'"{sha256}-{part}-{VERSION}"'
    if _known(asked, tag):
        return _not_modified(tag, SHEET_S)
    path, cache = _file(asked, sha256, kind), asked.review.sheets

    def send(found: Sheet) -> Response:
        return Response(read(found), 200, _headers(tag, SHEET_S), media_type)

    place = place_of(path, cache)
    return send(place) if place.made else Slow(lambda: send(sheet_of(path, cache)))


def _item(asked: Asked) -> tuple[str, str]:
    """Return the sha256 and the container of an item that this person may see.

    Raises:
        HTTPException: 404, there is none; or it was escalated, and is hidden from annotators.
    """
    sha256 = asked.request.path_params["sha256"]
    row = None
    if _SHA256.fullmatch(sha256):
        query = select(items.c.kind, items.c.hidden, items.c.state).where(items.c.sha256 == sha256)
        with reading(asked.review.engine) as connection:
            row = connection.execute(query).first()
    hidden = row is not None and row.hidden and asked.account.role == "annotator"
    if row is None or hidden or row.state == "withdrawn":
        raise HTTPException(404, "there is no such picture")
    return sha256, row.kind


def _file(asked: Asked, sha256: str, kind: str) -> Path:
    """Return the file of an item, which a link from a collection to elsewhere is not.

    Raises:
        FileNotFoundError: There is none.
    """
    path = asked.review.file_of(sha256, kind)
    if path.is_symlink() or not path.is_file():
        raise FileNotFoundError(path)
    return path


def _known(asked: Asked, tag: str) -> bool:
    """Return whether the browser has it already."""
    tags = asked.request.headers.get("If-None-Match", "").split(",")
    return tag in (one.strip().removeprefix("W/") for one in tags)


def _headers(tag: str, seconds: int) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": f"private, max-age={seconds}, immutable"}


def _not_modified(tag: str, seconds: int) -> Response:
    return Response(status_code=304, headers=_headers(tag, seconds))
