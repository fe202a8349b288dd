"""What is asked: every class under every style word, at every provider, in that one's words.

The paper asked Bing for ``animated``, ``cartoon`` and ``graphics`` with each of the 600 classes of
Kinetics-600 and the word ``gif``: 1,800 queries (section 3, "Ani-GIFs").
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter

from anigifs.collect.items import STYLES, TEMPLATE, Capabilities, Query
from anigifs.collect.providers.commons import GIFS_ONLY
from anigifs.foundation import UsageError
from anigifs.taxonomy.names import bare_key, normalise
from anigifs.taxonomy.tables import read_table

#: What a provider's queries say in addition.
ADDITIONS: Mapping[str, str] = {"commons": GIFS_ONLY}

#: Other words for classes, by :func:`~anigifs.taxonomy.normalise` of the class's name.
Synonyms = Mapping[str, tuple[str, ...]]

_QUALIFIER = re.compile(r"\([^()]*\)")
_GIF = re.compile(r"\bgifs?\b", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def style_queries(
    names: Sequence[str],
    providers: Mapping[str, Capabilities],
    *,
    styles: Sequence[str] = STYLES,
    template: str = TEMPLATE,
    synonyms: Synonyms | None = None,
) -> list[Query]:
    """Return the queries for a class list, each once.

    They come by provider, style word and class, so that every class has been asked for once
    before any is asked for again. Where a provider gives GIFs alone, the word "gif" is left out.

    Args:
        names: The classes, as their list spells them.
        providers: What each provider can do, by its name.
        styles: The style words.
        template: With the fields ``{style}`` and ``{class}``.
        synonyms: Further words to ask with; none by default, as in the paper.

    Raises:
        UsageError: The template cannot be filled in, or there is no class, style or provider.

    Example:
        >>> from anigifs.collect.providers.commons import CAPABILITIES
        >>> for query in style_queries(["hugging (not baby)"], {"commons": CAPABILITIES})[:2]:
        ...     print(query.text)
        animated hugging filemime:image/gif
        cartoon hugging filemime:image/gif
    """
    _check_template(template)
    if not (names and providers and styles):
        raise UsageError("nothing to search: give a class, a style word and a provider at least")
    if "url-list" in providers:
        raise UsageError("url-list knows no words; its queries are those of its list")
    phrases = class_phrases(names, synonyms or {})
    queries: dict[tuple[str, str, str], Query] = {}
    for provider, can in providers.items():
        wording = _GIF.sub("", template) if can.finds_gifs_only else template
        for style in styles:
            for label in names:
                for phrase in phrases[label]:
                    words = f"{_filled(wording, style, phrase)} {ADDITIONS.get(provider, '')}"
                    query = Query(provider, label, style, " ".join(words.split()))
                    queries.setdefault((provider, label, query.text), query)
    return list(queries.values())


def class_phrases(names: Sequence[str], synonyms: Synonyms) -> dict[str, tuple[str, ...]]:
    """Return what each class is called in a query: its own name first, then its synonyms.

    A qualifier in parentheses goes where the bare name is that of no other class; else its words
    stay. A synonym that is the name of another class of the list is left out.

    Example:
        >>> class_phrases(["hugging (not baby)", "hugging baby"], {"hugging": ("embracing",)})
        {'hugging (not baby)': ('hugging', 'embracing'), 'hugging baby': ('hugging baby',)}
        >>> class_phrases(["passing (in game)", "passing (alone)"], {})["passing (alone)"]
        ('passing alone',)
    """
    bare = Counter(bare_key(name) for name in names)
    owners: dict[str, set[str]] = {}
    for name in names:
        for key in (normalise(name), bare_key(name)):
            owners.setdefault(key, set()).add(name)
    phrases: dict[str, tuple[str, ...]] = {}
    for name in names:
        alone = bare_key(name) and bare[bare_key(name)] == 1
        own = words_of(_QUALIFIER.sub(" ", name) if alone else name)
        others = (
            one for one in _of(name, synonyms) if not owners.get(normalise(one), set()) - {name}
        )
        phrases[name] = tuple(dict.fromkeys([own, *others]))
    return phrases


def words_of(name: str) -> str:
    """Return the words of a class name, without signs that a search may take for commands.

    Example:
        >>> words_of("ApplyEyeMakeup"), words_of("brush_hair"), words_of("lie/sleep")
        ('Apply Eye Makeup', 'brush hair', 'lie sleep')
        >>> words_of("massaging person's head"), words_of("-dancing: the “tango”")
        ("massaging person's head", 'dancing the tango')
    """
    return " ".join(_WORD.findall(_HUMP.sub(" ", name)))


def read_synonyms(file: Path | Traversable | None = None) -> dict[str, tuple[str, ...]]:
    """Read a table of synonyms; None reads the one that is shipped.

    It is a CSV file with the columns ``label`` and ``phrase``, a line for each phrase. A label
    may leave out its qualifier.

    Raises:
        UsageError: The file cannot be read, lacks a column, or a line lacks a value.

    Example:
        >>> read_synonyms()["abseiling"]
        ('rappelling',)
    """
    if file is None:
        file = resources.files("anigifs.collect") / "data" / "synonyms.csv"
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(read_table(file).lines):
        label, phrase = row.get("label"), row.get("phrase")
        if not label or not phrase or None in row:
            raise UsageError(
                f"{file}: a line is not 'label,phrase', after a first line that says so"
            )
        found[normalise(label)] = (*found.get(normalise(label), ()), words_of(phrase))
    return found


def _of(name: str, synonyms: Synonyms) -> Iterable[str]:
    return synonyms.get(normalise(name)) or synonyms.get(bare_key(name), ())


def _filled(template: str, style: str, phrase: str) -> str:
    return template.format(**{"style": style, "class": phrase})


def _check_template(template: str) -> None:
    try:
        fields = {name for _, name, form, _ in Formatter().parse(template) if name is not None}
        _filled(template, "cartoon", "yoga")
    except (ValueError, LookupError, AttributeError):
        raise UsageError(f"the template {template!a} is not {TEMPLATE!a} or the like") from None
    if "class" not in fields or fields - {"style", "class"}:
        raise UsageError(f"the template {template!a} needs {{class}}, and may have {{style}} too")
