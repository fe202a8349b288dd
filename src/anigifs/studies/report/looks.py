"""What other studies add to a report: the gap taken apart, and where the models look."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError
from anigifs.studies.cells import Share
from anigifs.studies.report.certainty import ends
from anigifs.studies.report.pictures import lightened
from anigifs.studies.sections import percent

RECORD = "explain.json"


@dataclass(frozen=True)
class Apart:
    """What the gap between two domains is made of.

    Attributes:
        svg: A drawing, whole as a file of its own.
        sentences: What it says.
    """

    svg: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class Look:
    """A clip, with what models looked at laid over it.

    Attributes:
        title: What the clip is.
        said: What each model said of it, in a line.
        still: A picture of it.
        moving: The same as it moves.
    """

    title: str
    said: tuple[str, ...]
    still: bytes
    moving: bytes

    @classmethod
    def of_gif(cls, gif: bytes, title: str, said: Sequence[str]) -> "Look":
        """Return a look at a GIF, which is made lighter for the page."""
        return cls(title, tuple(said), *lightened(gif))


@dataclass(frozen=True)
class TwoByTwo:
    """Right and wrong answers against evidence inside and outside of the labelled people.

    Attributes:
        title: Of which clips and which model.
        right: Clips with right answers: those whose evidence lies inside, and those outside.
        wrong: The same of wrong answers.
        words: What the two columns differ by.
    """

    title: str
    right: tuple[int, int]
    wrong: tuple[int, int]
    words: str = ""

    @property
    def rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Names and cells: counts, and shares of all clips."""
        n = max(sum(self.right) + sum(self.wrong), 1)
        rows = (("right answer", self.right), ("wrong answer", self.wrong))
        return tuple(
            (name, tuple(f"{one} ({100 * one / n:.0f} %)" for one in counts))
            for name, counts in rows
        )


@dataclass(frozen=True)
class Looks:
    """Where models look.

    Attributes:
        about: How that was found out, in a sentence.
        pictures: Some clips.
        evidence: What was counted over all clips.
    """

    about: str
    pictures: tuple[Look, ...] = ()
    evidence: tuple[TwoByTwo, ...] = ()


def read_looks(folder: Path | str, titles: Mapping[str, str] | None = None) -> Looks:
    """Read what ``anigifs explain`` left in a folder.

    Pictures that it did not write as GIFs are left out.

    Args:
        folder: Where it was told to write.
        titles: What readers know domains as; those not named keep their names.

    Raises:
        UsageError: There is no such record, or it is damaged.
    """
    path = Path(folder) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        about = (
            f"Grad-CAM at {record['layer']}: evidence for {record['explained']}, over "
            f"{record['n']} clips. A peak is inside where the strongest evidence lies on the "
            "labelled people."
        )
        pictures = tuple(_looks(path.parent, record["pictures"], titles or {}))
        evidence = tuple(_two_by_two(found, titles or {}) for found in record["evidence"])
        return Looks(about, pictures, evidence)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"{error.filename or path}: {reason}; run `anigifs explain` first"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: damaged; run `anigifs explain` again") from None


def _looks(
    folder: Path, records: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> Iterator[Look]:
    for record in records:
        said = [_said(model) for model in record["models"]]
        domain = record["domain"]
        title = f"{record['label']} ({titles.get(domain, domain)})"
        for name in record["pictures"]:
            if name.endswith(".gif"):
                yield Look.of_gif((folder / name).read_bytes(), title, said)


def _said(model: Mapping[str, Any]) -> str:
    first = model["predictions"][0]
    return f"{model['model']}: {first['label']}, {percent(first['probability'])} % sure"


def _two_by_two(found: Mapping[str, Any], titles: Mapping[str, str]) -> TwoByTwo:
    domain = found["domain"] or "all clips"
    given = [found["right_given_inside"], found["right_given_outside"]]
    words = ""
    if found["difference"] is not None:
        share = Share(found["difference"], found["low"], found["high"])
        inside, outside = (percent(one) for one in given)
        words = (
            f"Right with the peak inside: {inside} %; outside: {outside} %; difference "
            f"{percent(share.value, signed=True)} points{ends(share)}."
        )
    return TwoByTwo(
        f"{titles.get(domain, domain)}: {found['model']}",
        (int(found["right_inside"]), int(found["right_outside"])),
        (int(found["wrong_inside"]), int(found["wrong_outside"])),
        words,
    )
