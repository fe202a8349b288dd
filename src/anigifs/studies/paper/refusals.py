"""What an index must have for a study, said in one line before anything is trained."""

from collections.abc import Iterable, Sequence

from anigifs.foundation import UsageError
from anigifs.index import Index, Row, distinct
from anigifs.models.weights import find
from anigifs.studies.paper.roles import Role, Roles
from anigifs.studies.paper.study import Study
from anigifs.studies.sweep.plan import Run

NAMED = 3  # classes in a message


def check_index(studies: Sequence[Study], roles: Roles, index: Index, where: str) -> None:
    """Refuse an index that a study cannot be run on.

    That splits share nothing is seen to when clips are prepared, which comes before training, too.

    Args:
        studies: What is to be run.
        roles: Which rows play which part.
        index: The rows.
        where: The index file, for messages.

    Raises:
        UsageError: A source has no rows to train, to validate or to test on, a target none to test
            on; a clip to be tested has two labels; boxes are missing where a method needs them; or
            a set has classes that the source, or weights whose head is to be kept, do not know.
    """
    decoded = index.filter(state="decoded")
    sources = {run.settings["domain"]: run for study in studies for run in study.runs}
    for domain in sources:
        for split in ("train", "val"):
            _rows(decoded, Role(domain, domain), split, where)
    for test in {one.key: one for study in studies for one in study.tests}.values():
        rows = _rows(decoded, Role(test.title, str(test.domain), test.styles), "test", where)
        distinct(rows, where)
    if any(study.boxes for study in studies):
        _check_boxes(_rows(decoded, roles.videos, "train", where), roles.videos, where)
    for study in studies:
        for run in study.runs:
            _check_styles(study, run, decoded, where)
            _check_classes(study, run, decoded, where)
            _check_start(study, run, decoded, where)


def has_oracle(index: Index, roles: Roles) -> bool:
    """Return whether a model of videos can go on from animated GIFs, as the oracle does.

    There must be such rows to train and to validate on, of the classes that videos have.
    """
    decoded = index.filter(state="decoded")
    videos, animated = (_learnt(decoded, one.domain) for one in (roles.videos, roles.animated))
    validated = len(decoded.filter(domain=roles.animated.domain, split="val")) > 0
    return validated and bool(animated) and animated == videos


def _learnt(decoded: Index, domain: object) -> set[str]:
    """Return the classes that a model of a domain learns."""
    return set(decoded.filter(domain=str(domain), split="train").labels)


def _rows(decoded: Index, role: Role, split: str, where: str) -> list[Row]:
    kept = decoded.filter(domain=role.domain, split=split)
    if role.styles and split == "test":
        kept = kept.filter(style=role.styles)
    if not len(kept):
        raise UsageError(
            f"{where}: no decoded rows of domain {role.domain!r} in split {split!r}; see `anigifs "
            "index check` and `anigifs index split`, or name other domains"
        )
    return list(kept.rows())


def _check_boxes(rows: Iterable[Row], role: Role, where: str) -> None:
    if not any(row.boxes for row in rows):
        raise UsageError(
            f"{where}: no boxes of people in the training rows of domain {role.domain!r}, which "
            "saliency gating needs; Study 2 cannot be run on it"
        )


def _check_classes(study: Study, run: Run, decoded: Index, where: str) -> None:
    """Refuse tests with classes that a run's source lacks, and a head that lacks the source's."""
    learnt = _learnt(decoded, run.settings["domain"])
    for test in (one for one in study.tests if one.key in (run.tests or ())):
        tested = decoded.filter(domain=str(test.domain), split="test")
        shown = tested.filter(style=test.styles) if test.styles else tested
        lacking = shown.labels - learnt
        if lacking:
            raise UsageError(
                f"{where}: the test set {test.key!r} has classes that {run.title!r} does not learn:"
                f" {_listed(lacking)}; leave them out: see `anigifs index join --shared-classes`"
            )
    if run.start is None and run.settings.get("head") == "copy":
        weights, _ = find(str(run.settings["weights"]))
        if lacking := learnt - set(weights.classes):
            raise UsageError(
                f"{where}: the weights {weights.name!r} lack classes whose rows of the head are to "
                f"be kept: {_listed(lacking)}; leave them out, or take `--scale paper`"
            )


def _check_styles(study: Study, run: Run, decoded: Index, where: str) -> None:
    """Refuse a source that trains on other styles than its test shows, unless it is an oracle."""
    shown = {one.key: one.styles for one in study.tests}[(run.tests or ())[0]]
    domain = str(run.settings["domain"])
    if run.oracle or not shown:
        return
    rows = decoded.filter(domain=domain, split=("train", "val")).rows()
    if others := {str(row.style) for row in rows} - set(shown):
        raise UsageError(
            f"{where}: training takes all styles of domain {domain!r}, and its test none of "
            f"{_listed(others)}; name no styles, or leave those out of the index"
        )


def _check_start(study: Study, run: Run, decoded: Index, where: str) -> None:
    """Refuse a run whose classes are not those of the run it continues: its head would be new."""
    start = next((one for one in study.runs if one.name == run.start), None)
    if start is None:
        return
    domains = [run.settings["domain"], start.settings["domain"]]
    own, before = (_learnt(decoded, domain) for domain in domains)
    if own != before:
        raise UsageError(
            f"{where}: training rows of domains {domains[0]!r} and {domains[1]!r} must have the "
            f"same classes, not differ in {_listed(own ^ before)}; see `anigifs index subset`"
        )


def _listed(names: set[str]) -> str:
    first = ", ".join(sorted(names)[:NAMED])
    return first if len(names) <= NAMED else f"{first} and {len(names) - NAMED} more"
