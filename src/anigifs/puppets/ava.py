"""The boxes in the form of AVA-Kinetics: a CSV without a header, and a list of actions."""

import csv
import io
from pathlib import Path

from anigifs.foundation import write_text
from anigifs.index import Index
from anigifs.taxonomy import class_list

BOXES, ACTIONS = "boxes_ava.csv", "actions.pbtxt"


def write_ava(index: Index, folder: Path) -> None:
    """Write the boxes of an index as the Kinetics part of AVA-Kinetics has them.

    Seven fields a line: the clip (its path without the ending), seconds from its beginning, x1, y1,
    x2, y2 in 0..1, and the number of the action, counted from 1 in the order of the class list.
    """
    names = class_list(index.taxonomy).names
    number_of = {name: number for number, name in enumerate(names, start=1)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in index.rows():
        video = (row.path or row.clip_id).rsplit(".", 1)[0]
        for box in row.boxes:
            edges = (f"{edge:.5f}" for edge in (box.x1, box.y1, box.x2, box.y2))
            writer.writerow([video, f"{box.t_ms / 1000:.3f}", *edges, number_of[box.action]])
    write_text(folder / BOXES, text.getvalue())
    entries = (
        f'label {{\n  name: "{name}"\n  label_id: {number}\n  label_type: PERSON_MOVEMENT\n}}\n'
        for name, number in number_of.items()
    )
    write_text(folder / ACTIONS, "".join(entries))
