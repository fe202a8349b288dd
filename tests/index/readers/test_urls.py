import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row, check, most_frequent
from anigifs.index.readers.found import found_by
from anigifs.index.readers.urls import from_urls
from tests.index.trees import write_clip

HOST = "https://example.org/gifs"
LIST = [
    {"url": f"{HOST}/a%20b.gif?size=1", "label": "Yoga", "split": "train"},
    {"url": f"{HOST}/c.gif", "label": "yoga", "split": "test"},
    {"url": f"{HOST}/d.gif", "label": "Arm_Wrestling", "split": "train"},
    {"url": f"{HOST}/e.gif", "label": "watching tv", "split": "train"},
]


def digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def by_url(index: Index) -> dict[str, Row]:
    return {row.source.partition("\t")[0]: row for row in index.rows()}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """GIFs under the URL's own name, and under its sha256."""
    folder = tmp_path / "files"
    write_clip(folder / "a b.gif", seed=1)
    write_clip(folder / f"{digest(LIST[1]['url'])}.gif", seed=2)
    write_clip(folder / "deep" / "d.webp", seed=3)
    write_clip(folder / "stray.gif", seed=4)
    return folder


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_list_of_any_kind_is_rows(tmp_path: Path, files: Path, ending: str) -> None:
    path = tmp_path / f"list.{ending}"
    if ending == "csv":
        write_csv(path, LIST)
    elif ending == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in LIST))
    else:
        pq.write_table(pa.Table.from_pylist(LIST), path)
    index, account = from_urls(path, files, taxonomy="kinetics-600", licence="unknown")
    rows = by_url(index)
    assert {url: row.path for url, row in rows.items()} == {
        LIST[0]["url"]: "a b.gif",
        LIST[1]["url"]: f"{digest(LIST[1]['url'])}.gif",
        LIST[2]["url"]: "deep/d.webp",
        LIST[3]["url"]: None,
    }
    first = rows[LIST[0]["url"]]
    assert (first.label, first.split, first.domain) == ("yoga", "train", "animated-gif")
    assert (first.group, first.licence, first.state) == (LIST[0]["url"], "unknown", "listed")
    assert rows[LIST[2]["url"]].label == "arm wrestling"
    assert account.by == {"name": 2, "sha256": 1}
    assert (account.files, account.unused, account.first_unused) == (4, 1, "stray.gif")


def test_the_most_frequent_classes_are_a_subset(tmp_path: Path) -> None:
    index, _ = from_urls(write_csv(tmp_path / "list.csv", LIST), taxonomy="kinetics-600")
    assert found_by(index, "label")["yoga",] == (2, 0)
    assert most_frequent(index, 1).labels == {"yoga"}


def test_a_column_names_the_file_and_its_hash(tmp_path: Path) -> None:
    clip = tmp_path / "files" / "x" / "1.gif"
    write_clip(clip)
    sha256 = hashlib.sha256(clip.read_bytes()).hexdigest()
    rows = [
        {"gif_url": f"{HOST}/1", "class": "yoga", "file": "x/1.gif", "sha256": sha256.upper()},
        {"gif_url": f"{HOST}/2", "class": "yoga", "file": "x/2.gif", "sha256": ""},
    ]
    path = write_csv(tmp_path / "list.csv", rows)
    index, account = from_urls(path, tmp_path / "files")
    assert [(row.path, row.sha256) for row in index.rows()] == [("x/1.gif", sha256), (None, None)]
    assert account.by == {"file": 1}
    _, found = check(index, journal=tmp_path / "journal", executor=Local(1))
    assert (found.states["probed"], found.changed) == (1, 0)


@pytest.mark.parametrize("name", ["../1.gif", "/etc/1.gif"])
def test_a_column_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    write_clip(tmp_path / "files" / "1.gif")
    rows = [{"url": f"{HOST}/1", "label": "yoga", "file": name}]
    with pytest.raises(UsageError, match=r"line 2: file is .*; give a path within the folder"):
        from_urls(write_csv(tmp_path / "list.csv", rows), tmp_path / "files")


def test_a_name_that_several_urls_have_is_told_by_the_class_or_not_at_all(tmp_path: Path) -> None:
    """On some hosts every address ends alike."""
    for name in ("yoga/giphy.gif", "golf/giphy.gif", "golf driving/giphy.gif", "same.gif"):
        write_clip(tmp_path / "files" / name)
    labels = {"1/giphy.gif": "yoga", "2/giphy.gif": "golf driving", "3/same.gif": "yoga"}
    labels |= {"4/same.gif": "yoga", "5/giphy.gif": "running"}
    rows = [{"url": f"{HOST}/{name}", "label": label} for name, label in labels.items()]
    rows.append({"url": "https://example.org", "label": "yoga"})
    index, account = from_urls(write_csv(tmp_path / "list.csv", rows), tmp_path / "files")
    found = {url.removeprefix(f"{HOST}/"): row.path for url, row in by_url(index).items()}
    assert {name: path for name, path in found.items() if path} == {
        "1/giphy.gif": "yoga/giphy.gif",
        "2/giphy.gif": "golf driving/giphy.gif",
    }
    # URLs 3 and 4 would share a file, and 5 may be of any of three.
    assert account.ambiguous == 3


def test_tgif_has_sentences_in_place_of_labels(tmp_path: Path) -> None:
    url = "https://38.media.tumblr.com/9f/tumblr_ni2l89yZ7r1u4o6i5o1_500.gif"
    said = ["a man is glaring, and someone", 'a girl says "hello']
    path = tmp_path / "tgif-v1.0.tsv"
    path.write_text(f"{url}\t{said[0]}\n{HOST}/b.gif\ta cat\n{url}\t{said[1]}\n")
    write_clip(tmp_path / "files" / "tumblr_ni2l89yZ7r1u4o6i5o1_500.gif")
    index, account = from_urls(path, tmp_path / "files")
    first = next(index.rows())
    assert (first.source, first.label) == ("\t".join([url, *said]), "")
    assert first.path == "tumblr_ni2l89yZ7r1u4o6i5o1_500.gif"
    assert (len(index), account.lines, account.unlabelled) == (2, 3, 2)


def test_a_tab_separated_list_may_have_a_header(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(f"label\tlink\tscore\nyoga\t{HOST}/a.gif\t3\n")
    index, account = from_urls(path)
    assert (next(index.rows()).label, account.passed_over) == ("yoga", ("score",))


def test_a_url_that_stands_there_twice_is_one_row(tmp_path: Path) -> None:
    write_clip(tmp_path / "files" / "c.gif")
    rows = [*LIST, LIST[0], {**LIST[1], "label": "golf driving"}]
    path = write_csv(tmp_path / "list.csv", rows)
    index, account = from_urls(path, tmp_path / "files")
    assert (len(index), account.lines) == (4, 6)
    assert (account.repeated, account.contradicted) == (1, 1)
    torn = by_url(index)[LIST[1]["url"]]
    said = "listed as 'yoga' and as 'golf driving'"
    assert (torn.state, torn.path, torn.error) == ("error", None, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("url,label\nfoo,yoga\n", "line 2: url is 'foo'; give an http.s. address"),
        ("url,label\nhttp://[1,yoga\n", "line 2: url is"),
        ("url,label\nftp://a/b.gif,yoga\n", "line 2: url is"),
        ("url,label\nhttp://a/b,yoda\n", "line 2: kinetics-600: no class 'yoda'"),
        ("url,label\nhttp://a/b\n", "line 2: 1 cells under 2 columns"),
        ("url,score\nhttp://a/b,1\n", "line 2: no column label or sentence; its columns are"),
        ("address,label\nhttp://a/b,1\n", "line 2: no column url"),
        ("url,label,class\nhttp://a/b,x,y\n", "label and class are both label; leave one out"),
        ("url,label,sha256\nhttp://a/b,yoga,abc\n", "sha256 is 'abc'; it has 64 digits"),
        ("url,label\n", "names no URL"),
        ('url,label\n"http://a/b,yoga\n', "not CSV"),
    ],
)
def test_a_line_that_is_no_sense_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        from_urls(path, taxonomy="kinetics-600")


def test_other_lists_that_are_no_sense_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    for text, said in {
        "{": "line 1: not JSON",
        "[]": "line 1: not a JSON object",
        '{"url": "http://a/b", "label": 3}': "line 1: label is 3; give a text",
    }.items():
        path.write_text(text)
        with pytest.raises(UsageError, match=said):
            from_urls(path)
    (tmp_path / "list.parquet").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"list.parquet: not a Parquet file"):
        from_urls(tmp_path / "list.parquet")
    (tmp_path / "list.txt").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"must end in \.csv, \.jsonl, \.parquet, \.tsv"):
        from_urls(tmp_path / "list.txt")
    with pytest.raises(UsageError, match="no such list"):
        from_urls(tmp_path / "nowhere.csv")


def test_a_folder_of_other_files_says_what_was_found(tmp_path: Path) -> None:
    write_clip(tmp_path / "files" / "other.gif")
    path = write_csv(tmp_path / "list.csv", LIST)
    with pytest.raises(UsageError, match=r"none of its 1 files .*first is other.gif.*'a b.gif'"):
        from_urls(path, tmp_path / "files")
    with pytest.raises(UsageError, match="no such folder"):
        from_urls(path, tmp_path / "nowhere")
