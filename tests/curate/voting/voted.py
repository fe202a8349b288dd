"""Items that are only as much as votes and rules look at."""

import hashlib
from dataclasses import replace

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.screening.screened import Screened
from anigifs.curate.votes import Vote
from anigifs.curate.voting.items import Item


def sha(name: str) -> str:
    """Return a sha256 for a short name."""
    return hashlib.sha256(name.encode()).hexdigest()


def address(name: str) -> str:
    """Return where a file lies, by its short name."""
    return f"https://media.example.org/{name}.gif"


def item_of(*files: str, labels: tuple[str, ...] = ("yoga",), **said: str) -> Item:
    """Return a cluster of files by their short names, the first of which stands for all."""
    shas = [sha(name) for name in files]
    return Item(
        cluster=shas[0],
        family=shas[0],
        files=tuple(Screened(sha256=one, kind="gif", bytes=1) for one in shas),
        hits=tuple(
            replace(CandidateHit(url=address(name), label=label, sha256=sha(name)), **said)  # type: ignore[arg-type]
            for name in files
            for label in labels
        ),
    )


def vote(item: str, annotator: str, verdict: str, **said: str) -> Vote:
    """Return a vote; of a rejection, the criterion may stand in the verdict's place."""
    if verdict not in ("accept", "reject", "skip"):
        verdict, said = "reject", {"criterion": verdict, **said}
    usual = {"label": "yoga"} if verdict == "accept" else {}
    return Vote(item=sha(item), annotator=annotator, verdict=verdict, **{**usual, **said})  # type: ignore[arg-type]
