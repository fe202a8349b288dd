"""Findings to figures and tables: by hand."""

import csv
from typing import cast

import numpy as np
import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.index import Row
from anigifs.models import I3D, WeightsRecord
from anigifs.studies.explain.looking import (
    Look,
    Viewer,
    Wanted,
    check_pair,
    class_named,
    names_of,
)
from anigifs.studies.explain.measuring import Finding
from anigifs.studies.explain.rows import drawn, half_wrong
from anigifs.studies.explain.summary import Summary, summarise
from anigifs.studies.explain.tables import to_csv, to_markdown, to_text

CLASSES = ("bow", "wave")


def weights(name: str, sha256: str = "", classes: tuple[str, ...] = CLASSES) -> WeightsRecord:
    return WeightsRecord(name=name, classes=classes, licence="", source="", sha256=sha256)


def viewer(name: str) -> Viewer:
    return Viewer(name, cast(I3D, None), weights(name), "Mixed_4f", {"bow": 0, "wave": 1})


def finding(
    of: Viewer, number: int, right: bool, peak: bool | None, domain: str = "gif"
) -> Finding:
    row = Row(clip_id=f"{domain}{number}", label="bow", group=f"g{number}", domain=domain)
    shares_K = np.array([0.8, 0.2] if right else [0.3, 0.7])
    values = {"top1": float(right)}
    if peak is not None:
        values |= {"peak": float(peak), "energy": 0.25 + 0.5 * peak, "tube": 0.3}
    return Finding(row, of, Look(shares_K, 0, torch.zeros(1, 1, 1)), right, values)


def summary() -> Summary:
    first, second = viewer("erm"), viewer("gating")
    found = [finding(first, n, n % 2 == 0, n % 4 == 0) for n in range(40)]
    found += [finding(second, n, n % 2 == 0, n % 2 == 0) for n in range(40)]
    found += [finding(one, n, True, None, "video") for one in (first, second) for n in range(5)]
    return summarise(found, ["erm", "gating"], "the answer at Mixed_4f")


def test_means_and_differences_by_hand() -> None:
    made = summary()
    of = {(one.domain, one.model, one.measure): one for one in made.figures}
    assert of["gif", "erm", "top1"].estimate.value == 0.5
    assert of["gif", "erm", "peak"].estimate.value == 0.25
    assert of["gif", "gating", "peak"].estimate.value == 0.5
    apart = of["gif", "gating - erm", "peak"]
    assert (apart.estimate.value, apart.estimate.n, apart.estimate.groups) == (0.25, 40, 40)
    assert apart.p is not None
    assert apart.p < 0.01  # 10 clips of 40 changed, all one way: 2 / 2 ** 10
    assert of["gif", "gating - erm", "energy"].estimate.value == pytest.approx(0.125)
    assert ("gif", "gating - erm", "top1") not in of  # alike on every clip
    assert ("gif", "gating - erm", "tube") not in of
    assert {key[2] for key in of if key[0] == "video"} == {"top1"}  # no tubes there
    assert set(made.evidence) == {("gif", "erm"), ("gif", "gating")}
    table = made.evidence["gif", "gating"]
    assert (table.right_inside, table.wrong_outside, table.difference) == (20, 20, 1.0)


def test_tables_say_what_the_figures_are() -> None:
    made = summary()
    text = to_text(made)
    line = next(one for one in text.splitlines() if "pointing game" in one)
    assert "25.0 [" in line
    assert "50.0 [" in line
    assert "+25.0 [" in line
    assert line.rstrip().endswith("40  40")
    assert "gif, evidence for the answer at Mixed_4f" in text
    assert "gif, erm: answers and evidence, n=40" in text
    assert "nan" not in text.lower()
    markdown = to_markdown(made)
    rows = [one for one in markdown.splitlines() if one.startswith("|")]
    assert any("pointing game" in row and "+25.0" in row for row in rows)
    widths = [row.count("|") for row in rows if "\\|" not in row]
    assert set(widths) == {5, 6, 7}  # of evidence, and of figures without and with differences
    lines = list(csv.DictReader(to_csv(made).splitlines()))
    by = {(one["domain"], one["model"], one["measure"]): one for one in lines}
    assert float(by["gif", "gating", "peak"]["value"]) == 0.5
    assert by["gif", "gating", "right_given_inside - right_given_outside"]["value"] == "1.0"
    shares = ("right_inside", "right_outside", "wrong_inside", "wrong_outside")
    assert sum(float(by["gif", "erm", name]["value"]) for name in shares) == pytest.approx(1)


@pytest.mark.parametrize(("groups", "sure"), [(9, False), (10, True)])
def test_few_groups_have_no_interval_and_no_p(groups: int, sure: bool) -> None:
    first, second = viewer("erm"), viewer("gating")
    found = [finding(first, n, True, n % 2 == 0) for n in range(groups)]
    found += [finding(second, n, True, n < 2) for n in range(groups)]
    made = summarise(found, ["erm", "gating"], "the answer")
    peaks = [one for one in made.figures if one.measure == "peak"]
    assert {one.estimate.low is not None for one in peaks} == {sure}
    assert (peaks[-1].p is not None) == sure
    line = next(one for one in to_text(made).splitlines() if "pointing game" in one)
    assert f" {100 * peaks[-1].estimate.value:+.1f} " in line  # signed with a p and without


def test_a_finding_is_one_flat_line() -> None:
    line = finding(viewer("erm"), 3, right=False, peak=True).to_json()
    assert (line["clip_id"], line["label"], line["answer"]) == ("gif3", "bow", "wave")
    assert line["probability"] == pytest.approx(0.7)
    assert (line["peak"], line["top1"], line["explained"]) == (1.0, 0.0, "bow")


def test_lots_are_of_each_domain_and_keep_the_order() -> None:
    names = [f"{domain}{n}" for n in range(20) for domain in "ab"]
    rng = np.random.default_rng(0)
    kept = drawn(names, lambda name: name[0], 5, rng)
    assert [name[0] for name in sorted(kept)] == ["a"] * 5 + ["b"] * 5
    assert kept == [name for name in names if name in kept]
    assert kept != names[:10]
    assert drawn(names, lambda name: name[0], None, rng) == names
    assert drawn(names, lambda name: name[0], 0, rng) == []


@pytest.mark.parametrize(
    ("rights", "wrongs", "count", "expected"),
    [(9, 9, 4, 2), (9, 1, 4, 1), (1, 9, 4, 3), (9, 0, 4, 0), (0, 9, 4, 4), (2, 1, 8, 1)],
)
def test_half_of_what_is_shown_is_wrong_if_there_is_so_much(
    rights: int, wrongs: int, count: int, expected: int
) -> None:
    one = viewer("erm")
    found = [finding(one, n, n < rights, None) for n in range(rights + wrongs)]
    shown = half_wrong(found, count, np.random.default_rng(0))
    assert len(shown) == min(count, rights + wrongs)
    assert sum(not one.right for one in shown) == expected


def test_which_class_is_explained() -> None:
    one = viewer("erm")
    assert Wanted().place(one, "wave") is None
    assert Wanted("label").place(one, "wave") == 1
    assert Wanted("label", "bow").place(one, "wave") == 0
    assert class_named("Wave", one.weights) == "wave"
    with pytest.raises(UsageError, match="no class 'waves'; did you mean 'wave'"):
        class_named("waves", one.weights)


def test_names_tell_two_models_apart() -> None:
    erm, gating = weights("erm from a", "1" * 64), weights("saliency-gating from erm", "2" * 64)
    assert names_of(erm, gating) == ("erm", "saliency-gating")
    assert names_of(erm, weights("erm from b", "3" * 64)) == ("erm from a", "erm from b")
    assert names_of(erm, weights("erm from a", "4" * 64)) == ("erm 111111", "erm 444444")
    with pytest.raises(UsageError, match="the same weights twice"):
        names_of(erm, weights("another name", "1" * 64))
    check_pair(erm, weights("b", "5" * 64, ("wave", "bow")))
    with pytest.raises(UsageError, match="b has other classes than erm from a, such as 'jump'"):
        check_pair(erm, weights("b", "5" * 64, ("wave", "bow", "jump")))
