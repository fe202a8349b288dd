"""Making a data set of what was collected: screen, find duplicates, take votes, release.

A collection (:mod:`anigifs.collect`) is a folder. Each step adds a table to it: ``screen`` looks at
every file (:mod:`anigifs.curate.screened`), ``duplicates`` says which files show the same
(:mod:`anigifs.curate.clustered`), and a release is made of these, of the candidates and of votes
(:mod:`anigifs.curate.release`).
"""
