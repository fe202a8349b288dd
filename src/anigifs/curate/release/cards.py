"""The pages of a release for people: data card, datasheet, and whose the GIFs are."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from anigifs.curate.licences import best
from anigifs.curate.release.accepting import own_hits
from anigifs.curate.release.account import NOT_STATED, Account
from anigifs.curate.release.agreeing import MEASURES, agreement_rows
from anigifs.curate.release.examples import Example
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.release.statements import Statements, counted, listed
from anigifs.curate.release.table_one import duration
from anigifs.curate.votes import CRITERIA
from anigifs.index import clip_id

#: Hugging Face's words for how much there is, by the least number beyond it.
_SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
_SHORT = 40  # classes that are named in a sentence


@dataclass(frozen=True)
class Credit:
    """Whose a GIF is; the last two are Markdown.

    Attributes:
        clip_id: The GIF.
        line: What the source wants to be shown, or the creator.
        licence: With its address.
        page: That shows it.
    """

    clip_id: str
    line: str
    licence: str
    page: str


def data_card(account: Account, settings: ReleaseSettings, said: Statements) -> str:
    """Return the README, with the front matter that Hugging Face reads."""
    return _rendered("README.md.j2", account, settings, said)


def datasheet(account: Account, settings: ReleaseSettings, said: Statements) -> str:
    """Return the answers to the questions of *Datasheets for Datasets* (Gebru et al., 2021)."""
    return _rendered("DATASHEET.md.j2", account, settings, said)


def attribution(
    account: Account, items: Iterable[ReleasedItem], examples: Iterable[Example]
) -> str:
    """Return whose the items are, and whose are shown in a figure only."""
    items = list(items)
    released = {item.cluster for item in items}
    stated = [item for item in items if item.licence or item.licence_url]
    shown = [_shown(one) for one in examples if one.item.cluster not in released]
    template = _environment().get_template("ATTRIBUTION.md.j2")
    return template.render(
        title=_title(account),
        items=[
            _credit(one.clip_id, one.attribution, one.creator, one.licence, one.licence_url,
                    one.page_url)
            for one in stated
        ],
        shown=sorted(shown, key=lambda one: one.clip_id),
    )  # fmt: skip


def citation(account: Account, settings: ReleaseSettings) -> str:
    """Return the release as BibTeX."""
    names = (
        " and ".join(f"{{{_bibtex(name)}}}" for name in settings.creators) or f"{{{NOT_STATED}}}"
    )
    key = re.sub(r"\W", "", f"{account.name}{account.version}")
    return (
        f"@misc{{{key},\n"
        f"  title = {{{{{_title(account)}}}}},\n"
        f"  author = {{{names}}},\n"
        f"  year = {{{account.date[:4]}}},\n"
        f"  version = {{{account.version}}},\n"
        f"  note = {{Identity of the index: {account.identity}}}\n"
        "}"
    )


def markdown(text: str) -> str:
    r"""Return text that shows as it is in Markdown, on one line.

    Example:
        >>> print(markdown("a *star* and <b>\nmore | so"))
        a \*star\* and \<b> more \| so
    """
    return re.sub(r"([\\`*_\[\]<|&~])", r"\\\1", " ".join(text.split()))


def _rendered(name: str, account: Account, settings: ReleaseSettings, said: Statements) -> str:
    context: dict[str, Any] = {
        "account": account,
        "settings": settings,
        "said": said,
        "title": _title(account),
        "size": next((word for most, word in _SIZES.items() if account.items < most), "n>1M"),
        "splits": listed(account.splits.items()),
        "creators": ", ".join(settings.creators) or NOT_STATED,
        "contact": settings.contact or NOT_STATED,
        "criteria": CRITERIA,
        "measures": MEASURES,
        "agreed": list(agreement_rows(account.agreement)),
        "short": _some(account.short_classes),
        "kinds": listed(account.kinds.items()),
        "duration": duration(account.duration_ms),
        "days": " to ".join(dict.fromkeys(filter(None, (account.first_day, account.last_day)))),
        "removed": _removed(account),
        "citation": citation(account, settings),
    }
    return _environment().get_template(name).render(**context)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("anigifs.curate.release", "templates"),
        autoescape=False,  # Markdown: what comes from outside goes through the filter "md"
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(md=markdown, count=counted, json=json.dumps)
    return environment


def _title(account: Account) -> str:
    return f"{account.name} {account.version}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHORT
    return ", ".join(names[:_SHORT]) + (f", and {more:,} more" if more > 0 else "")


def _removed(account: Account) -> str:
    items = counted(sum(account.removed.values()), "item")
    return (
        f"Removals asked for so far: {account.requests:,}; left out because of them: {items} and "
        f"{counted(account.removed_hits, 'hit')}."
    )


def _shown(example: Example) -> Credit:
    stated = best(own_hits(example.item))
    if stated is None:
        return Credit(clip_id(example.item.cluster), NOT_STATED, NOT_STATED, "")
    return _credit(
        clip_id(example.item.cluster), stated.attribution, stated.creator, stated.licence,
        stated.licence_url, stated.page_url,
    )  # fmt: skip


def _credit(
    clip: str, line: str, creator: str, licence: str, licence_url: str, page: str
) -> Credit:
    name = markdown(licence or licence_url)
    linked = f"[{name}](<{licence_url}>)" if _is_address(licence_url) else name
    return Credit(
        clip, line or creator or NOT_STATED, linked, f"<{page}>" if _is_address(page) else ""
    )


def _is_address(text: str) -> bool:
    """Return whether a text can stand as a link as it is."""
    return re.fullmatch(r"https?://[^\s<>\\]+", text) is not None


def _bibtex(text: str) -> str:
    return re.sub(r"[{}\\\s]+", " ", text).strip()
