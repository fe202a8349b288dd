"""How sure a difference is, in words: its amount, its interval, and what may be made of it."""

from anigifs.studies.cells import Difference, Share
from anigifs.studies.sections import p_words, percent

UNTOLD = "the interval holds zero, so these tests cannot tell it from none"
MINUS = "\N{MINUS SIGN}"


def amount(share: Share) -> str:
    """Return a difference without its sign, and its interval as seen from there.

    Example:
        >>> amount(Share(-0.02, -0.05, 0.01))
        '2.0 points (−1.0 to 5.0)'
    """
    if share.value < 0 and share.low is not None and share.high is not None:
        share = Share(-share.value, -share.high, -share.low)
    return f"{percent(abs(share.value))} points{ends(share)}"


def way(share: Share, more: str, less: str, level: str) -> str:
    """Return one of three words, by the sign that a difference has when it is rounded.

    Example:
        >>> way(Share(-0.0001, None, None), "rises", "falls", "stays")
        'stays'
    """
    return {"+": more, "-": less}.get(percent(share.value, signed=True)[0], level)


def ends(share: Share) -> str:
    """Return an interval after a space, and nothing where there is none."""
    if share.low is None or share.high is None:
        return ""
    return f" ({percent(share.low)} to {percent(share.high)})".replace("-", MINUS)


def if_zero(share: Share) -> str:
    """Return the words that follow a difference whose interval holds zero, and else nothing."""
    held = share.low is not None and share.high is not None and share.low <= 0 <= share.high
    return f"; {UNTOLD}" if held else ""


def verdict(difference: Difference, level: float, family: int) -> str:
    """Return the words that follow a difference, and say whether it is to be believed.

    Args:
        difference: On the same clips.
        level: Of the intervals, 0..1; what is left to 1 is the level of the test.
        family: How many comparisons its p-value was corrected for.
    """
    share, p = difference.share, difference.p_holm
    if held := if_zero(share):
        return held
    if share.low is None or p is None:
        return ""
    words = p_words(p).replace("=", " = ").replace("<", " < ")
    after = f" after correction for {family} comparisons" if family > 1 else ""
    if p > 1 - level:
        return f"; the interval does not hold zero, but {words}{after}: this is no sure difference"
    return f"; the interval does not hold zero, and {words}{after}"
