"""When two spellings are one name: case, separators, and British against American English."""

import difflib
import heapq
import re
from collections.abc import Iterable, Mapping

#: British spellings and what stands for both; exactly the words that the shipped lists hold.
AMERICAN: Mapping[str, str] = {
    "aeroplane": "airplane",
    "archaeolog": "archeolog",
    "barbeque": "barbecue",
    "barbequing": "barbecuing",
    "chiselling": "chiseling",
    "colour": "color",
    "doughnut": "donut",
    "jewellery": "jewelry",
    "shovelling": "shoveling",
    "tyre": "tire",
}

#: How alike two names must be for one to be offered for the other; difflib's own default.
LIKE = 0.6

_QUALIFIER = re.compile(r"\([^()]*\)")


def normalise(text: str) -> str:
    """Return the key under which all spellings of one class name are equal.

    Case, spaces, underscores, hyphens, apostrophes and all other punctuation go, and British
    words become American. Without separators ``BreakDancing``, ``break_dancing`` and
    ``breakdancing`` need no rule each. The key is for comparing, not for showing; a qualifier
    in parentheses stays part of it (:meth:`ClassList.find` says when it may be left out).

    Example:
        >>> normalise("Making Jewellery") == normalise("making jewelry")
        True
        >>> normalise("Break Dancing")
        'breakdancing'
    """
    key = "".join(character for character in text.casefold() if character.isalnum())
    for british, american in AMERICAN.items():
        key = key.replace(british, american)
    return key


def bare_key(name: str) -> str:
    """Return the key of a name without its qualifiers in parentheses.

    Example:
        >>> bare_key("hugging (not baby)")
        'hugging'
    """
    return normalise(_QUALIFIER.sub("", name))


def closest(text: str, names: Iterable[str], count: int = 3) -> list[str]:
    """Return up to ``count`` names that look most like ``text``, best first.

    Example:
        >>> closest("slepping", ["sleeping", "smoking", "yoga"], count=1)
        ['sleeping']
    """

    def likeness(name: str) -> float:
        whole = difflib.SequenceMatcher(None, normalise(text), normalise(name)).ratio()
        # A wrong qualifier must not hide the class that it was put on.
        return max(whole, difflib.SequenceMatcher(None, bare_key(text), bare_key(name)).ratio())

    scored = {name: likeness(name) for name in names}
    best = heapq.nlargest(count, scored, key=scored.__getitem__)
    return [name for name in best if scored[name] >= LIKE]
