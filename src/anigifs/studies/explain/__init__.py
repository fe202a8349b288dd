"""Explanations that people can look at, and their scores: what `anigifs explain` does.

A :class:`~anigifs.studies.explain.looking.Viewer` is a model that is asked, and a ``Look`` what it
said of a clip and where it looked. ``pictures`` shows looks, ``measuring`` scores them against the
tubes of the labelled people, ``evidence`` sets right answers against right evidence, and ``tables``
says it in words; ``on_files`` and ``on_index`` bring them together.
"""
