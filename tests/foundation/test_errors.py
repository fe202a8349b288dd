from anigifs.foundation import AnigifsError


def test_an_error_is_one_line() -> None:
    assert str(AnigifsError("a name of\ntwo  lines")) == "a name of\\ntwo  lines"
