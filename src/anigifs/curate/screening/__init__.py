"""What a program can tell of a file: whether it is one at all, and scores that order the queue.

:func:`~anigifs.curate.screening.screening.screen` looks at every stored file once, measures it, and
keeps the answers.
"""
