"""Sending the styles and scripts of the pages."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from anigifs.review.web.desk import Asked

#: Under an address with the right version a file never changes; under another it is asked for anew.
FOREVER, ASK = "public, max-age=31536000, immutable", "no-cache"


def static(asked: Asked) -> Response:
    """Send a file to whoever asks."""
    found = asked.desk.statics.get(asked.request.path_params["name"])
    if found is None:
        raise HTTPException(404, "there is no such file")
    tag = f'"{found.version}"'
    current = asked.request.query_params.get("v") == found.version
    headers = {"ETag": tag, "Cache-Control": FOREVER if current else ASK}
    if asked.request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, 200, headers, found.media_type)
