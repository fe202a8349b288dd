"""Which classes of the data a model can answer, when its class list is another one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_MAPS, ClassList, class_list, class_map


@dataclass(frozen=True)
class Coverage:
    """The data's class names, and the model's index of each that it knows.

    Attributes:
        name_of: The class that each folder's name spells.
        index_of: The model's index of each class that it can answer.
        untrained: Those of the data's classes for which the model has a row that nobody trained;
            it cannot answer them.
    """

    name_of: dict[str, str]
    index_of: dict[str, int]
    untrained: tuple[str, ...] = ()

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The classes of the data that the model cannot answer, sorted."""
        return tuple(sorted(set(self.name_of.values()) - set(self.index_of)))


def cover(
    folders: Iterable[str],
    model_classes: tuple[str, ...],
    model_taxonomy: str,
    data_taxonomy: str | None = None,
    untrained: Collection[str] = (),
) -> Coverage:
    """Match the names of class folders with the classes of a model.

    Args:
        folders: Folder names, in any spelling that the normaliser knows.
        model_classes: In the order of the logits.
        model_taxonomy: The list they come from.
        data_taxonomy: The list that the folder names come from: each must then be in it. Without
            it, a name that none of the model's classes fits is a class that it does not know.
        untrained: The model's classes whose rows of the head nobody trained.

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
    answers = {name: _model_name(name, model_list, data_taxonomy) for name in name_of.values()}
    known = {name: there for name, there in answers.items() if there is not None}
    fresh = tuple(sorted(name for name, there in known.items() if there in untrained))
    index_of = {name: model_list.index(there) for name, there in known.items() if name not in fresh}
    return Coverage(name_of, index_of, fresh)


def _name(folder: str, model_list: ClassList, data_list: ClassList | None) -> str:
    if data_list is not None:
        return data_list.find(folder)
    try:
        return model_list.find(folder)
    except UsageError:
        return folder


def _model_name(name: str, model_list: ClassList, data_taxonomy: str | None) -> str | None:
    """Return the model's own name for a class of the data, or None where it has none."""
    translation = _translation(data_taxonomy, model_list.name)
    if translation is not None:
        return translation.get(name)
    try:
        return model_list.find(name)
    except UsageError:
        return None


def _translation(data_taxonomy: str | None, model_taxonomy: str) -> dict[str, str] | None:
    """Return the classes that are the same in two lists, where a map of them is shipped."""
    if data_taxonomy is None or data_taxonomy == model_taxonomy:
        return None
    if (forward := f"{data_taxonomy}-{model_taxonomy}") in CLASS_MAPS:
        return class_map(forward).one_to_one()
    if (backward := f"{model_taxonomy}-{data_taxonomy}") in CLASS_MAPS:
        return {there: here for here, there in class_map(backward).one_to_one().items()}
    return None
