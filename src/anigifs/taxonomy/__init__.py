"""Which actions there are: class lists as published, and maps between them with their doubts.

``class_list("kinetics-600").find("Making Jewellery")`` finds a class however it is spelt;
``class_map("ava-12-kinetics-600")`` says what the classes of one list are in another. Both also
take the path of a file of your own.
"""

from anigifs.taxonomy.ava import AvaAction, AvaType, ava_action, ava_actions
from anigifs.taxonomy.lists import CLASS_LISTS, ClassList, class_list
from anigifs.taxonomy.mapfiles import CLASS_MAPS, class_map
from anigifs.taxonomy.maps import Cardinality, ClassMap, MapRow, Relation
from anigifs.taxonomy.names import normalise
from anigifs.taxonomy.paper import PAPER_CLASSES, PaperClasses

__all__ = [
    "CLASS_LISTS",
    "CLASS_MAPS",
    "PAPER_CLASSES",
    "AvaAction",
    "AvaType",
    "Cardinality",
    "ClassList",
    "ClassMap",
    "MapRow",
    "PaperClasses",
    "Relation",
    "ava_action",
    "ava_actions",
    "class_list",
    "class_map",
    "normalise",
]
