from anigifs.foundation import AnigifsError


def test_an_error_is_one_line() -> None:
    assert str(AnigifsError("two\n lines\tbecome one ")) == "two lines become one"
