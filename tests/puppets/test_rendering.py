import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from anigifs.foundation import AnigifsError, UsageError
from anigifs.foundation.work import Local
from anigifs.index import Index, Row
from anigifs.media import probe, read
from anigifs.puppets import INDEX, Rendered, Spec, render, rendering
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.film.render import Film
from anigifs.puppets.making import make
from anigifs.puppets.rendering import JOURNAL, SETTINGS, VERSION
from anigifs.puppets.spec import Job
from anigifs.taxonomy import class_list
from tests.puppets.conftest import TESTS

#: The least that can be rendered: 16 clips, without a film.
FEW = Spec(clips_per_class=1, size=64, splits=("val",), domains=("cartoon-dev",))


def rows_of(rendered: Rendered) -> list[tuple[Row, Path]]:
    folder = rendered.path.parent
    return [(row, folder / str(row.path)) for row in rendered.index.rows()]


def test_rows_say_what_the_files_hold(rendered_tests: Rendered) -> None:
    rows = rows_of(rendered_tests)
    assert len(rows) == rendered_tests.made == 16 * 7
    for row, path in rows:
        assert row.sha256 == sha256(path.read_bytes()).hexdigest()
        info = probe(path)
        assert (row.frames, row.duration_ms) == (info.frames, round(info.duration_ms))
        assert (row.width, row.height) == (info.width, info.height) == (64, 64)
        assert (row.state, row.error) == ("decoded", None)
        assert info.warnings == ()
        assert (row.start_ms, row.end_ms) == (0, None)
        assert path.parent.name == row.label
        if path.suffix == ".mp4":
            assert (row.frames, row.duration_ms) == (64, 2560)


def test_the_index_says_of_each_clip_what_it_is_of(rendered_tests: Rendered) -> None:
    index = Index.read(rendered_tests.path)
    assert rendered_tests.path.name == INDEX
    assert index.identity == rendered_tests.index.identity
    assert index.taxonomy == "puppets-16"
    rows = list(index.rows())
    assert len({row.clip_id for row in rows}) == len(rows)
    styles = Counter((row.domain, row.style) for row in rows)
    assert styles == dict.fromkeys(
        [
            ("video", "film"),
            ("video", "film-neutral"),
            ("video-gif", "film-gif"),
            *[("animated-gif", style) for style in ("flat", "pixel", "sketch", "toy")],
        ],
        16,
    )
    assert {row.split for row in rows} == {"test"}
    assert Counter(Counter(row.group for row in rows).values()) == {7: 16}
    assert Counter(row.label for row in rows) == dict.fromkeys(class_list("puppets-16").names, 7)
    assert {row.licence for row in rows} == {"CC0-1.0"}
    assert len({row.source for row in rows}) == 1


def test_every_frame_has_a_box_that_begins_with_it(rendered_tests: Rendered) -> None:
    for row, path in rows_of(rendered_tests):
        info = probe(path)
        starts_ms = [float(start * info.tick * 1000) for start in info.starts]
        assert [box.t_ms for box in row.boxes] == starts_ms
        assert {(box.action, box.person) for box in row.boxes} == {(row.label, "actor")}


def test_boxes_are_those_of_the_drawings_in_their_order(rendered_tests: Rendered) -> None:
    rows = {str(row.path): row for row in rendered_tests.index.rows()}
    for job in TESTS.jobs():
        if job.domain.startswith("cartoon"):
            drawn_T4 = Cartoon(job.instance, job.style, job.size).drawing.boxes_T4
        elif job.domain != "film-gif":
            drawn_T4 = Film(job.instance, job.domain, job.bias, job.size).boxes()
        else:
            continue
        told_T4 = [(box.x1, box.y1, box.x2, box.y2) for box in rows[job.path].boxes]
        np.testing.assert_allclose(told_T4, drawn_T4, atol=1e-5)


def test_a_gif_of_film_has_the_frames_and_boxes_of_the_film(rendered_tests: Rendered) -> None:
    films = {row.group: (row, path) for row, path in rows_of(rendered_tests) if row.style == "film"}
    for row, path in rows_of(rendered_tests):
        if row.style == "film-gif":
            film, film_path = films[row.group]
            source, copies = (read(one)[0].astype(int) for one in (film_path, path))
            for copied, box in zip(copies, row.boxes, strict=True):
                nearest = int(np.argmin(np.abs(source - copied).mean(axis=(1, 2, 3))))
                assert replace(film.boxes[nearest], t_ms=box.t_ms) == box


def test_boxes_are_told_in_the_form_of_ava_kinetics(rendered_tests: Rendered) -> None:
    folder = rendered_tests.path.parent
    text = (folder / "actions.pbtxt").read_text()
    entries = re.findall(
        r'label \{\s+name: "([^"]+)"\s+label_id: (\d+)\s+label_type: (\w+)\s+\}', text
    )
    names = class_list("puppets-16").names
    assert [(name, int(number)) for name, number, _ in entries] == [
        (name, number) for number, name in enumerate(names, start=1)
    ]
    assert len(entries) == text.count("label {") == 16
    assert {kind for _, _, kind in entries} == {"PERSON_MOVEMENT"}
    with (folder / "boxes_ava.csv").open(newline="") as file:
        told = list(csv.reader(file))
    expected = [(row, box) for row in rendered_tests.index.rows() for box in row.boxes]
    assert len(told) == len(expected)
    for fields, (row, box) in zip(told, expected, strict=True):
        video, second, x1, y1, x2, y2, number = fields
        assert video == str(row.path).rsplit(".", 1)[0]
        assert float(second) == box.t_ms / 1000
        edges = [float(edge) for edge in (x1, y1, x2, y2)]
        assert edges == pytest.approx([box.x1, box.y1, box.x2, box.y2], abs=1e-5)
        assert names[int(number) - 1] == row.label


def test_two_renders_give_the_same_bytes_however_many_work(
    tmp_path: Path, rendered_tests: Rendered
) -> None:
    spec = replace(TESTS, domains=("film", "cartoon-dev", "cartoon-test"))
    again = render(spec, tmp_path / "again", executor=Local(2))
    earlier = {str(row.path): row for row in rendered_tests.index.rows()}
    rows = rows_of(again)
    assert len(rows) == 16 * 5
    for row, path in rows:
        assert row == earlier[str(row.path)]
        assert sha256(path.read_bytes()).hexdigest() == row.sha256
    domains = ["video", "animated-gif"]
    kept = rendered_tests.index.filter(domain=domains)
    neutral = kept.filter(style="film-neutral")
    assert len(kept) - len(neutral) == len(rows)
    styles = [row.style for row in again.index.rows()]
    assert again.index.identity == kept.filter(style=sorted(set(styles))).identity


def ends_at_squats(job: Job, root: Path) -> Row:
    if job.instance.action == "squat":
        os._exit(5)
    return make(job, root)


def test_a_clip_that_ends_its_process_ends_the_rendering_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "make", ends_at_squats)
    said = r"/squat/val-0000-flat.gif: its process ended with code 5, 2 times; it was given up$"
    with pytest.raises(AnigifsError, match=said):
        render(FEW, tmp_path, executor=Local(2))
    monkeypatch.undo()
    assert render(FEW, tmp_path, executor=Local(1)).made == 1


def test_another_seed_gives_other_clips_and_other_groups(tmp_path: Path) -> None:
    one, other = (
        render(replace(FEW, seed=seed), tmp_path / str(seed), executor=Local(1)).index
        for seed in (0, 1)
    )
    hashes, groups = ([{getattr(row, name) for row in index.rows()} for index in (one, other)]
                      for name in ("sha256", "group"))  # fmt: skip
    assert not hashes[0] & hashes[1]
    assert not groups[0] & groups[1]


def test_only_what_is_missing_is_rendered_again(tmp_path: Path) -> None:
    first = render(FEW, tmp_path / "a", executor=Local(1))
    assert first.made == 16
    assert render(FEW, tmp_path / "a", executor=Local(1)).made == 0
    rows = rows_of(first)
    for _, path in rows[3:6]:
        path.unlink()
    untouched = rows[0][1].stat().st_mtime_ns
    second = render(FEW, tmp_path / "a", executor=Local(1))
    assert second.made == 3
    assert second.index.identity == first.index.identity
    assert [row.path for row in second.index.rows()] == [row.path for row, _ in rows]
    assert rows[0][1].stat().st_mtime_ns == untouched
    assert all(sha256(path.read_bytes()).hexdigest() == row.sha256 for row, path in rows)


def test_a_torn_journal_costs_the_clip_whose_line_it_was(tmp_path: Path) -> None:
    first = render(FEW, tmp_path / "a", executor=Local(1))
    journal = tmp_path / "a" / JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20])
    (tmp_path / "a" / INDEX).unlink()
    second = render(FEW, tmp_path / "a", executor=Local(1))
    assert second.made == 1
    assert second.index.identity == first.index.identity == Index.read(second.path).identity
    journal.unlink()
    assert render(FEW, tmp_path / "a", executor=Local(1)).made == 16


def test_a_render_that_was_stopped_goes_on(tmp_path: Path) -> None:
    seen: list[Row] = []

    class Stopped(Exception):  # noqa: N818 - a person did it
        pass

    def watch(rows: Iterator[Row], total: int) -> Iterator[Row]:
        assert total == 16
        for row in rows:
            if len(seen) == 5:
                raise Stopped
            seen.append(row)
            yield row

    with pytest.raises(Stopped):
        render(FEW, tmp_path / "a", executor=Local(1), watch=watch)
    assert not (tmp_path / "a" / INDEX).exists()
    assert render(FEW, tmp_path / "a", executor=Local(1)).made == 11


def test_a_benchmark_can_grow(tmp_path: Path) -> None:
    small = render(FEW, tmp_path / "a", executor=Local(1))
    more = replace(FEW, clips_per_class=16)
    grown = render(more, tmp_path / "a", executor=Local(1))
    assert len(grown.index) - len(small.index) == grown.made == 0  # its second is of another style
    wider = replace(FEW, domains=("cartoon-dev", "cartoon-test"), clips_per_class=16)
    assert render(wider, tmp_path / "a", executor=Local(1)).made == 16
    assert len(Index.read(tmp_path / "a" / INDEX)) == 32


@pytest.mark.parametrize(
    ("change", "name"),
    [({"seed": 1}, "seed"), ({"size": 66}, "size"), ({"context_bias": 0.5}, "context_bias")],
)
def test_a_folder_of_another_benchmark_is_refused(
    tmp_path: Path, change: dict[str, int], name: str
) -> None:
    settings = {"version": VERSION, "seed": 0, "size": 64, "context_bias": 0.7}
    (tmp_path / SETTINGS).write_text(json.dumps(settings))
    with pytest.raises(UsageError, match=f"holds a benchmark that differs in {name} "):
        render(replace(FEW, **change), tmp_path, executor=Local(1))  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == [SETTINGS]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds files, but no benchmark"):
        render(FEW, tmp_path, executor=Local(1))
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "null"])
def test_damaged_settings_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS).write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        render(FEW, tmp_path, executor=Local(1))


def test_the_first_clips_are_the_same_however_many_there_are(tmp_path: Path) -> None:
    few, many = (Spec(clips_per_class=count, size=64, domains=("film", "cartoon-dev"))
                 for count in (1, 3))  # fmt: skip
    for number, spec in enumerate((few, many)):
        jobs = [job for job in spec.jobs() if job.instance.number == 0][::40]
        for job in jobs:
            make(job, tmp_path / str(number))
    files = [
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (tmp_path / "0", tmp_path / "1")
    ]
    assert files[0] == files[1]
    assert len(files[0]) > 1


def test_a_clip_that_was_damaged_is_rendered_again(tmp_path: Path) -> None:
    spec = Spec(clips_per_class=1, size=64, domains=("cartoon-dev",), splits=("test",))
    before = render(spec, tmp_path / "p", executor=Local(1))
    victim = tmp_path / "p" / str(next(before.index.rows()).path)
    content = victim.read_bytes()
    victim.write_bytes(content[:100])
    after = render(spec, tmp_path / "p", executor=Local(1))
    assert (after.made, victim.read_bytes()) == (1, content)
    assert after.index.identity == before.index.identity


@pytest.mark.parametrize("line", ['{"version": 2}', '{"version": 2, "row": {"path": "x"}}'])
def test_a_journal_line_that_is_no_row_is_passed_over(tmp_path: Path, line: str) -> None:
    spec = Spec(clips_per_class=1, size=64, domains=("cartoon-dev",), splits=("test",))
    render(spec, tmp_path / "p", executor=Local(1))
    with (tmp_path / "p" / "rendered.jsonl").open("a") as file:
        file.write(line + "\n")
    assert render(spec, tmp_path / "p", executor=Local(1)).made == 0
