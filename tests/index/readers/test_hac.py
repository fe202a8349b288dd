from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row, check
from anigifs.index.readers.found import found_by
from anigifs.index.readers.hac import from_hac
from anigifs.taxonomy import class_list
from tests.index.readers.videos import write_video

#: As the published lists have them: names that state a class, clips cut from one video, and, of
#: humans, clips of Kinetics.
TRAIN = {
    "human": ["DWiz5LG9Tnc_000020_000030.mp4,0", "8dHBXuIKMVk_000011_000021.mp4,1"],
    "animal": ["MLwSLMPBJQU-001.mp4,2", "MLwSLMPBJQU-002.mp4,3", "-hAno2-MdLY-006.mp4,1"],
    "cartoon": ["sleeping_1.mp4,0", "door_opening_2.mp4,6", "watching_3.mp4,1"],
}
TEST = {
    "human": ["6y96UuVfqdU_000005_000015.mp4,6"],
    "animal": ["-hAno2-MdLY-001.mp4,1"],
    "cartoon": ["running_1.mp4,5", "swimming_9.mp4,4"],
}


def stems(domain: str) -> list[str]:
    return [line.partition(".")[0] for line in TRAIN[domain] + TEST[domain]]


def write_lists(folder: Path) -> None:
    folder.mkdir(parents=True)
    for split, lists in (("train", TRAIN), ("test", TEST)):
        for domain, lines in lists.items():
            path = folder / f"HAC_{split}_only_{domain}.csv"
            path.write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def hac(tmp_path: Path) -> Path:
    """The tree as its README has it: videos, their flow, which is videos too, and their sound."""
    root = tmp_path / "HAC"
    for domain in TRAIN:
        for number, stem in enumerate(stems(domain)):
            write_video(root / domain / "videos" / f"{stem}.mp4", seed=number)
        write_video(root / domain / "flow" / f"{stems(domain)[0]}_flow_x.mp4")
        (root / domain / "audio").mkdir()
        (root / domain / "audio" / f"{stems(domain)[0]}.wav").write_bytes(b"RIFF")
    write_lists(root / "HAC_Splits")
    return root


def by_stem(index: Index) -> dict[tuple[str, str], Row]:
    return {
        (row.domain, row.path.rpartition("/")[2].partition(".")[0]): row
        for row in index.rows()
        if row.path
    }


def test_the_published_tree_is_listed(hac: Path) -> None:
    index, account = from_hac(hac)
    assert found_by(index, "domain", "split") == {
        ("animal", "test"): (1, 1),
        ("cartoon", "test"): (2, 2),
        ("human", "test"): (1, 1),
        ("animal", "train"): (3, 3),
        ("cartoon", "train"): (3, 3),
        ("human", "train"): (2, 2),
    }
    rows = by_stem(index)
    assert rows["cartoon", "door_opening_2"].label == "opening door"
    assert rows["human", "8dHBXuIKMVk_000011_000021"].label == "watching tv"
    assert rows["animal", "MLwSLMPBJQU-001"].path == "animal/videos/MLwSLMPBJQU-001.mp4"
    assert account.unlisted == {"human": 0, "animal": 0, "cartoon": 0}
    assert len(account.lists) == 6


def test_numbers_are_the_classes_in_the_lists_order(tmp_path: Path) -> None:
    """What clips are called after fixes the order: the published lists have these pairs."""
    words = ("sleeping", "watching", "eating", "drinking", "swimming", "running", "door_opening")
    root = tmp_path / "HAC"
    for number, word in enumerate(words):
        write_video(root / "cartoon" / "videos" / f"{word}_{number}.mp4", frames=1)
    lines = "".join(f"{word}_{number}.mp4,{number}\n" for number, word in enumerate(words))
    (root / "HAC_test_only_cartoon.csv").write_text(lines)
    index, _ = from_hac(root)
    assert index.taxonomy == "hac-7"
    assert index.table["label"].to_pylist() == list(class_list("hac-7"))


def test_groups_are_source_videos_where_names_say_which(hac: Path) -> None:
    index, account = from_hac(hac)
    rows = by_stem(index)
    assert rows["animal", "MLwSLMPBJQU-001"].group == "MLwSLMPBJQU"
    assert rows["animal", "MLwSLMPBJQU-002"].group == "MLwSLMPBJQU"
    assert rows["human", "DWiz5LG9Tnc_000020_000030"].group == "DWiz5LG9Tnc"
    assert rows["cartoon", "sleeping_1"].group == "hac/cartoon/sleeping_1"
    # -hAno2-MdLY is in the train list and in the test list.
    assert account.shared == {"animal": 1}
    alone, account = from_hac(hac, groups="clip")
    assert len(set(alone.table["group"].to_pylist())) == len(alone)
    assert account.shared == {"animal": 1}


def test_clips_of_one_name_in_two_domains_are_two(tmp_path: Path) -> None:
    for domain, label in (("animal", 5), ("cartoon", 5)):
        write_video(tmp_path / domain / "videos" / "running_1.mp4", seed=len(domain))
        (tmp_path / f"HAC_train_only_{domain}.csv").write_text(f"running_1.mp4,{label}\n")
    index, _ = from_hac(tmp_path)
    assert {row.path for row in index.rows()} == {
        "animal/videos/running_1.mp4",
        "cartoon/videos/running_1.mp4",
    }
    assert len(set(index.table["clip_id"].to_pylist())) == 2


def test_what_is_not_there_and_what_is_not_listed_is_counted(hac: Path, tmp_path: Path) -> None:
    (hac / "human" / "videos" / "6y96UuVfqdU_000005_000015.mp4").unlink()
    write_video(hac / "cartoon" / "videos" / "dancing_1.mp4")
    index, account = from_hac(hac)
    assert found_by(index, "domain")["human",] == (3, 2)
    assert (account.unlisted["cartoon"], account.first_unlisted) == (
        1,
        "cartoon/videos/dancing_1.mp4",
    )
    index.write(tmp_path / "out" / "hac.parquet")
    read = Index.read(tmp_path / "out" / "hac.parquet")
    _, found = check(read, "decode", journal=tmp_path / "journal", executor=Local(1))
    assert found.states == {"listed": 1, "probed": 0, "decoded": 11, "error": 0}


@pytest.mark.parametrize("where", ["above", "lists beside", "lists named", "capitals", "flat"])
def test_other_trees_of_the_same_meaning_are_listed_alike(
    hac: Path, tmp_path: Path, where: str
) -> None:
    identity = from_hac(hac)[0].identity
    folder, lists = hac, []
    if where == "above":
        folder = hac.parent
    elif where == "lists beside":
        (hac / "HAC_Splits").rename(tmp_path / "HAC_Splits")
    elif where == "lists named":
        (hac / "HAC_Splits").rename(tmp_path / "lists")
        lists = [tmp_path / "lists"]
    elif where == "capitals":
        (hac / "cartoon").rename(hac / "Cartoon")
    else:
        for path in (hac / "animal" / "videos").iterdir():
            path.rename(hac / "animal" / path.name)
    assert from_hac(folder, lists)[0].identity == identity


def test_without_lists_names_and_folders_say_the_class(tmp_path: Path) -> None:
    for path in ("cartoon/videos/sleeping_1.mp4", "human/opening_door/xyz.mp4", "animal/a.mp4"):
        write_video(tmp_path / path, frames=1)
    index, account = from_hac(tmp_path)
    assert {(row.domain, row.label, row.split) for row in index.rows()} == {
        ("cartoon", "sleeping", ""),
        ("human", "opening door", ""),
    }
    assert (account.lists, account.unlisted["animal"]) == ((), 1)


def test_one_domain_alone_is_listed(hac: Path, tmp_path: Path) -> None:
    (hac / "cartoon").rename(tmp_path / "cartoon")
    lists = hac / "HAC_Splits" / "HAC_test_only_cartoon.csv"
    index, _ = from_hac(tmp_path, [lists])
    assert found_by(index, "domain", "split") == {("cartoon", "test"): (2, 2)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sleeping_1.mp4", "line 1.*a line is <clip>.mp4,<label>"),
        ("sleeping_1.mp4,0,1", "line 1.*a line is"),
        ("sleeping_1.mp4,7", "label '7'; expected 0 to 6, for sleeping, watching tv"),
        ("sleeping_1.mp4,1", "sleeping_1 is listed as 'watching tv'; its name says otherwise"),
    ],
)
def test_a_line_that_is_no_sense_is_named(hac: Path, line: str, said: str) -> None:
    (hac / "HAC_Splits" / "HAC_train_only_cartoon.csv").write_text(f"{line}\n")
    with pytest.raises(UsageError, match=said):
        from_hac(hac)


def test_lists_that_contradict_each_other_are_named(hac: Path) -> None:
    path = hac / "HAC_Splits" / "HAC_train_only_cartoon.csv"
    path.write_text("sleeping_1.mp4,0\nsleeping_1.mp4,0\n")
    assert from_hac(hac)[1].repeated == 1
    path.write_text("swimming_9.mp4,4\n")
    with pytest.raises(UsageError, match=r"swimming_9 stands otherwise in .*test_only_cartoon"):
        from_hac(hac)


def test_wrong_trees_say_what_was_found(hac: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder; give the one that holds human/videos"):
        from_hac(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no folder human, animal or cartoon; .*found audio"):
        from_hac(hac / "human")
    (tmp_path / "empty" / "human").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds no videos; expected human/videos"):
        from_hac(tmp_path / "empty")
    write_video(tmp_path / "other" / "human" / "a.mp4")
    with pytest.raises(UsageError, match=r"no file is called after its class.*HAC_Splits"):
        from_hac(tmp_path / "other")
    with pytest.raises(UsageError, match=r"none of the 12 listed clips; .* the first there"):
        from_hac(tmp_path / "other", [hac / "HAC_Splits"])
    with pytest.raises(UsageError, match=r"no list of HAC; expected HAC_Splits"):
        from_hac(hac, [hac / "human"])
