"""Which split a published list is of: its own word for it, or the word in its file's name."""

import re
from pathlib import Path

#: What releases call them, to what training asks for by default.
_SAME = {"validate": "val", "validation": "val", "training": "train", "testing": "test"}
_WORDS = {"train", "val", "test", *_SAME}

#: Splits that results are reported on, the most held back last. A clip that stood there twice would
#: count twice.
HELD_BACK = ("val", "test")


def split_named(word: str) -> str:
    """Return a split under this project's name for it.

    Example:
        >>> split_named("Validate"), split_named("val"), split_named("holdout")
        ('val', 'val', 'holdout')
    """
    word = word.strip().lower()
    return _SAME.get(word, word)


def split_of_file(path: Path) -> str:
    """Return the split that the name of a list names; "" where it names none, or several.

    Example:
        >>> split_of_file(Path("ava_train_v2.2.csv")), split_of_file(Path("kinetics600.csv"))
        ('train', '')
    """
    found = {
        split_named(word) for word in re.findall("[a-z]+", path.stem.lower()) if word in _WORDS
    }
    return found.pop() if len(found) == 1 else ""
