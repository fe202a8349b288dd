"""Openverse: a search over openly licensed media of many sites.

``GET /v1/images/``, documented at https://api.openverse.org/v1/; parameters and fields are those
of its serializers (WordPress/openverse, api/api/serializers/media_serializers.py). **Not seen
live**: how often an anonymous client may ask. The documentation says once a second; others
measured 20 a minute and 200 a day, which is what is kept to here.

Without a token a page has 20 results at most, and a search 20 pages. A token, read from
``OPENVERSE_TOKEN``, allows 100 requests a minute and 10,000 a day and larger pages. Openverse
gives one for a client's id and secret, for some hours. Its terms forbid copying the catalogue.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from anigifs.collect.items import Capabilities, Hit, Page
from anigifs.collect.providers.fields import address, mapping, mappings, text, whole
from anigifs.collect.providers.json_web import JsonWeb, unknown_shape
from anigifs.collect.providers.licences import short_name
from anigifs.foundation import UsageError

TITLE = "Openverse"
API = "https://api.openverse.org/v1/images/"
TOKEN = "OPENVERSE_TOKEN"
PAGES = 20
ANONYMOUS = Capabilities(
    title=TITLE,
    finds_gifs_only=True,
    states_licences=True,
    page_size=20,
    deepest=20 * PAGES,
    requests_a_minute=20,
    requests_a_day=200,
    terms_url="https://docs.openverse.org/terms_of_service.html",
)
#: Up to 500 results in a page are allowed. Fewer are asked for, since dead links are sought out
#: of each page before it is answered.
WITH_TOKEN = replace(
    ANONYMOUS, page_size=100, deepest=100 * PAGES, requests_a_minute=100, requests_a_day=10_000
)


@dataclass
class Openverse:
    """Searches the images of Openverse that are GIFs.

    Attributes:
        web: The door to the web.
        base_url: Of the search.
        token: "" asks anonymously; None takes what the environment variable ``OPENVERSE_TOKEN``
            holds.

    Raises:
        UsageError: The token cannot be one.
    """

    web: JsonWeb
    base_url: str = API
    token: str | None = field(default=None, repr=False)
    name: str = field(default="openverse", init=False)
    capabilities: Capabilities = field(default=ANONYMOUS, init=False)

    def __post_init__(self) -> None:
        token = (os.environ.get(TOKEN, "") if self.token is None else self.token).strip()
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise UsageError(f"{TOKEN} holds signs that no token has; set it anew, or unset it")
        self.token = token
        self.capabilities = WITH_TOKEN if token else ANONYMOUS

    def search(self, text: str, cursor: str | None) -> Page:
        """Return a page of images.

        Raises:
            WebRefusedError: Openverse will not answer; the token may be too old.
            WebFailedError: It answers in a shape that is not known.
        """
        number = 1 if cursor is None else int(cursor)
        params = {
            "q": text,
            "extension": "gif",
            "page": str(number),
            "page_size": str(self.capabilities.page_size),
        }
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer, sha256 = self.web.json(self.base_url, params, headers)
        results, pages = mapping(answer).get("results"), whole(mapping(answer).get("page_count"))
        if not isinstance(results, list) or pages is None:
            raise unknown_shape(TITLE, "no list 'results' or no 'page_count'")
        hits = tuple(hit for one in mappings(results) if (hit := _hit(one)) is not None)
        if results and not hits:
            raise unknown_shape(TITLE, f"none of {len(results)} results has an address")
        more = bool(results) and number < min(pages, PAGES)
        return Page(hits, str(number + 1) if more else None, sha256)


def _hit(result: Mapping[str, object]) -> Hit | None:
    url = address(result.get("url"))
    if not url:
        return None
    licence = short_name(text(result.get("license")), text(result.get("license_version")))
    return Hit(
        media_url=url,
        page_url=address(result.get("foreign_landing_url")),
        provider_id=text(result.get("id")),
        title=text(result.get("title")),
        width=whole(result.get("width")),
        height=whole(result.get("height")),
        mime="image/gif" if text(result.get("filetype")).lower() == "gif" else "",
        bytes=whole(result.get("filesize")),
        licence=licence,
        licence_url=address(result.get("license_url")),
        licence_evidence="openverse license, license_version" if licence else "",
        creator=text(result.get("creator")),
        attribution=text(result.get("attribution")),
        tags=tuple(dict.fromkeys(tag for tag in _tags(result) if tag)),
    )


def _tags(result: Mapping[str, object]) -> list[str]:
    return [text(tag.get("name")) for tag in mappings(result.get("tags"))]
