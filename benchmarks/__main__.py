"""``python -m benchmarks [NAME]``: run one benchmark, or all of them."""

import sys

from benchmarks import (
    collecting,
    duplicates,
    index_rows,
    inference,
    loading,
    photometric,
    prepared,
    puppets,
    review,
    search,
    training,
)

BENCHMARKS = {
    "collecting": collecting.main,
    "duplicates": duplicates.main,
    "index_rows": index_rows.main,
    "prepared": prepared.main,
    "inference": inference.main,
    "loading": loading.main,
    "photometric": photometric.main,
    "puppets": puppets.main,
    "review": review.main,
    "search": search.main,
    "training": training.main,
}


def main() -> None:
    name, *arguments = sys.argv[1:] or [""]
    if name and name not in BENCHMARKS:
        sys.exit(f"no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    for one in [name] if name else BENCHMARKS:
        print(f"== {one}")
        BENCHMARKS[one](arguments)


if __name__ == "__main__":
    main()
