import json
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from anigifs.collect.demo import DemoEngine
from anigifs.collect.demo.pictures import plain_gif
from anigifs.curate.rebuilding.audit import Share, audit, audited, shares
from anigifs.curate.rebuilding.comparing import Answer, Fate, Outcome
from anigifs.curate.rebuilding.opened import OpenRelease, open_release
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from tests.curate.rebuilding.planted_release import WORLD, body, carried, item, release, url, wishes

#: 2026-07-01T00:00:00Z
NOW = 1_782_864_000.0


@pytest.fixture(scope="module")
def engine() -> Iterator[DemoEngine]:
    with DemoEngine(WORLD) as one:
        yield one


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval at 95 %, from his formula."""
    z, p = 1.959963984540054, count / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return middle - half, middle + half


@pytest.mark.parametrize(("gone", "of"), [(0, 7), (3, 7), (7, 7), (11, 200)])
def test_shares_have_wilsons_interval(gone: int, of: int) -> None:
    bad: list[Fate] = ["gone"]
    good: list[Fate] = ["exact", "similar"]
    found = shares((bad * gone + good * of)[:of])
    one = found["gone"]
    assert (one.count, one.of, one.share) == (gone, of, gone / of)
    assert (one.low, one.high) == pytest.approx(wilson(gone, of), abs=1e-9)
    assert found["recoverable"].count == found["exact"].count + found["similar"].count == of - gone
    assert sum(share.count for share in found.values()) == of + found["recoverable"].count


def made(folder: Path, *items: ReleasedItem) -> OpenRelease:
    return open_release(release(folder, items))


def test_first_addresses_are_told_by_host_provider_and_age(tmp_path: Path) -> None:
    known = [  # host, fate of the first address, when it was fetched, who found it
        ("a.test", "exact", "2026-06-20T12:00:00Z", "one"),
        ("a.test", "gone", "2026-05-20", "one"),
        ("a.test", "similar", "2024-06-30T23:59:59Z", "two"),
        ("b.test", "changed", "2025-06-30T00:00:00+00:00", "two"),
        ("b.test", "failed", "", "one"),
        ("b.test", "gone", "some day", "two"),
    ]
    items = [
        item(
            plain_gif(0, number),
            [f"http://{host}/", "http://c.test/"],
            retrieved_at=date,
            found_under=(("yoga", "cartoon", name), ("golf", "cartoon", name)),
        )
        for number, (host, _, date, name) in enumerate(known)
    ]
    outcomes = [
        Outcome(
            one.clip_id,
            (
                Answer(url=one.urls[0], fate=fate, reason="gone" if fate == "gone" else ""),  # type: ignore[arg-type]
                Answer(url=one.urls[1], fate="exact"),
            ),
        )
        for one, (_, fate, _, _) in zip(items, known, strict=True)
    ]
    found = audited(made(tmp_path / "r", *items), 0, items, outcomes, NOW)

    def counts(groups: Mapping[str, Mapping[str, Share]]) -> dict[str, tuple[int, int]]:
        recoverable = {name: shares["recoverable"] for name, shares in groups.items()}
        return {name: (one.count, one.of) for name, one in recoverable.items()}

    assert counts(found.groups["host"]) == {"a.test": (2, 3), "b.test": (0, 3)}
    assert counts(found.groups["provider"]) == {"one": (1, 3), "two": (1, 3)}
    assert list(counts(found.groups["age"]).items()) == [
        ("unknown", (0, 2)),
        ("under 30 days", (1, 1)),
        ("30 days to half a year", (0, 1)),
        ("1 to 2 years", (0, 1)),
        ("2 years or more", (1, 1)),
    ]
    assert (found.links["recoverable"].count, found.items["recoverable"].count) == (2, 6)
    assert found.reasons == {"gone": 2}


class Checked:
    """A release at the demo's engine whose items have known fates."""

    def __init__(self, engine: DemoEngine, folder: Path) -> None:
        self.engine = engine
        data = [body(engine, "cartoon", number) for number in range(3)]
        first = [url(engine, "cartoon", 0), url(engine, "gone"), url(engine, "film")]
        self.items = [
            item(data[0], first[:1]),
            carried(data[1], [first[1], url(engine, "copy-bytes")]),
            item(data[2], [first[2], url(engine, "copy-shifted")]),
            item(body(engine, "film", 1), [url(engine, "not-found")]),
        ]
        self.folder = release(folder, self.items, data[1:2])


@pytest.fixture
def checked(engine: DemoEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    engine.forget()
    return Checked(engine, tmp_path / "release")


def test_addresses_are_asked_whatever_the_release_carries(checked: Checked, tmp_path: Path) -> None:
    found = audit(
        checked.folder, 200, 0, wishes(checked.engine), now=lambda: NOW, executor=Local(1)
    )
    fates = {one.clip_id: one.fate for one in found.outcomes}
    assert [fates[one.clip_id] for one in checked.items] == ["exact", "exact", "similar", "gone"]
    assert {name: share.count for name, share in found.items.items()} == {
        "exact": 2, "similar": 1, "changed": 0, "gone": 1, "failed": 0, "recoverable": 3
    }  # fmt: skip
    assert {name: share.count for name, share in found.links.items()} == {
        "exact": 1, "similar": 0, "changed": 1, "gone": 2, "failed": 0, "recoverable": 1
    }  # fmt: skip
    assert list(found.groups["host"]) == ["127.0.0.1"]
    assert list((tmp_path / "temporary").iterdir()) == []
    report = json.loads(json.dumps(found.report()))
    assert (report["sample"], report["of"]) == (4, 4)
    assert report["items"]["recoverable"]["share"] == 0.75


def test_a_sample_follows_its_seed(checked: Checked) -> None:
    def chosen(seed: int) -> tuple[str, ...]:
        found = audit(checked.folder, 2, seed, wishes(checked.engine), executor=Local(1))
        assert len({one.clip_id for one in found.outcomes}) == 2
        return tuple(one.clip_id for one in found.outcomes)

    drawn = Counter(chosen(seed) for seed in range(8))
    assert len(drawn) > 1
    assert chosen(3) == chosen(3)


def test_a_sample_of_none_is_refused(checked: Checked) -> None:
    with pytest.raises(UsageError, match="a sample of 0 items"):
        audit(checked.folder, 0, 0, wishes(checked.engine))
