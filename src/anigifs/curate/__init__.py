"""Making a data set of what was collected: screen, find duplicates, take votes, release.

A collection (:mod:`anigifs.collect`) is a folder. Each step adds a table to it: ``screen`` looks at
every file (:mod:`anigifs.curate.seeing` and :mod:`anigifs.curate.screening`), ``duplicates`` says
which files show the same (:mod:`anigifs.curate.copies`). Of these, of the candidates and of votes
(:mod:`anigifs.curate.voting`), :mod:`anigifs.curate.release` makes what is given to others, and
:mod:`anigifs.curate.rebuilding` makes that whole again elsewhere.
"""
