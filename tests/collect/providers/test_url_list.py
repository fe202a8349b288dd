import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anigifs.collect.items import Hit
from anigifs.collect.providers import url_list
from anigifs.collect.providers.url_list import UrlLists, url_list_queries
from anigifs.foundation import UsageError, sha256_of
from tests.collect.providers.pages import check_hit

HOST = "https://example.org"
ROWS = [
    {"url": f"{HOST}/a.gif", "label": "yoga", "licence": "CC0 1.0", "style": "cartoon"},
    {"url": f"{HOST}/b.gif", "label": "hugging", "licence": "", "style": ""},
    {"url": f"{HOST}/c.gif", "label": "yoga", "licence": "", "style": ""},
    {"url": f"{HOST}/a.gif", "label": "yoga", "licence": "", "style": ""},
]


def write(path: Path) -> Path:
    if path.suffix == ".csv":
        lines = [",".join(ROWS[0]), *(",".join(row.values()) for row in ROWS)]
        path.write_text("\n".join(lines) + "\n")
    elif path.suffix == ".jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


def found(provider: UrlLists, text: str) -> list[Hit]:
    hits: list[Hit] = []
    cursor = None
    while True:
        page = provider.search(text, cursor)
        hits += page.hits
        cursor = page.next_cursor
        if cursor is None:
            return hits


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_each_class_of_a_list_is_a_query_for_its_lines(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"my list #1.{ending}")
    queries = url_list_queries(path, "kinetics-600")
    assert [(one.provider, one.label, one.keyword) for one in queries] == [
        ("url-list", "yoga", "list"),
        ("url-list", "hugging (not baby)", "list"),
    ]
    provider = UrlLists()
    yoga, hugging = (found(provider, one.text) for one in queries)
    assert [hit.media_url for hit in yoga] == [f"{HOST}/a.gif", f"{HOST}/c.gif"]
    assert [hit.media_url for hit in hugging] == [f"{HOST}/b.gif"]
    assert yoga[0].licence == "CC0 1.0"
    assert yoga[0].licence_evidence == "url list, column licence"
    assert yoga[0].tags == ("cartoon",)
    assert yoga[1].licence_evidence == ""
    assert provider.search(queries[0].text, None).raw_sha256 == sha256_of(path)
    for hit in (*yoga, *hugging):
        check_hit(hit)


def test_long_lists_come_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_list, "PAGE_SIZE", 3)
    path = tmp_path / "list.txt"
    urls = [f"{HOST}/{number}.gif" for number in range(9)]
    path.write_text("# found by hand\n\n" + "\n".join(urls))
    (query,) = url_list_queries(path)
    assert query.label == ""
    provider = UrlLists()
    assert [hit.media_url for hit in found(provider, query.text)] == urls
    assert provider.search(query.text, "6").next_cursor is None


def test_labels_may_have_any_signs(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'url,label\n{HOST}/a.gif,"100% #fun, (not baby)"\n')
    (query,) = url_list_queries(path)
    assert query.label == "100% #fun, (not baby)"
    assert [hit.media_url for hit in UrlLists().search(query.text, None).hits] == [f"{HOST}/a.gif"]


def test_a_list_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"{HOST}/a.gif\n")
    provider = UrlLists()
    before = provider.search(f"{path}#", None)
    path.write_text(f"{HOST}/a.gif\n{HOST}/b.gif\n")
    after = provider.search(f"{path}#", None)
    assert (len(before.hits), len(after.hits)) == (1, 2)
    assert before.raw_sha256 != after.raw_sha256


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("list.txt", "ftp://example.org/a.gif\n", "line 1"),
        ("list.txt", f"{HOST}/a.gif b\n", "line 1"),
        ("list.txt", "# nothing\n", "names no URL"),
        ("list.csv", f"url,label\n{HOST}/a.gif,flying to the moon\n", "no class"),
        ("list.doc", "", "name must end"),
    ],
)
def test_a_bad_list_is_said_in_one_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        url_list_queries(path, "kinetics-600")


def test_a_list_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv"):
        UrlLists().search(f"{tmp_path}/none.csv#yoga", None)
    with pytest.raises(UsageError, match=r"none\.txt"):
        url_list_queries(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="names no list"):
        UrlLists().search("yoga", None)
