"""Finding animated GIFs by action, and fetching them: safely, politely, and for good.

:func:`~anigifs.collect.collecting.collect` asks providers (:mod:`anigifs.collect.providers`) for
what :mod:`anigifs.collect.queries` words, remembers everything in the frontier
(:mod:`anigifs.collect.frontier`), and fetches through the one door to the web
(:mod:`anigifs.collect.web`) into a store that calls files by their hashes.
"""
