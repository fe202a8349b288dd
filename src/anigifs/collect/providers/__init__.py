"""Where media are searched: each provider turns a query into hits, one page at a time.

``PROVIDERS["commons"](web)`` makes one; :func:`open_providers` makes several, after it has made
sure that each may be used.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from anigifs.collect.items import Provider
from anigifs.collect.providers.commons import Commons
from anigifs.collect.providers.ddgs import Ddgs
from anigifs.collect.providers.gifcities import GifCities
from anigifs.collect.providers.json_web import JsonWeb
from anigifs.collect.providers.openverse import Openverse
from anigifs.collect.providers.url_list import UrlLists
from anigifs.foundation import UsageError

__all__ = ["PROVIDERS", "JsonWeb", "maker_of", "open_providers"]

#: To each name what makes the provider, given the door to the web.
PROVIDERS: Mapping[str, Callable[[JsonWeb], Provider]] = {
    "commons": Commons,
    "openverse": Openverse,
    "gifcities": GifCities,
    "url-list": UrlLists,
    "ddgs-bing": partial(Ddgs, backend="bing"),
    "ddgs-duckduckgo": partial(Ddgs, backend="duckduckgo"),
}


def open_providers(
    names: Iterable[str], web: JsonWeb, accepted: Collection[str] = ()
) -> dict[str, Provider]:
    """Make providers that may be used.

    Args:
        names: Of :data:`PROVIDERS`.
        web: The door to the web.
        accepted: The names of those whose terms the user says to accept.

    Raises:
        UsageError: A name is unknown, a key is not set, or terms were not accepted.
    """
    return {name: _checked(name, web, accepted) for name in names}


def maker_of(name: str) -> Callable[[JsonWeb], Provider]:
    """Return what makes a provider, given the door to the web.

    Raises:
        UsageError: The name is unknown.
    """
    if name not in PROVIDERS:
        raise UsageError(f"no provider {name!a}; there are {', '.join(PROVIDERS)}")
    return PROVIDERS[name]


def _checked(name: str, web: JsonWeb, accepted: Collection[str]) -> Provider:
    provider = maker_of(name)(web)
    asks = provider.capabilities
    if asks.terms_must_be_accepted and name not in accepted:
        raise UsageError(
            f"{asks.title} is used only by those who accept its terms, {asks.terms_url}; "
            f"read them, and name {name} among those whose terms you accept"
        )
    if asks.key and not os.environ.get(asks.key):
        raise UsageError(f"{asks.title} needs a key; set the environment variable {asks.key}")
    return provider
