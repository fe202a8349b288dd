"""What clips of UCF-101 and HMDB-51 are called: their class, and the video they were cut from."""

import re
from functools import cache
from typing import NamedTuple

from anigifs.taxonomy import class_list, class_map

SHARED = "ucf-hmdb-12"
UCF, HMDB = "ucf-101", "hmdb-51"

#: What each dataset's tree looks like, for messages.
EXAMPLES = {UCF: "Archery/v_Archery_g01_c01.avi", HMDB: "climb/<video>_climb_f_cm_np1_ba_med_0.avi"}

_UCF = re.compile(r"v_([A-Za-z]+)_(g\d+)_c\d+")
#: After the action: body parts, camera, people, direction, quality, and the clip's number.
_HMDB = r"(.+)_({actions})_[a-z]+_[cn]m_np\d+_[a-z]+_[a-z]+_\d+"
_NUMBERED = re.compile(r"video_(\d+)")


class ClipOf(NamedTuple):
    """What a clip's name says.

    Attributes:
        label: The class that both datasets share, such as ``shoot_bow``.
        group: The video that it was cut from, as a group: clips of one must not be separated.
    """

    label: str
    group: str


def clip_of(dataset: str, stem: str, folder: str = "") -> ClipOf | None:
    """Return what a clip's name without its ending says; None if it is no clip of a shared class.

    Args:
        dataset: ``ucf-101`` or ``hmdb-51``.
        stem: Such as ``v_Archery_g01_c01``.
        folder: The class folder, for what does not state its class itself: clips of HMDB-51 that
            were renamed to ``video_0056``.

    Example:
        >>> clip_of("ucf-101", "v_Archery_g01_c01")
        ClipOf(label='shoot_bow', group='ucf-101/Archery_g01')
        >>> clip_of("hmdb-51", "Fencing_Class_fencing_u_cm_np2_le_med_0")
        ClipOf(label='fencing', group='hmdb-51/Fencing_Class')
        >>> clip_of("hmdb-51", "video_0056", folder="climb")
        ClipOf(label='climb', group='hmdb-51/climb/video_0056')
        >>> clip_of("ucf-101", "v_Surfing_g01_c01") is None
        True
    """
    return _ucf(stem) if dataset == UCF else _hmdb(stem, folder)


def number_of(stem: str) -> int | None:
    """Return the number of a clip that has nothing else for a name, or None.

    Example:
        >>> number_of("video_0056"), number_of("Fencing_Class_fencing_u_cm_np2_le_med_0")
        (56, None)
    """
    match = _NUMBERED.fullmatch(stem)
    return None if match is None else int(match[1])


def _ucf(stem: str) -> ClipOf | None:
    match = _UCF.fullmatch(stem)
    label = None if match is None else shared_classes(UCF).get(match[1])
    if match is None or label is None:
        return None
    return ClipOf(label, f"{UCF}/{match[1]}_{match[2]}")


def _hmdb(stem: str, folder: str) -> ClipOf | None:
    if number_of(stem) is not None:
        label = shared_classes(HMDB).get(folder)
        return None if label is None else ClipOf(label, f"{HMDB}/{folder}/{stem}")
    match = _hmdb_pattern().fullmatch(stem)
    if match is None:
        return None
    return ClipOf(shared_classes(HMDB)[match[2]], f"{HMDB}/{match[1]}")


@cache
def shared_classes(dataset: str) -> dict[str, str]:
    """Return the shared class of each of a dataset's classes that has one."""
    return class_map(f"{dataset}-{SHARED}").single_targets()


def folders_of(dataset: str, label: str) -> tuple[str, ...]:
    """Return what a dataset calls the classes of a shared one.

    Example:
        >>> folders_of("ucf-101", "climb")
        ('RockClimbingIndoor', 'RopeClimbing')
    """
    return tuple(name for name, shared in shared_classes(dataset).items() if shared == label)


@cache
def _hmdb_pattern() -> re.Pattern[str]:
    return re.compile(_HMDB.format(actions="|".join(map(re.escape, shared_classes(HMDB)))))


def label_number(label: str) -> int:
    """Return the number of a shared class in the lists.

    Example:
        >>> label_number("shoot_bow")
        10
    """
    return class_list(SHARED).index(label)
