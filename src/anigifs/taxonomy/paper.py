"""What the paper says of its classes, as it says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperClasses:
    """The class counts that the paper states; they do not add up, and are left so.

    600 - 536 = 64 classes are gone, but the paper speaks of 60 that had no GIFs, and
    600 - 60 = 540 would be left. It does not say which classes these are, nor what became of
    the other 4, so no list of the 536 can be given. Count your own data and report that.

    Source: Majumdar et al., Frontiers in Computer Science, 2022, doi 10.3389/fcomp.2022.876846.

    Attributes:
        searched: Kinetics-600 classes that GIFs were searched for.
        kept: Classes of the finished data set.
        without_gifs: Classes that are said to have had no GIFs.
        shared_with_ava: Classes of Study 2, shared with AVA-Kinetics; the paper does not name
            them, and the map ``ava-12-kinetics-600`` is a proposal.
    """

    searched: int = 600
    kept: int = 536
    without_gifs: int = 60
    shared_with_ava: int = 12


#: The paper's own numbers.
PAPER_CLASSES = PaperClasses()
