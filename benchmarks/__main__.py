"""The table of ratios to named peers, or one study by its name.

``python -m benchmarks`` measures the table; ``--only loading training`` measures these rows of it.
``python -m benchmarks NAME`` measures one part of the table, or runs what is no comparison with a
peer; ``table`` writes the runs that are kept into docs/speed.md.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from anigifs.foundation import write_text
from benchmarks import (
    collecting,
    costs,
    duplicates,
    hashing,
    index_rows,
    inference,
    loading,
    photometric,
    prepared,
    puppets,
    review,
    search,
    table,
    training,
    waiting,
)
from benchmarks.rows import Asked, Row

ROWS: dict[str, Callable[[Asked], list[Row]]] = {
    "loading": loading.rows,
    "prepared": prepared.rows,
    "inference": inference.rows,
    "training": training.rows,
    "photometric": photometric.rows,
    "hashing": hashing.rows,
}
ON_A_GPU = ("inference", "training")
STUDIES: dict[str, Callable[[list[str]], None]] = {
    "collecting": collecting.main,
    "costs": costs.main,
    "duplicates": duplicates.main,
    "index_rows": index_rows.main,
    "puppets": puppets.main,
    "review": review.main,
    "search": search.main,
    "table": table.main,
    "waiting": waiting.main,
}


def measure(asked: Asked, names: Sequence[str]) -> table.Table:
    """Measure the named rows, on one thread each except where the networks are given more."""
    return table.Table.of(asked, [row for name in names for row in ROWS[name](asked)])


def main(arguments: list[str] | None = None) -> None:
    """Print the table as Markdown, or as one object of JSON."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in STUDIES:
        STUDIES[arguments[0]](arguments[1:])
        return
    if arguments and arguments[0] in ROWS:
        arguments = ["--only", *arguments]
    parser = argparse.ArgumentParser(
        prog="benchmarks",
        description=__doc__,
        epilog=f"studies: {', '.join(STUDIES)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=ROWS, help="these rows of the table")
    parser.add_argument("--files", type=Path, help="a folder of real GIFs, beside the made ones")
    parser.add_argument("--rounds", type=int, default=Asked.rounds)
    parser.add_argument("--threads", type=int, default=1, help="of the networks")
    parser.add_argument("--device", default="cpu", help="of the networks; cuda measures these only")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("--out", type=Path, help="keep that object: a .json file, or a folder")
    options = parser.parse_args(arguments)
    asked = Asked(options.rounds, options.threads, options.device, options.files)
    made = measure(asked, options.only or (ON_A_GPU if asked.cuda else list(ROWS)))
    text = json.dumps(made.plain(), indent=1) + "\n"
    if options.out is not None:
        is_file = options.out.suffix == ".json"
        write_text(options.out if is_file else options.out / f"{made.name}.json", text)
    print(text if options.json else made.markdown(), end="")


if __name__ == "__main__":
    main()
