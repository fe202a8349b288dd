from pathlib import Path

import pytest

from anigifs.foundation import home


def test_the_cache_moves_with_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nobody")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("ANIGIFS_HOME", raising=False)
    assert home() == Path("/nobody/.cache/anigifs")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert home() == Path("/caches/anigifs")
    monkeypatch.setenv("ANIGIFS_HOME", "~/elsewhere")
    assert home() == Path("/nobody/elsewhere")
