"""Which licences let a release hold a file's bytes.

A licence is open here if it lets everybody hand the file on, change it and sell it, and asks for no
more than names, a link to its text, and the same licence for what is made of it. So do CC0, the
public domain, CC BY and CC BY-SA. Not so those that forbid commerce or changes (NC, ND), nor, free
as they are, those whose whole text must lie beside the file (GFDL, GPL, MIT).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from anigifs.collect.providers.licences import short_name
from anigifs.curate.candidate import CandidateHit
from anigifs.curate.licence_terms import Terms, terms_of_address, terms_of_name

Openness = Literal["open", "restricted", "unknown"]


@dataclass(frozen=True)
class Licence:
    """What is stated of a file's licence, as it is understood.

    Attributes:
        name: SPDX's identifier, such as ``CC-BY-SA-4.0``, where there is one.
        openness: ``unknown`` where nothing is stated, or nothing that is understood.
        why: In words, where it is not open.
    """

    name: str
    openness: Openness
    why: str = ""


def openness(licence: str, licence_url: str) -> Openness:
    """Return whether a release may hold the bytes of a file with this licence.

    Args:
        licence: Its name, as stated; may be empty.
        licence_url: The address of its text, as stated; may be empty.

    Example:
        >>> openness("CC BY-SA 4.0", ""), openness("by-nc", ""), openness("", "")
        ('open', 'restricted', 'unknown')
    """
    return understood(licence, licence_url).openness


def understood(licence: str, licence_url: str) -> Licence:
    """Return what name and address of a licence say together.

    Where they differ, and one of them is restricted, that one counts; else it is not known which
    one counts.

    Args:
        licence: Its name, as stated; may be empty.
        licence_url: The address of its text, as stated; may be empty.

    Example:
        >>> understood("by-sa", "https://creativecommons.org/licenses/by-sa/4.0/deed.en")
        Licence(name='CC-BY-SA-4.0', openness='open', why='')
        >>> understood("CC0", "https://creativecommons.org/licenses/by/4.0/").why
        'its name says CC0-1.0, its address CC-BY-4.0'
    """
    named, linked = terms_of_name(licence), terms_of_address(licence_url)
    if named is None or linked is None:
        terms = named or linked
        return _unknown(licence, licence_url) if terms is None else _licence(terms)
    if (both := named.join(linked)) is not None:
        return _licence(both)
    differ = f"its name says {named.name}, its address {linked.name}"
    strict = next((one for one in (named, linked) if one.why), None)
    if strict is None:
        return Licence(short_name(licence), "unknown", differ)
    return Licence(strict.name, "restricted", f"{differ}: {strict.why}")


def best(hits: Iterable[CandidateHit]) -> CandidateHit | None:
    """Return the hit that says best which licence a file has; None where none says anything.

    That is a hit with a restricted licence, if there is one, since who states it may be right;
    else one with an open one; else another. Of several, that which says most of it: its address,
    the evidence, the creator and the line to be shown.
    """
    order = ("restricted", "open", "unknown")
    stating = [hit for hit in hits if hit.licence or hit.licence_url]

    def rank(hit: CandidateHit) -> tuple[int, int]:
        said = (hit.licence, hit.licence_url, hit.licence_evidence, hit.creator, hit.attribution)
        return order.index(openness(hit.licence, hit.licence_url)), -sum(map(bool, said))

    return min(stating, key=rank, default=None)


def _licence(terms: Terms) -> Licence:
    return Licence(terms.name, "restricted" if terms.why else "open", terms.why)


def _unknown(licence: str, licence_url: str) -> Licence:
    stated = short_name(licence)
    return Licence(stated, "unknown", "not understood" if stated or licence_url else "not stated")
