import subprocess
import sys

from anigifs.foundation import generator, seed_of


def test_a_name_gives_the_same_numbers_in_every_process() -> None:
    code = (
        "from anigifs.foundation import generator as g; print(g(7, 'augment', 3).integers(1 << 60))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(other.stdout) == generator(7, "augment", 3).integers(1 << 60)


def test_seeds_and_names_all_count() -> None:
    seeds = {
        seed_of(0),
        seed_of(1),
        seed_of(0, "a"),
        seed_of(0, "a", "b"),
        seed_of(0, "ab"),
        seed_of(0, "a", 1),
        seed_of(0, "a1"),
    }
    assert len(seeds) == 7
