"""The command line: one file a group of commands, and nothing else.

Commands are frozen dataclasses that tyro turns into flags. They import what they need when they
run, so that ``--help`` is instant.
"""
