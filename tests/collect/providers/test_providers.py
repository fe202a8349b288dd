import pytest

from anigifs.collect.items import Provider
from anigifs.collect.providers import PROVIDERS, open_providers
from anigifs.foundation import UsageError
from tests.collect.providers.serving import PlainWeb


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_goes_by_its_name_and_says_what_it_can(name: str) -> None:
    provider: Provider = PROVIDERS[name](PlainWeb())
    can = provider.capabilities
    assert provider.name == name
    assert can.title
    assert can.page_size > 0
    assert can.requests_a_minute > 0
    assert can.deepest is None or can.deepest >= can.page_size
    assert can.terms_url.startswith("https://") or name == "url-list"


def test_only_those_whose_terms_forbid_it_must_be_accepted() -> None:
    opened = open_providers(["commons", "openverse", "gifcities", "url-list"], PlainWeb())
    assert list(opened) == ["commons", "openverse", "gifcities", "url-list"]
    with pytest.raises(UsageError, match="name ddgs-bing among those whose terms you accept"):
        open_providers(["ddgs-bing"], PlainWeb(), accepted=["ddgs-duckduckgo"])
    assert list(open_providers(["ddgs-bing"], PlainWeb(), ["ddgs-bing"])) == ["ddgs-bing"]


def test_an_unknown_provider_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no provider 'tenor'; there are commons, openverse"):
        open_providers(["tenor"], PlainWeb())
