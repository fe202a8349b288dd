"""Labels as a dataset spells them, to names of a class list."""

from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.index.table import CUSTOM
from anigifs.taxonomy import CLASS_LISTS, class_list


class Labels:
    """Finds labels in a class list, each spelling once.

    Example:
        >>> labels = Labels("kinetics-600")
        >>> labels.taxonomy, labels.find("Making_Jewellery", "clips.csv, line 2")
        ('kinetics-600', 'making jewelry')
    """

    def __init__(self, taxonomy: str | Path | None) -> None:
        self._list = None if taxonomy is None else class_list(taxonomy)
        self._found: dict[str, str] = {}
        #: The list's name; of a file only the file's own, since where it lies is nobody's business.
        self.taxonomy = CUSTOM
        if taxonomy is not None:
            self.taxonomy = str(taxonomy) if str(taxonomy) in CLASS_LISTS else Path(taxonomy).stem

    def find(self, text: str, where: object) -> str:
        """Return the class that ``text`` spells; without a list, ``text`` itself.

        Raises:
            UsageError: The list has no such class; ``where`` begins the message.
        """
        if self._list is None:
            return text
        if text not in self._found:
            try:
                self._found[text] = self._list.find(text)
            except UsageError as error:
                raise UsageError(f"{where}: {error}") from None
        return self._found[text]
