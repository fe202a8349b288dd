"""The paper's two studies: what is trained, what is tested, and the tables with its own figures.

:func:`study1` and :func:`study2` say what a study is, as runs, tests and rows of a table; a
:class:`Scale` says how much of it there is. :func:`run_studies` runs what is missing with the
engine of :mod:`anigifs.studies.sweep`, and the tables are made of the records alone.
"""
