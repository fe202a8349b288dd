"""How far those who judged agree, as a release tells it to people and to programs."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from anigifs.curate.votes import CRITERIA
from anigifs.curate.voting.agreement import Agreement, Reliability
from anigifs.foundation import write_text

NONE = "-"
#: What is asked, by its name.
ASKED = {
    "verdict": "accepted or not",
    "outcome": "accepted as which class, or not",
    **CRITERIA,
}
#: The coefficients, as people call them.
MEASURES = {
    "raw": "agree",
    "fleiss": "Fleiss' kappa",
    "alpha": "Krippendorff's alpha",
    "ac1": "Gwet's AC1",
}


def agreement_rows(agreement: Agreement) -> Iterator[tuple[str, ...]]:
    """Yield a row for each question: what was asked, the items, and each of :data:`MEASURES`."""
    for name, one in agreement.questions.items():
        yield (ASKED[name], f"{one.items:,}", *(measure(one, which) for which in MEASURES))


def measure(one: Reliability, name: str) -> str:
    """Return a coefficient with its interval, for people.

    Example:
        >>> from anigifs.curate.voting.agreement import reliability
        >>> found = reliability(["aa", "ab", "aa"])
        >>> measure(found, "raw"), measure(found, "ac1"), measure(reliability([]), "raw")
        ('66.7 %', '0.54', '-')
    """
    value = getattr(one, name)
    if value is None:
        return NONE
    factor, digits, unit = (100, 1, " %") if name == "raw" else (1, 2, "")
    told = f"{factor * value:.{digits}f}{unit}"
    if name not in one.intervals:
        return told
    low, high = one.intervals[name]
    return f"{told} ({factor * low:.{digits}f} to {factor * high:.{digits}f})"


def write_agreement(path: Path, agreement: Agreement) -> None:
    """Write all coefficients as CSV, a row a question; what is not known is empty."""
    rows = [_flat(name, one, agreement.compared) for name, one in agreement.questions.items()]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def _flat(name: str, one: Reliability, compared: int) -> dict[str, str]:
    row = {
        "question": name,
        "items": str(one.items),
        "annotators": str(one.people),
        "votes_compared": str(compared),
        "pairs": str(one.pairs),
        "fleiss_items": str(one.fleiss_items),
        "fleiss_votes": str(one.fleiss_answers),
    }
    for which in MEASURES:
        value = getattr(one, which)
        # Six digits: the last ones of a sum may differ from one processor to another.
        row[which] = "" if value is None else f"{value:.6f}"
        ends = one.intervals.get(which)
        row[f"{which}_low"], row[f"{which}_high"] = (
            ("", "") if ends is None else (f"{ends[0]:.6f}", f"{ends[1]:.6f}")
        )
    return row
