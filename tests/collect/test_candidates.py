import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from anigifs.collect import candidates
from anigifs.collect.candidates import SCHEMA, write_candidates
from anigifs.collect.frontier import Frontier
from anigifs.collect.items import Fetched, Hit, Page, Query

YOGA = Query("commons", "yoga", "animated", "animated yoga")
GOLF = Query("openverse", "golf driving", "cartoon", "cartoon golf")
HIT = Hit(
    media_url="https://media.example/a.gif#top", page_url="https://media.example/a", title="A",
    width=40, height=30, mime="image/gif", bytes=99, licence="CC0 1.0",
    licence_url="https://cc.example", licence_evidence="a field", creator="nobody",
    attribution="A by nobody", sha1="1f", tags=("a", "b"),
)  # fmt: skip
FETCHED = Fetched(
    outcome="stored", status=200, hops=("https://media.example/a.gif",), address="192.0.2.1",
    bytes=7, sha256="ab" * 32, kind="gif", started=10.0, ended=12.5,
    signals={"X-Robots-Tag": "none", "content-type": "image/gif"},
    media={"width": 40, "height": 30, "frames": 3, "duration_ms": 150.0, "complete": True},
)  # fmt: skip


def frontier_of(path: Path, *pages: tuple[Query, Page]) -> Frontier:
    frontier = Frontier(path / "frontier.sqlite", clock=lambda: 5.0)
    frontier.add_queries([query for query, _ in pages])
    for number, (_, page) in enumerate(pages, start=1):
        frontier.commit_page(number, page, first_rank=1)
    return frontier


def test_a_row_says_all_that_is_known_of_a_hit_and_its_file(tmp_path: Path) -> None:
    page = Page((HIT,), None, "cd" * 32)
    with frontier_of(tmp_path, (YOGA, page), (GOLF, page)) as frontier:
        (row,) = frontier.claim(5, now=6.0)
        frontier.commit_attempt(row.media_id, FETCHED, now=13.0)
        assert write_candidates(frontier, tmp_path / "candidates.parquet") == 2
    table = pq.read_table(tmp_path / "candidates.parquet")
    assert table.schema.equals(SCHEMA)
    first, second = table.to_pylist()
    assert first == {
        "url": "https://media.example/a.gif", "label": "yoga", "keyword": "animated",
        "provider": "commons", "query": "animated yoga", "rank": 1, "page": 1,
        "answer_sha256": "cd" * 32, "media_url": HIT.media_url, "page_url": HIT.page_url,
        "provider_id": "", "title": "A", "stated_width": 40, "stated_height": 30,
        "stated_mime": "image/gif", "stated_bytes": 99, "stated_sha1": "1f",
        "licence": "CC0 1.0", "licence_url": HIT.licence_url, "licence_evidence": "a field",
        "creator": "nobody", "attribution": "A by nobody", "tags": ["a", "b"],
        "state": "stored", "reason": "", "detail": "", "tries": 1, "status": 200,
        "sha256": FETCHED.sha256, "kind": "gif", "bytes": 7, "width": 40, "height": 30,
        "frames": 3, "duration_ms": 150, "complete": True, "hops": list(FETCHED.hops),
        "address": "192.0.2.1", "first_seen": datetime.fromtimestamp(5, UTC),
        "found_at": datetime.fromtimestamp(5, UTC),
        "fetched_at": datetime.fromtimestamp(12.5, UTC), "x_robots_tag": "none",
        "tdm_reservation": "",
        "signals": [("x-robots-tag", "none"), ("content-type", "image/gif")],
    }  # fmt: skip
    same = {"label": "golf driving", "keyword": "cartoon", "provider": "openverse"}
    assert second == first | same | {"query": "cartoon golf"}


def test_what_was_not_fetched_yet_has_no_figures(tmp_path: Path) -> None:
    page = Page((Hit(media_url="https://media.example/b.gif"),), None, "")
    with frontier_of(tmp_path, (YOGA, page)) as frontier:
        write_candidates(frontier, tmp_path / "c.parquet")
    (row,) = pq.read_table(tmp_path / "c.parquet").to_pylist()
    assert (row["state"], row["licence"], row["sha256"]) == ("waiting", "", "")
    unknown = ("stated_width", "status", "bytes", "frames", "complete", "fetched_at")
    assert [row[name] for name in unknown] == [None] * len(unknown)


def test_no_candidates_are_a_table_all_the_same(tmp_path: Path) -> None:
    with Frontier(tmp_path / "frontier.sqlite") as frontier:
        assert write_candidates(frontier, tmp_path / "c.parquet") == 0
    assert pq.read_table(tmp_path / "c.parquet").num_rows == 0


def peak_of(path: Path, rows: int) -> int:
    """Return the bytes of Python's memory that searching, fetching and the table took at most."""
    path.mkdir()
    tracemalloc.start()
    with Frontier(path / "frontier.sqlite") as frontier:
        frontier.add_queries([YOGA])
        for begin in range(0, rows, 500):
            hits = tuple(
                Hit(media_url=f"https://media.example/{number}.gif")
                for number in range(begin, min(begin + 500, rows))
            )
            frontier.commit_page(1, Page(hits, "more", ""), first_rank=begin + 1)
        while claimed := frontier.claim(200, now=0.0):
            frontier.commit_attempts([(row.media_id, FETCHED) for row in claimed], now=0.0)
        assert write_candidates(frontier, path / "c.parquet") == rows
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "BATCH_ROWS", 256)
    few, many = (peak_of(tmp_path / str(rows), rows) for rows in (1_000, 3_000))
    assert many < 1.2 * few


@pytest.mark.slow
def test_memory_is_flat_over_fifty_thousand_rows(tmp_path: Path) -> None:
    few, many = (peak_of(tmp_path / str(rows), rows) for rows in (10_000, 50_000))
    assert many < 1.1 * few
