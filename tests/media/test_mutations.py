"""Damaged files: no crash, no hang, nothing above the budget.

Each mutant is read in full by one worker whose address space is limited, with an alarm a file.
`ANIGIFS_MUTATIONS` sets how many: 2,000 by default, 100,000 under `make fuzz`.
"""

import os
import random
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from anigifs.foundation import MediaError
from anigifs.media import BUDGET, DamagedFrame, probe, read_frames, write_gif
from tests.conftest import SHARED
from tests.media.corpus import random_gif
from tests.media.test_apng import random_apng
from tests.media.test_video import CONTAINERS, encode, ramp
from tests.media.test_webp import encoded

MUTATIONS = int(os.environ.get("ANIGIFS_MUTATIONS", "2000"))
SECONDS_A_FILE = 90
MEMORY_BYTES = 2 * 1024**3  # a canvas of 16 Mpx, some ten times over, and the libraries
BATCHES = 2


def seeds(clips: list[Path]) -> list[bytes]:
    """Real GIFs cut to their first 40 kB, small ones with every feature, and the other formats."""
    gifs = [path.read_bytes()[:40_000] for path in clips] + [random_gif(seed) for seed in range(40)]
    apngs = [random_apng(seed, colour) for seed in range(3) for colour in (2, 3, 6)]
    return [*gifs, *apngs, encoded(), encoded(1), *videos()]


def videos() -> list[bytes]:
    """A short video in each container."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video"
        for form, codec, _ in CONTAINERS:
            encode(path, ramp(6), form, codec)
            made.append(path.read_bytes())
    return made


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Change bytes, most of them near the front, where the structure is; cut, repeat, or drop."""
    mutant = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        reach = rng.choice([32, 900, len(mutant)])
        at = rng.randrange(min(reach, len(mutant)))
        action = rng.randrange(6)
        if action <= 2:
            mutant[at] = rng.choice([0, 1, 0x21, 0x2C, 0x3B, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        elif action == 3:
            mutant[at : at + rng.randrange(1, 9)] = b""
        elif action == 4:
            mutant[at:at] = mutant[at : at + rng.randrange(1, 400)]
        else:
            del mutant[max(7, rng.randrange(len(mutant))) :]
        if len(mutant) < 7:
            return data
    return repaired(bytes(mutant))


def repaired(data: bytes) -> bytes:
    """Give a PNG's chunks their checksums again, or no damage would get past the first one."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return data
    out, position = [data[:8]], 8
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        body = data[position + 4 : position + 8 + length]
        out.append(data[position : position + 4] + body + zlib.crc32(body).to_bytes(4, "big"))
        position += 12 + length
    return b"".join(out)


def test_mutants_are_answered_or_refused_in_bounds(tmp_path: Path) -> None:
    clips = sorted((SHARED / "clips").glob("*.gif"))
    if not clips:  # the mutants are then of the made GIFs alone
        drawn = np.random.default_rng(0).integers(0, 256, (4, 60, 80, 3), dtype=np.uint8)
        write_gif(tmp_path / "noise.gif", drawn, 50)
        clips = [tmp_path / "noise.gif"]
    command = [sys.executable, "-m", "tests.media.test_mutations"]
    workers = [
        subprocess.Popen(
            [*command, str(batch), str(MUTATIONS // BATCHES), *map(str, clips)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for batch in range(BATCHES)
    ]
    counts = []
    for worker in workers:
        out, err = worker.communicate()
        assert worker.returncode == 0, err[-2000:]
        counts.append([int(number) for number in out.split()])
    answered, refused = np.sum(counts, axis=0)
    assert answered + refused == MUTATIONS // BATCHES * BATCHES
    # Both kinds in number, or the mutations are too mild or too wild to prove anything.
    assert answered > MUTATIONS // 10
    assert refused > MUTATIONS // 20


def main() -> None:
    """Read mutants of one batch; print how many were answered and how many refused."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    batch, count, *clips = sys.argv[1:]
    rng = random.Random(int(batch))
    sources = seeds([Path(clip) for clip in clips])
    path = Path(f"/proc/self/fd/{os.memfd_create('mutant')}")
    answered = refused = 0
    for _ in range(int(count)):
        mutant = mutate(rng.choice(sources), rng)
        path.write_bytes(mutant)
        signal.alarm(SECONDS_A_FILE)  # its default action ends the process: a hang is a failure
        try:
            info = probe(path)
            pixels = sum(frame.size // 3 for _, frame in read_frames(info))
        except (MediaError, DamagedFrame):
            refused += 1
        else:
            answered += 1
            if info.raw_delays_ms is not None:  # an image; videos are streamed
                assert info.frames <= BUDGET.frames
                assert info.width * info.height <= BUDGET.canvas_px
                assert pixels == info.frames * info.width * info.height <= BUDGET.total_px
    print(answered, refused)


if __name__ == "__main__":
    main()
