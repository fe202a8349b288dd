"""Empirical risk minimisation: cross-entropy on the source, and nothing else.

The baseline of every table. A careful one is hard to beat (Gulrajani & Lopez-Paz, "In Search of
Lost Domain Generalization", ICLR 2021).
"""

from anigifs.methods.hooks import Method


class Erm(Method):
    """Cross-entropy on the clips as they come: every hook as it stands."""
