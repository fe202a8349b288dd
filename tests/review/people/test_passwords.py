import unicodedata

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from anigifs.foundation import UsageError
from anigifs.review.people.passwords import PASSWORDS, Passwords, made_up

LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WORDS = "correct horse battery"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(LIGHT)


def test_by_default_hashes_are_argon2id_as_rfc_9106_recommends_for_little_memory() -> None:
    parameters = extract_parameters(PASSWORDS.hash(WORDS))
    assert parameters.type is Type.ID
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (3, 65_536, 4)
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


def test_only_the_password_is_right(passwords: Passwords) -> None:
    hashed = passwords.hash(WORDS)
    assert WORDS not in hashed
    assert passwords.right(hashed, WORDS)
    for wrong in ("", WORDS + " ", WORDS.upper(), "x" * 256, "x" * 257, "\udcff" * 12):
        assert not passwords.right(hashed, wrong)


def test_the_first_question_takes_as_long_whether_there_is_such_a_name_or_not() -> None:
    made: list[str] = []

    class Counted(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            made.append("hash")
            return super().hash(password, salt=salt)

    costs = {}
    for hashed in (LIGHT.hash(WORDS), None, ""):
        made.clear()
        Passwords(Counted(time_cost=1, memory_cost=8, parallelism=1)).right(hashed, "a guess")
        costs[hashed] = len(made)
    assert len(set(costs.values())) == 1


def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert passwords.hash(WORDS) != passwords.hash(WORDS)


def test_a_password_is_right_from_any_keyboard(passwords: Passwords) -> None:
    composed = unicodedata.normalize("NFC", "café au lait, très chaud")
    apart = unicodedata.normalize("NFD", composed)
    assert composed != apart
    assert passwords.right(passwords.hash(composed), apart)


@pytest.mark.parametrize("hashed", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$c$d"])
def test_nothing_is_right_for_what_is_no_hash(passwords: Passwords, hashed: str | None) -> None:
    assert not passwords.right(hashed, WORDS)


def test_who_is_nobody_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            asked.append(extract_parameters(str(hash)))
            return bool(super().verify(hash, password))

    passwords = Passwords(Counting(time_cost=1, memory_cost=16, parallelism=1))
    hashed = passwords.hash(WORDS)
    passwords.right(hashed, "a wrong password")
    passwords.right(None, "a wrong password")
    assert asked[0] == asked[1] == extract_parameters(hashed)


@pytest.mark.parametrize("length", [0, 11, 257])
def test_a_password_of_another_length_is_refused(passwords: Passwords, length: int) -> None:
    with pytest.raises(UsageError, match=f"{length} characters; give 12 to 256"):
        passwords.hash("p" * length)


def test_what_is_not_utf8_is_refused(passwords: Passwords) -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        passwords.hash("\udcff" * 12)


def test_a_hash_with_other_costs_is_outdated(passwords: Passwords) -> None:
    hashed = passwords.hash(WORDS)
    assert not passwords.outdated(hashed)
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert dearer.outdated(hashed)
    assert dearer.right(hashed, WORDS)


def test_made_up_passwords_are_long_and_never_the_same(passwords: Passwords) -> None:
    made = {made_up() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {24}
    assert passwords.right(passwords.hash(min(made)), min(made))
