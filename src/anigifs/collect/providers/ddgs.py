"""Bing's image search as the paper used it, through the package ddgs; on one's own responsibility.

The package (https://github.com/deedy5/ddgs, read at 9.16.1) reads the pages that search engines
make for people, which their terms may forbid. It therefore is no dependency, and this provider is
used only by those who say that they accept the terms.

What the package does with a query was read in its code, and tried with its requests replaced by
made-up answers; **not seen live**. Its back ends ``bing`` and ``duckduckgo`` both give what Bing
finds, and by default it takes either at random: here it is told which. ``bing`` asks for 35
results a page and knows no filter, so the query must say "gif"; ``duckduckgo`` goes on by 100 and
is told ``type_image="gif"``. Neither states a licence. The package sorts a page anew, those first
whose title has a word of the query, so that ranks are not Bing's. It cannot name itself honestly,
its requests go past our limits and checks of addresses, and it does not tell a search without
results from one that was turned away: for the first page both are a failure here, for a later one
the end.
"""

import hashlib
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from anigifs.collect.items import Capabilities, Hit, Page
from anigifs.collect.providers.fields import address, mappings, text, whole
from anigifs.collect.providers.json_web import JsonWeb, unknown_shape
from anigifs.collect.reasons import WebFailedError
from anigifs.foundation import UsageError

INSTALL = "pip install 'ddgs>=9.16,<10'"
#: Where the pages end is not known; this is where we stop asking.
PAGES = 10

Backend = Literal["bing", "duckduckgo"]
PAGE_SIZES: Mapping[Backend, int] = {"bing": 35, "duckduckgo": 100}


class ImageSearch(Protocol):
    """What is used of ``ddgs.DDGS``."""

    def images(self, query: str, **options: Any) -> Any:  # noqa: ANN401
        """Return results, each a dictionary with ``image``, ``url``, ``title`` and a size."""


def installed() -> ImageSearch:
    """Return the package's engine.

    Raises:
        UsageError: The package is not installed.
    """
    try:
        package = importlib.import_module("ddgs")
    except ImportError:
        raise UsageError(f"searching Bing needs the package ddgs; run {INSTALL}") from None
    engine: ImageSearch = package.DDGS(timeout=20)
    return engine


@dataclass
class Ddgs:
    """Searches images through one back end of ddgs.

    Attributes:
        web: Is not used: the package has its own way to the web.
        backend: Which of the two.
        engine: Makes the engine, when it is first needed.
    """

    web: JsonWeb | None = None
    backend: Backend = "bing"
    engine: Callable[[], ImageSearch] = installed
    name: str = field(init=False)
    capabilities: Capabilities = field(init=False)
    _made: list[ImageSearch] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Each has a name of its own, so that every result says where it is from.
        self.name = f"ddgs-{self.backend}"
        page_size = PAGE_SIZES[self.backend]
        self.capabilities = Capabilities(
            title=f"Bing through ddgs ({self.backend})",
            finds_gifs_only=self.backend == "duckduckgo",
            states_licences=False,
            page_size=page_size,
            deepest=page_size * PAGES,
            # No number is stated. Those who ask often are turned away.
            requests_a_minute=6,
            terms_url="https://www.microsoft.com/servicesagreement",
            terms_must_be_accepted=True,
        )

    def search(self, text: str, cursor: str | None) -> Page:
        """Return a page of images, in the order that the package gives them.

        Its ``raw_sha256`` is of the results as sorted JSON: the package hides the bytes.

        Raises:
            UsageError: The package is not installed.
            WebFailedError: Whatever went wrong; the package hides that too.
        """
        number = 1 if cursor is None else int(cursor)
        results = self._results(text, number)
        hits = tuple(hit for one in mappings(results) if (hit := _hit(one)) is not None)
        if results and not hits:
            raise unknown_shape(self.name, f"none of {len(results)} results has an address")
        more = bool(results) and number < PAGES
        return Page(hits, str(number + 1) if more else None, _sha256(results))

    def _results(self, query: str, number: int) -> list[object]:
        if not self._made:
            self._made.append(self.engine())
        gifs = {"type_image": "gif"} if self.backend == "duckduckgo" else {}
        try:
            results = self._made[0].images(
                query,
                region="us-en",
                safesearch="moderate",
                # More than a page has: the package shall leave none of it out.
                max_results=None,
                page=number,
                backend=self.backend,
                **gifs,
            )
        except Exception as error:
            # It raises its own and other packages' errors; none of them is a fault of ours.
            if "no results" in str(error).lower() and number > 1:
                return []
            raise WebFailedError(*_reason(error)) from None
        if not isinstance(results, list):
            raise unknown_shape(self.name, "no list")
        if not results and number == 1:
            raise WebFailedError("server-error", f"{self.name}: no results, or it was turned away")
        return results


def _reason(error: Exception) -> tuple[str, str]:
    kind = type(error).__name__
    reasons = {"TimeoutException": "timeout", "RatelimitException": "rate-limited"}
    return reasons.get(kind, "server-error"), f"ddgs: {kind}: {text(str(error))[:200]}"


def _sha256(results: list[object]) -> str:
    canonical = json.dumps(results, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _hit(result: Mapping[str, object]) -> Hit | None:
    url = address(result.get("image"))
    if not url:
        return None
    return Hit(
        media_url=url,
        page_url=address(result.get("url")),
        title=text(result.get("title")),
        width=whole(result.get("width")),
        height=whole(result.get("height")),
    )
