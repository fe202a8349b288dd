"""The paper's statements, kept as stated."""

from anigifs.taxonomy import PAPER_CLASSES, class_list, class_map


def test_the_statements_contradict_each_other_and_stay_so() -> None:
    assert PAPER_CLASSES.searched - PAPER_CLASSES.kept == 64
    assert PAPER_CLASSES.searched - PAPER_CLASSES.without_gifs == 540


def test_the_lists_fit_the_statements() -> None:
    assert len(class_list("kinetics-600")) == PAPER_CLASSES.searched
    assert len(class_map("ava-12-kinetics-600").covered) == PAPER_CLASSES.shared_with_ava
