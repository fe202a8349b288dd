from dataclasses import replace

import pytest

from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.puppets import Spec, render
from anigifs.puppets.frozen import check_frozen, frozen_identities, held_back
from anigifs.puppets.spec import DEFAULT_CLIPS

SMALL = Spec(clips_per_class=1, domains=("cartoon-test",), splits=("test",))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return render(SMALL, tmp_path_factory.mktemp("frozen") / "small", executor=Local(1)).index


def test_the_held_back_cartoons_are_those_that_were_frozen(small: Index) -> None:
    """If this fails, something draws otherwise: raise VERSION, freeze anew, and say so."""
    found = check_frozen(SMALL, small)
    assert found is not None
    assert (found.state, found.identity) == ("same", held_back(small).identity), found.words


def test_the_usual_size_is_frozen_too() -> None:
    assert f"clips {DEFAULT_CLIPS}, seed 0, size 160" in frozen_identities()


def test_one_pixel_more_or_less_is_told(small: Index) -> None:
    rows = list(small.rows())
    changed = [replace(rows[0], sha256="0" * 64), *rows[1:]]
    found = check_frozen(SMALL, Index.from_rows(changed, small.taxonomy, small.root))
    assert found is not None
    assert found.state == "different"
    assert "not as they were frozen" in found.words


def test_what_was_never_frozen_is_unknown(small: Index) -> None:
    other = check_frozen(replace(SMALL, seed=7), small)
    assert other is not None
    assert other.state == "unknown"
    assert check_frozen(SMALL, small.filter(style="flat")) is None
