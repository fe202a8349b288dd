"""What was measured, in a few plain sentences."""

from collections.abc import Iterator, Sequence

from anigifs.evaluation import holm
from anigifs.gap.contrasts import Contrast
from anigifs.gap.endpoints import Distance, Measure
from anigifs.gap.features import LOGITS
from anigifs.gap.looks import LOOKS
from anigifs.gap.measure import Gap

#: Below this, a look tells too little to be spoken of: 65 % of pairs, where 50 % is chance.
LEAST_STRENGTH = 0.3
LOOKS_SPOKEN_OF = 3
MEASURES: dict[Measure, str] = {
    "kid": "KID",
    "mmd": "MMD²",
    "mmd-within-classes": "MMD² within classes",
    "coral": "CORAL",
    "a-distance": "A-distance",
}


def sentences(gap: Gap) -> list[str]:
    """Return two to four sentences about a gap."""
    said = [_about_looks(gap)]
    if gap.distances:
        said += [_about_classifier(gap), _about_discrepancy(gap), *_about_classes(gap)]
    return said


def number(value: float | None) -> str:
    """Return a number to three digits, and a dash where there is none.

    Example:
        >>> number(7334.078), number(0.012345), number(1.0), number(None)
        ('7,334', '0.0123', '1', '-')
    """
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def share(value: float) -> str:
    """Return a share as a percentage, with a digit more where it is close to none or all.

    Example:
        >>> share(0.85), share(0.996), share(0.9999), share(1.0)
        ('85 %', '99.6 %', 'over 99.9 %', '100 %')
    """
    if 0.9995 <= value < 1:
        return "over 99.9 %"
    if 0 < value < 0.0005:
        return "under 0.1 %"
    return f"{100 * value:.{1 if 0 < min(value, 1 - value) < 0.1 else 0}f} %"


def _about_looks(gap: Gap) -> str:
    telling = [one for one in gap.contrasts if one.strength >= LEAST_STRENGTH]
    if not telling:
        best = gap.contrasts[0]
        return (
            f"Looks: no statistic tells {gap.a.name} from {gap.b.name} well; the best, "
            f"{best.title}, orders {share(max(best.auc, 1 - best.auc))} of the pairs rightly, "
            "where 50 % is chance."
        )
    first, *others = (_look(one) for one in telling[:LOOKS_SPOKEN_OF])
    listed = [f"{first[0]} (in {first[1]} of pairs of clips)"]
    listed += [f"{word} ({pairs})" for word, pairs in others]
    return f"Looks: compared with {gap.a.name}, {gap.b.name} has {', '.join(listed)}."


def _look(one: Contrast) -> tuple[str, str]:
    look = next(look for look in LOOKS if look.key == one.key)
    return (look.more, share(one.auc)) if one.auc > 0.5 else (look.less, share(1 - one.auc))


def _about_classifier(gap: Gap) -> str:
    found = sorted(_of(gap, "a-distance"), key=_error)
    best, worst = found[0], found[-1]
    said = (
        f"A linear classifier tells the two apart from {_at(best)} with {share(_error(best))} "
        "error on groups that it has not seen, where guessing has 50 %"
    )
    if _error(worst) - _error(best) >= 0.01:
        said += f"; from {_at(worst)} with {share(_error(worst))}"
    return f"{said}."


def _about_discrepancy(gap: Gap) -> str:
    found = [one for one in _of(gap, "mmd") if one.p is not None]
    corrected = holm([one.p for one in found if one.p is not None])
    level = 1 - gap.facts["level"]
    certain = [one for one, p in zip(found, corrected, strict=True) if p <= level]
    if not certain:
        return (
            "By MMD² no endpoint's features differ by more than chance would make of one domain "
            f"(p {min(corrected):.3f} at least, after Holm's correction)."
        )
    most = max(certain, key=_scaled)
    return (
        f"By MMD² they are furthest apart at {_at(most)}{_how_far(gap, most)} (MMD² "
        f"{number(most.value)}; two halves of one side: {number(most.halves)} at most)."
    )


def _about_classes(gap: Gap) -> Iterator[str]:
    """Yield what to say where the sides differ class by class more than as a whole."""
    whole = {one.endpoint: one.value for one in _of(gap, "mmd")}
    telling = [
        one
        for one in _of(gap, "mmd-within-classes")
        if one.low is not None and one.low > max(one.halves or 0, 2 * whole[one.endpoint])
    ]
    if telling:
        most = max(telling, key=_scaled)
        yield (
            f"Class by class they are further apart than as a whole: at {_at(most)}"
            f"{_how_far(gap, most)} (MMD² {number(most.value)})."
        )


def _how_far(gap: Gap, one: Distance) -> str:
    if not one.scale:
        return ""
    times = one.value / one.scale
    words = share(times) if times < 0.1 else f"{times:.2g} times"
    return f", {words} as far as two classes of {gap.a.name} are from each other"


def _scaled(one: Distance) -> float:
    return one.value / one.scale if one.scale else one.value


def _at(one: Distance) -> str:
    return "the logits" if one.endpoint == LOGITS else one.endpoint


def _of(gap: Gap, measure: Measure) -> Sequence[Distance]:
    return [one for one in gap.distances if one.measure == measure]


def _error(one: Distance) -> float:
    """Return the classifier's error rate, out of its distance."""
    return (2 - one.value) / 4


def error_words(one: Distance) -> Iterator[str]:
    """Yield the error rate of a classifier in words, for what is one."""
    if one.measure == "a-distance":
        yield f"error {share(_error(one))}"
