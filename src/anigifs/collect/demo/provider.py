"""The demo's engine as a provider like any other.

It passes on every address that the engine tells, bad ones as well: to refuse them is for those
who fetch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anigifs.collect.items import Capabilities, Hit, Page
from anigifs.collect.providers.fields import mapping, mappings, text, whole
from anigifs.collect.providers.json_web import JsonWeb, unknown_shape

TITLE = "Demo"
CAPABILITIES = Capabilities(
    title=TITLE,
    finds_gifs_only=True,
    states_licences=True,
    page_size=20,
    deepest=None,
    requests_a_minute=6_000,
)


@dataclass
class DemoProvider:
    """Searches a :class:`~anigifs.collect.demo.engine.DemoEngine`.

    Attributes:
        web: The door to the web.
        base_url: The engine's.
    """

    web: JsonWeb
    base_url: str
    name: str = field(default="demo", init=False)
    capabilities: Capabilities = field(default=CAPABILITIES, init=False)

    def search(self, text: str, cursor: str | None) -> Page:
        """Return one page of results; see :class:`anigifs.collect.items.Provider`.

        Raises:
            WebRefusedError: The engine will not answer.
            WebFailedError: It does not answer, or in a shape that is not known.
        """
        asked = {"q": text, "page": cursor or "1"}
        answer, sha256 = self.web.json(f"{self.base_url}/search", asked, {})
        told = mapping(answer)
        if not isinstance(told.get("results"), list) or "next" not in told:
            raise unknown_shape(TITLE, "no list of results")
        following = whole(told["next"])
        hits = tuple(map(_hit, mappings(told["results"])))
        return Page(hits, None if following is None else str(following), sha256)


def _hit(told: Mapping[str, object]) -> Hit:
    licence, tags = text(told.get("licence")), told.get("tags")
    return Hit(
        media_url=text(told.get("media_url")),
        page_url=text(told.get("page_url")),
        provider_id=text(told.get("id")),
        title=text(told.get("title")),
        width=whole(told.get("width")),
        height=whole(told.get("height")),
        mime=text(told.get("mime")),
        licence=licence,
        licence_url=text(told.get("licence_url")),
        licence_evidence="results[].licence of the demo's answer" if licence else "",
        creator=text(told.get("creator")),
        attribution=text(told.get("attribution")),
        tags=tuple(map(text, tags)) if isinstance(tags, list) else (),
    )
