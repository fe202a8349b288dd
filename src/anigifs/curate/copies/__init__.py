"""Which files show the same, however they were copied.

:mod:`~anigifs.curate.copies.matching` compares two fingerprints,
:mod:`~anigifs.curate.copies.search` finds those worth comparing among very many, and
:mod:`~anigifs.curate.copies.clusters` puts together what is the same.
"""
