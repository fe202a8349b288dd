"""Which classes of the data a model can answer, when its class list is another one."""

from collections.abc import Iterable
from dataclasses import dataclass

from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_MAPS, ClassList, class_list, class_map


@dataclass(frozen=True)
class Coverage:
    """The data's class names, and the model's index of each that it knows.

    Attributes:
        name_of: The class that each folder's name spells.
        index_of: The model's index of each class that it can answer.
    """

    name_of: dict[str, str]
    index_of: dict[str, int]

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The classes of the data that the model cannot answer, sorted."""
        return tuple(sorted(set(self.name_of.values()) - set(self.index_of)))


def cover(
    folders: Iterable[str],
    model_classes: tuple[str, ...],
    model_taxonomy: str,
    data_taxonomy: str | None = None,
) -> Coverage:
    """Match the names of class folders with the classes of a model.

    Args:
        folders: Folder names, in any spelling that the normaliser knows.
        model_classes: In the order of the logits.
        model_taxonomy: The list they come from.
        data_taxonomy: The list that the folder names come from: each must then be in it. Without
            it, a name that none of the model's classes fits is a class that it does not know.

    Raises:
        UsageError: A folder's name is not in ``data_taxonomy``; or two folders spell one class.

    Example:
        >>> coverage = cover(["Break_Dancing", "cooking"], ("breakdancing",), "custom")
        >>> coverage.index_of, coverage.uncovered
        ({'breakdancing': 0}, ('cooking',))
    """
    model_list = ClassList(model_taxonomy, model_classes, "", "the model")
    data_list = class_list(data_taxonomy) if data_taxonomy else None
    name_of = {folder: _name(folder, model_list, data_list) for folder in folders}
    for name in name_of.values():
        same = [folder for folder, other in name_of.items() if other == name]
        if len(same) > 1:
            raise UsageError(f"the folders {' and '.join(map(repr, same))} spell one class, {name}")
    translation = _translation(data_taxonomy, model_taxonomy)
    translated = {name: translation.get(name, name) for name in name_of.values()}
    index_of = {
        name: model_list.index(there) for name, there in translated.items() if there in model_list
    }
    return Coverage(name_of, index_of)


def _name(folder: str, model_list: ClassList, data_list: ClassList | None) -> str:
    if data_list is not None:
        return data_list.find(folder)
    try:
        return model_list.find(folder)
    except UsageError:
        return folder


def _translation(data_taxonomy: str | None, model_taxonomy: str) -> dict[str, str]:
    """Return the renamed classes between two lists, where a map of them is shipped."""
    if data_taxonomy is None:
        return {}
    if (forward := f"{data_taxonomy}-{model_taxonomy}") in CLASS_MAPS:
        return class_map(forward).one_to_one()
    if (backward := f"{model_taxonomy}-{data_taxonomy}") in CLASS_MAPS:
        return {there: here for here, there in class_map(backward).one_to_one().items()}
    return {}
