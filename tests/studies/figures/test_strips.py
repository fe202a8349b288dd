from dataclasses import replace

import numpy as np
import pytest

from anigifs.foundation import UsageError
from anigifs.index import Index, Row
from anigifs.media import write_gif
from anigifs.studies.figures.plate import FRAME
from anigifs.studies.figures.strips import Shown, Wish, blocks_of, choose_strips

LEVELS = (30, 120, 210)  # of a clip's three frames; each clip adds a number of its own
DOMAINS = ("video", "animated-gif")
CLASSES = ("bow", "jump", "kick", "run")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two clips of four classes in two domains; only videos show anybody row."""
    root = tmp_path_factory.mktemp("strips")
    rows = []
    cells = [(label, domain) for label in CLASSES for domain in DOMAINS] + [("row", "video")]
    for number, (label, domain) in enumerate(2 * cells):
        path = f"{number}.gif"
        frames = [np.full((40, 60, 3), level + number, np.uint8) for level in LEVELS]
        write_gif(root / path, np.stack(frames), [100, 100, 400])
        rows.append(
            Row(
                clip_id=f"{number:02}", path=path, label=label, domain=domain, group=path,
                style="first" if number < len(cells) else "second", state="decoded",
            )
        )  # fmt: skip
    return Index.from_rows(rows, root=root)


def nothing_to_say(line: str) -> None:
    pytest.fail(f"a warning that nobody expected: {line}")


def chosen(index: Index, wish: Wish) -> list[tuple[Shown, ...]]:
    return choose_strips(index, wish, nothing_to_say)


def test_each_class_is_shown_in_each_domain_in_their_order(index: Index) -> None:
    for domains in (DOMAINS, DOMAINS[::-1]):
        found = chosen(index, Wish(domains=domains, classes=("run", "bow")))
        shown = [[(one.row.label, one.row.domain) for one in clips] for clips in found]
        assert shown == [[(label, domain) for domain in domains] for label in ("run", "bow")]
    blocks = blocks_of(found)
    assert [block.heading for block in blocks] == ["run", "bow"]
    assert [strip.title for strip in blocks[0].strips] == list(DOMAINS[::-1])


def test_the_frames_are_the_clips_in_equal_steps_of_its_time(index: Index) -> None:
    for clips in chosen(index, Wish(frames=6, count=4)):
        for shown in clips:
            assert shown.frames_THWC.shape == (6, FRAME, FRAME, 3)
            levels = shown.frames_THWC[:, 0, 0, 0] - int(shown.row.clip_id)
            # 100, 100 and 400 ms: the middles of six times 100 ms are in these frames.
            assert levels.tolist() == [LEVELS[place] for place in (0, 1, 2, 2, 2, 2)]


def test_only_the_rows_window_is_shown(index: Index) -> None:
    rows = [replace(row, start_ms=100, end_ms=300) for row in index.rows()]
    cut = Index.from_rows(rows, root=index.root)
    shown = chosen(cut, Wish(frames=2, count=1))[0][0]
    assert (shown.frames_THWC[:, 0, 0, 0] - int(shown.row.clip_id)).tolist() == [120, 210]


def test_classes_without_a_clip_in_a_domain_are_not_drawn(index: Index) -> None:
    found = chosen(index, Wish(count=9))
    assert [clips[0].row.label for clips in found] == list(CLASSES)
    with pytest.raises(UsageError, match="no clip of 'row' of domain 'animated-gif'"):
        chosen(index, Wish(classes=("run", "row")))


def test_the_seed_decides(index: Index) -> None:
    def lot(seed: int) -> list[str]:
        found = chosen(index, Wish(count=2, seed=seed))
        return [shown.row.clip_id for clips in found for shown in clips]

    assert lot(3) == lot(3)
    assert len({tuple(lot(seed)) for seed in range(12)}) > 6
    shuffled = replace(index, table=index.table.take(list(range(len(index)))[::-1]))
    found = chosen(shuffled, Wish(count=2, seed=3))
    assert [shown.row.clip_id for clips in found for shown in clips] == lot(3)


def test_styles_are_kept_to(index: Index) -> None:
    found = chosen(index, Wish(styles=("second",), count=4))
    assert {shown.row.style for clips in found for shown in clips} == {"second"}
    assert blocks_of(found)[0].strips[0].notes == ("second",)


def test_a_clip_that_cannot_be_read_gives_way(index: Index) -> None:
    first = chosen(index, Wish(classes=("run",)))[0][0].row
    rows = [replace(r, path="gone.gif") if r == first else r for r in index.rows()]
    said: list[str] = []
    found = choose_strips(
        Index.from_rows(rows, root=index.root), Wish(classes=("run",)), said.append
    )
    assert found[0][0].row.clip_id != first.clip_id
    assert len(said) == 1
    assert "gone.gif" in said[0]
    rows = [replace(row, path="gone.gif") for row in rows]
    with pytest.raises(UsageError, match="no clip of 'run' can be read"):
        choose_strips(Index.from_rows(rows, root=index.root), Wish(classes=("run",)), said.append)


def test_what_is_not_there_is_said(index: Index) -> None:
    with pytest.raises(UsageError, match="'sound'; the index has animated-gif, video"):
        chosen(index, Wish(domains=("video", "sound")))
    with pytest.raises(UsageError, match="no clip of class 'fly'"):
        chosen(index, Wish(classes=("fly",)))
    with pytest.raises(UsageError, match="frames is at least 1"):
        Wish(frames=0)
    with pytest.raises(UsageError, match="no domain"):
        Wish(domains=())
    apart = {("bow", "video"), ("run", "animated-gif")}
    rows = [row for row in index.rows() if (row.label, row.domain) in apart]
    with pytest.raises(UsageError, match="no class has clips of all of video, animated-gif"):
        chosen(Index.from_rows(rows, root=index.root), Wish())
