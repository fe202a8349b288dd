"""Sweeps: many training runs, tested, recorded and tabulated; stopped and resumed on any day.

:func:`~anigifs.studies.sweep.reading.read_plan` reads what is to be run,
:func:`~anigifs.studies.sweep.running.run_sweep` runs what is missing of it, and
:func:`~anigifs.studies.sweep.tables.write_tables` makes the tables of the records alone.
"""
