"""What names and addresses of licences mean, however they are spelt."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from anigifs.collect.providers.licences import short_name

NO_COMMERCE = "it forbids commercial use"
NO_CHANGES = "it forbids changes"
SAMPLES_ONLY = "it lets others have samples alone"
RESERVED = "its owner reserves the rights"
TEXT_BESIDE = "its whole text must lie beside the file"


@dataclass(frozen=True)
class Terms:
    """A licence in its parts; what is not said is empty.

    Attributes:
        family: Such as ``CC BY-SA``.
        version: Such as ``4.0``.
        port: The country for whose law it was written, as ``DE``.
        why: In words, where it is not open.
    """

    family: str
    version: str = ""
    port: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """SPDX's identifier, where there is one."""
        whole = " ".join(filter(None, (self.family, self.version, self.port)))
        identifier = whole.replace(" ", "-")
        return identifier if _SPDX.fullmatch(identifier) else whole

    def join(self, other: "Terms") -> "Terms | None":
        """Return what two say together, where one only says more or neither is open; else None."""
        for less, more in ((self, other), (other, self)):
            if less == _PUBLIC_DOMAIN and more in (_CC0, _PDM, _PDDC):
                return more
        own = (self.family, self.version, self.port)
        pairs = list(zip(own, (other.family, other.version, other.port), strict=True))
        if any(a and b and a != b for a, b in pairs):
            return self if self.why and other.why else None
        family, version, port = (a or b for a, b in pairs)
        return Terms(family, version, port, self.why)


#: Identifiers of SPDX's list (3.27), as far as they are given here.
_SPDX = re.compile(
    r"CC0-1\.0|CC-PDM-1\.0|CC-PDDC|OGL-UK-[123]\.0|Unlicense|WTFPL"
    r"|CC-BY(-NC)?(-ND|-SA)?-(1\.0|2\.0|2\.5|3\.0|4\.0)"
    r"|CC-BY-(2\.5-AU|3\.0-(AT|AU|DE|IGO|NL|US))|CC-BY-(NC|ND)-3\.0-DE|CC-BY-NC-ND-3\.0-(DE|IGO)"
    r"|CC-BY-NC-SA-(2\.0-(DE|FR|UK)|3\.0-(DE|IGO))|CC-BY-SA-(2\.0-UK|2\.1-JP|3\.0-(AT|DE|IGO))"
)
_PUBLIC_DOMAIN = Terms("Public domain")
_CC0, _PDM, _PDDC = Terms("CC0", "1.0"), Terms("CC PDM", "1.0"), Terms("CC PDDC")
_FREE_ART = Terms("Free Art License")
#: By their names as :func:`_plain` writes them.
_FIXED = {
    "cc0": _CC0,
    "pdm": _PDM,
    "pddc": _PDDC,
    "public domain": _PUBLIC_DOMAIN,
    "attribution": Terms("Attribution"),
    "copyrighted free use": Terms("Copyrighted free use"),
    "fal": _FREE_ART,
    "free art": _FREE_ART,
    "ogl 1": Terms("OGL UK", "1.0"),
    "ogl 2": Terms("OGL UK", "2.0"),
    "ogl 3": Terms("OGL UK", "3.0"),
    "wtfpl": Terms("WTFPL"),
    "unlicense": Terms("Unlicense"),
}
#: What a word says of a licence that is not understood as a whole.
_TELLING = {
    r"\bnc\b|\bpersonal use": NO_COMMERCE,
    r"\bnd\b": NO_CHANGES,
    r"\bsampling": SAMPLES_ONLY,
    r"\ball rights reserved|\bfair use|\bnon ?free|\beditorial": RESERVED,
    r"^(gfdl|gnu|[al]?gpl(v?\d)?|mit|bsd|apache)\b": TEXT_BESIDE,
}
_SPELLINGS = {
    r"creative commons": "cc",
    r"non ?commercial": "nc",
    r"no ?deriv(ative)?s?( works)?": "nd",
    r"share ?alike": "sa",
    r"cc attribution": "cc by",
    r"cc (zero|0)": "cc0",
    r" licen[cs]e\b| (international|unported|generic|universal)\b|^the ": "",
    r"( public domain dedication| or later)$|\+$": "",
    r"^cc0 1\.0$": "cc0",
    r"^(cc pdm|public domain mark)( 1\.0)?$": "pdm",
    r"^cc pddc$": "pddc",
    r"^ogl uk (\d)\.0$": r"ogl \1",
}
_CREATIVE_COMMONS = re.compile(
    r"(?:cc )?(?P<terms>by(?: (?:nc|nd|sa))*)"
    r"(?: (?P<version>\d\.\d)(?: \d\.\d)*(?: (?P<port>[a-z]{2,3}))?)?"
)
_CC_PATH = re.compile(
    r"/licenses/(?P<terms>by(?:-(?:nc|nd|sa))*)"
    r"/(?P<version>\d\.\d)(?:-\d\.\d)*(?:/(?P<port>(?!deed|legalcode|rdf)[a-z]+))?(?:/.*)?"
)
#: By host and how the path begins.
_ADDRESSES = {
    ("creativecommons.org", "/publicdomain/zero/"): _CC0,
    ("creativecommons.org", "/publicdomain/mark/"): _PDM,
    ("creativecommons.org", "/licenses/publicdomain"): _PDDC,
    ("creativecommons.org", "/licenses/sampling"): Terms("CC Sampling", why=SAMPLES_ONLY),
    ("creativecommons.org", "/licenses/nc-sampling"): Terms("CC NC-Sampling", why=SAMPLES_ONLY),
    ("artlibre.org", "/"): _FREE_ART,
    ("gnu.org", "/"): Terms("GNU", why=TEXT_BESIDE),
}


def terms_of_name(stated: str) -> Terms | None:
    """Return what a licence's name means; None where that is not understood.

    Example:
        >>> terms_of_name("Creative Commons Attribution-Share Alike 4.0 International").name
        'CC-BY-SA-4.0'
        >>> terms_of_name("GFDL 1.2 or CC BY-NC 3.0").why
        'it forbids commercial use'
    """
    name = _plain(short_name(stated))
    if name in _FIXED:
        return _FIXED[name]
    if found := _CREATIVE_COMMONS.fullmatch(name):
        return _creative_commons(found["terms"].split(), found["version"], found["port"])
    for pattern, why in _TELLING.items():
        if re.search(pattern, name):
            return Terms(short_name(stated), why=why)
    return None


def terms_of_address(url: str) -> Terms | None:
    """Return which licence's text lies at an address; None where that is not known.

    Example:
        >>> terms_of_address("https://creativecommons.org/licenses/by/3.0/de/deed.en").name
        'CC-BY-3.0-DE'
    """
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return None
    host, path = (parts.hostname or "").removeprefix("www."), parts.path.lower()
    if host == "creativecommons.org" and (found := _CC_PATH.fullmatch(path)):
        return _creative_commons(found["terms"].split("-"), found["version"], found["port"])
    for (known, start), terms in _ADDRESSES.items():
        if host == known and path.startswith(start):
            return terms
    return None


def _plain(name: str) -> str:
    """Return a name in lower case, with one word for each thing."""
    plain = " ".join(re.sub(r"[^a-z0-9.+]+", " ", name.casefold()).split())
    for pattern, spelling in _SPELLINGS.items():
        plain = re.sub(pattern, spelling, plain)
    return plain.strip()


def _creative_commons(terms: list[str], version: str | None, port: str | None) -> Terms:
    family = "-".join(sorted(set(terms))).upper()  # by, nc, nd, sa: as SPDX orders them
    why = NO_COMMERCE if "nc" in terms else NO_CHANGES if "nd" in terms else ""
    return Terms(f"CC {family}", version or "", (port or "").upper(), why)
