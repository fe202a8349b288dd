"""GifCities of the Internet Archive: GIFs of the GeoCities pages of the 1990s.

``GET /api/v1/gifsearch?q=...&limit=...`` answers with a list of objects. There is no official
documentation; that, the fields ``url_text``, ``gif``, ``checksum``, ``width``, ``height`` and
``page``, and the addresses of the files are as public code uses them. **Not seen live**: how many
results come at most, whether further ones can be asked for (no public code does; there is one
page here), and whether ``checksum`` is the SHA-1 that the Archive's indexes hold in that form (it
is used as a name alone). The Archive is said to tell those who ask too often so in a page of HTML
with the status 200, which is no JSON and so fails as such.

Nothing is known of the authors of the files, and no licence: take the addresses, publish none of
the bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from anigifs.collect.items import Capabilities, Hit, Page
from anigifs.collect.providers.fields import address, mappings, text, whole
from anigifs.collect.providers.json_web import JsonWeb, unknown_shape

TITLE = "GifCities (Internet Archive)"
API = "https://gifcities.archive.org/api/v1/gifsearch"
FILES = "https://blob.gifcities.org/gifcities"
ARCHIVE = "https://web.archive.org/web"
LIMIT = 200
CAPABILITIES = Capabilities(
    title=TITLE,
    finds_gifs_only=True,
    states_licences=False,
    page_size=LIMIT,
    deepest=LIMIT,
    # The Archive states no number; this is one that can hardly be a burden.
    requests_a_minute=10,
    terms_url="https://archive.org/about/terms",
)

_CHECKSUM = re.compile(r"[A-Z2-7]{32}")
_CAPTURE = re.compile(r"(?P<time>\d{14})/(?P<url>https?://.+)")


@dataclass
class GifCities:
    """Searches GifCities.

    Attributes:
        web: The door to the web.
        base_url: Of the search.
        files_url: Where files lie under their checksum.
    """

    web: JsonWeb
    base_url: str = API
    files_url: str = FILES
    name: str = field(default="gifcities", init=False)
    capabilities: Capabilities = field(default=CAPABILITIES, init=False)

    def search(self, text: str, cursor: str | None) -> Page:
        """Return all that one answer holds.

        Raises:
            WebRefusedError: The Archive will not answer.
            WebFailedError: It answers in a shape that is not known.
        """
        answer, sha256 = self.web.json(self.base_url, {"q": text, "limit": str(LIMIT)}, {})
        if not isinstance(answer, list):
            raise unknown_shape(TITLE, "no list")
        hits = tuple(hit for one in mappings(answer) if (hit := self._hit(one)) is not None)
        if answer and not hits:
            raise unknown_shape(TITLE, f"none of {len(answer)} results has an address")
        return Page(hits, None, sha256)

    def _hit(self, result: Mapping[str, object]) -> Hit | None:
        checksum = text(result.get("checksum"))
        known = bool(_CHECKSUM.fullmatch(checksum))
        url = f"{self.files_url}/{checksum}.gif" if known else _archived(result.get("gif"), "id_")
        if not url:
            return None
        return Hit(
            media_url=url,
            page_url=_archived(result.get("page"), ""),
            provider_id=checksum,
            title=text(result.get("url_text")),
            width=whole(result.get("width")),
            height=whole(result.get("height")),
            mime="image/gif",
        )


def _archived(value: object, form: str) -> str:
    """Return the archived copy's address of ``<time>/<url>``, or an address that is one already.

    Args:
        value: As answered.
        form: ``id_`` is the file as it was captured; "" a page as the Archive shows it.
    """
    capture = _CAPTURE.fullmatch(text(value))
    if capture is None:
        return address(value)
    return address(f"{ARCHIVE}/{capture['time']}{form}/{capture['url']}")
