"""Wikimedia Commons: free media, with a licence and a creator for each file.

Asked through the Action API of MediaWiki: ``generator=search`` in the namespace of files, with
``imageinfo`` for each. Its documentation: https://www.mediawiki.org/wiki/API:Search,
https://www.mediawiki.org/wiki/API:Imageinfo and https://www.mediawiki.org/wiki/API:Continue.

Written from the documentation and from answers quoted in public code; **not seen live**: that
search and image information come for 50 files in one answer (where they do not, the continuation
brings the rest), and the error at the end of what can be reached, which is never asked for.

Wikimedia wants a ``User-Agent`` with a contact, which the door to the web sends, and requests one
after the other. Its page of limits (https://www.mediawiki.org/wiki/Wikimedia_APIs/Rate_limits)
gives those that name themselves so 200 requests a minute in 2026, and all others 10.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from anigifs.collect.items import Capabilities, Hit, Page
from anigifs.collect.providers.fields import address, mapping, mappings, text, whole
from anigifs.collect.providers.json_web import JsonWeb, unknown_shape
from anigifs.collect.providers.licences import short_name
from anigifs.collect.providers.markup import plain_text
from anigifs.collect.reasons import WebFailedError

TITLE = "Wikimedia Commons"
API = "https://commons.wikimedia.org/w/api.php"
#: Titles that one request may ask properties of, for clients without higher limits.
PAGE_SIZE = 50
#: Offset and limit of a search together; a constant of MediaWiki's search, CirrusSearch.
DEEPEST = 10_000
#: What the query must say for GIFs alone; a keyword of the search, not a parameter.
GIFS_ONLY = "filemime:image/gif"
METADATA = ("Artist", "Attribution", "Categories", "LicenseShortName", "LicenseUrl")
CAPABILITIES = Capabilities(
    title=TITLE,
    finds_gifs_only=True,
    states_licences=True,
    page_size=PAGE_SIZE,
    deepest=DEEPEST,
    # Fewer than may be: requests are to be made one after the other.
    requests_a_minute=60,
    terms_url="https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use",
)


@dataclass
class Commons:
    """Searches the files of Wikimedia Commons.

    Attributes:
        web: The door to the web.
        base_url: Of the API.
    """

    web: JsonWeb
    base_url: str = API
    name: str = field(default="commons", init=False)
    capabilities: Capabilities = field(default=CAPABILITIES, init=False)

    def search(self, text: str, cursor: str | None) -> Page:
        """Return up to 50 files, in the order of the search.

        Raises:
            WebRefusedError: The API will not answer.
            WebFailedError: It reports an error, or answers in a shape that is not known.
        """
        params = {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "maxlag": "5",
            "generator": "search",
            "gsrsearch": text,
            "gsrnamespace": "6",
            "gsrlimit": str(PAGE_SIZE),
            "prop": "imageinfo",
            "iiprop": "url|mime|size|sha1|extmetadata",
            "iiextmetadatafilter": "|".join(METADATA),
        }
        answer, sha256 = self.web.json(self.base_url, {**params, **_resumed(cursor)}, {})
        _check(answer)
        return Page(tuple(_hits(answer)), _next(answer, cursor), sha256)


def _check(answer: object) -> None:
    found = mapping(answer)
    if error := mapping(found.get("error")):
        code = text(error.get("code"))
        reason = "rate-limited" if code in ("ratelimited", "maxlag") else "server-error"
        raise WebFailedError(reason, f"{TITLE}: {code}: {text(error.get('info'))[:200]}")
    if not {"batchcomplete", "continue", "query"} & set(found):
        raise unknown_shape(TITLE, "neither results nor an end")
    if "query" in found and not isinstance(mapping(found["query"]).get("pages", []), list):
        raise unknown_shape(TITLE, "no list of pages")


def _hits(answer: object) -> Iterator[Hit]:
    pages = list(mappings(mapping(mapping(answer).get("query")).get("pages")))
    pages.sort(key=_place)
    informed = [page for page in pages if "imageinfo" in page]
    hits = [hit for page in informed if (hit := _hit(page)) is not None]
    if informed and not hits:
        raise unknown_shape(TITLE, f"none of {len(informed)} files has an address")
    yield from hits


def _place(page: Mapping[str, object]) -> int:
    """Return the place in the order of the search, which pages do not come in."""
    place = whole(page.get("index"))
    return DEEPEST if place is None else place


def _hit(page: Mapping[str, object]) -> Hit | None:
    info = next(mappings(page.get("imageinfo")), {})
    url = address(info.get("url"))
    if not url:
        return None
    said = mapping(info.get("extmetadata"))
    creator, licence = _said(said, "Artist"), short_name(_said(said, "LicenseShortName"))
    page_id = whole(page.get("pageid"))
    return Hit(
        media_url=url,
        page_url=address(info.get("descriptionurl")),
        provider_id="" if page_id is None else str(page_id),
        title=text(page.get("title")).removeprefix("File:"),
        width=whole(info.get("width")),
        height=whole(info.get("height")),
        mime=text(info.get("mime")),
        bytes=whole(info.get("size")),
        licence=licence,
        licence_url=address(_said(said, "LicenseUrl")),
        licence_evidence="commons extmetadata.LicenseShortName" if licence else "",
        creator=creator,
        attribution=_said(said, "Attribution") or _credit(creator, licence),
        sha1=text(info.get("sha1")).lower(),
        tags=tuple(tag for tag in map(text, _said(said, "Categories").split("|")) if tag),
    )


def _said(metadata: Mapping[str, object], name: str) -> str:
    return text(plain_text(text(mapping(metadata.get(name)).get("value"))))


def _credit(creator: str, licence: str) -> str:
    """Return the line that Commons proposes where the file asks for none of its own."""
    return f"{creator}, {licence}, via {TITLE}" if creator and licence else ""


def _next(answer: object, cursor: str | None) -> str | None:
    found = mapping(answer).get("continue")
    if found is None:
        return None
    values = {name: _value(name, value) for name, value in mapping(found).items()}
    if not values:
        raise unknown_shape(TITLE, "a continuation that says nothing")
    if (offset := whole(values.get("gsroffset"))) is not None and offset + PAGE_SIZE > DEEPEST:
        return None
    following = json.dumps(values, sort_keys=True)
    if following == cursor:
        raise unknown_shape(TITLE, "a continuation that leads nowhere")
    return following


def _value(name: str, value: object) -> str:
    # Whatever an answer says, it must not change what is asked for.
    if not name.endswith(("continue", "offset")) or not isinstance(value, str | int):
        raise unknown_shape(TITLE, f"a continuation by {name[:40]!a}")
    return str(value)


def _resumed(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    values: dict[str, str] = json.loads(cursor)
    return values
