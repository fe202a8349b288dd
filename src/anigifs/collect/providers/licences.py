"""Short names of licences, spelt in one way whoever states them."""

import re

#: ``by-nc-sa 4.0`` in any case, with or without ``cc``, with the country of a ported licence.
_CREATIVE_COMMONS = re.compile(
    r"(?:cc[ -])?(?P<terms>by(?:-(?:nc|nd|sa))*)"
    r"(?:[ -](?P<version>\d\.\d))?(?:[ -](?P<port>[a-z]{2,3}))?",
    re.IGNORECASE,
)
_FIXED = {
    "cc0": "CC0 1.0",
    "cc0 1.0": "CC0 1.0",
    "pdm": "Public Domain Mark 1.0",
    "pdm 1.0": "Public Domain Mark 1.0",
    "public domain mark 1.0": "Public Domain Mark 1.0",
    "pd": "Public domain",
    "public domain": "Public domain",
}


def short_name(stated: str, version: str = "") -> str:
    """Return the short name of a licence; what is not known stays as it is stated.

    Args:
        stated: As a provider states it, such as ``CC BY-SA 4.0``, ``cc-by-sa-4.0`` or ``by-sa``.
        version: If the provider states it apart.

    Example:
        >>> short_name("cc-by-sa-4.0"), short_name("by-nc", "2.0"), short_name("cc0", "1.0")
        ('CC BY-SA 4.0', 'CC BY-NC 2.0', 'CC0 1.0')
        >>> short_name("CC BY-SA 3.0 de"), short_name("GFDL 1.2"), short_name("")
        ('CC BY-SA 3.0 DE', 'GFDL 1.2', '')
    """
    whole = " ".join(f"{stated} {version}".split())
    if whole.casefold() in _FIXED:
        return _FIXED[whole.casefold()]
    found = _CREATIVE_COMMONS.fullmatch(whole)
    if found is None:
        return whole
    parts = ("CC", found["terms"], found["version"], found["port"])
    return " ".join(part for part in parts if part).upper()
