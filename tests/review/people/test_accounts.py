import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from anigifs.foundation import UsageError
from anigifs.review.people.accounts import (
    ROLES,
    Account,
    NotLetIn,
    add_account,
    all_accounts,
    by_id,
    check_name,
    end_sessions,
    find,
    log_in,
    set_enabled,
    set_password,
    set_role,
)
from anigifs.review.people.passwords import Passwords
from anigifs.review.people.throttle import Patience, Throttle, Throttled
from anigifs.review.review import Review
from anigifs.review.store.engine import reading
from anigifs.review.store.schema import accounts
from tests.review.made import Reviews
from tests.review.web.made import LIGHT, PASSWORD

HERE = "192.0.2.1"


@pytest.fixture
def review(reviews: Reviews) -> Review:
    """One with an administrator ``root``, an adjudicator ``ada`` and nobody else."""
    return reviews.make(people=())


def let_in(
    review: Review, name: str, password: str = PASSWORD, passwords: Passwords = LIGHT
) -> Account:
    return log_in(review, Throttle(), name, password, HERE, 0, passwords)


def hash_of(review: Review, name: str) -> str:
    with reading(review.engine) as connection:
        query = select(accounts.c.password_hash).where(accounts.c.name == name)
        return str(connection.scalar(query))


def test_who_is_added_is_let_in(review: Review) -> None:
    added = add_account(review, "ann@lab", "annotator", PASSWORD, LIGHT)
    assert (added.name, added.role, added.enabled, added.epoch) == ("ann@lab", "annotator", True, 0)
    assert let_in(review, "ann@lab") == find(review, "ann@lab") == by_id(review, added.id) == added
    assert [one.name for one in all_accounts(review)] == ["ada", "ann@lab", "root"]
    assert PASSWORD not in hash_of(review, "ann@lab")


@pytest.mark.parametrize("name", ["ann", "ANN", "Ann"])
def test_a_name_is_one_persons_whatever_its_case(review: Review, name: str) -> None:
    first = add_account(review, "Ann", "annotator", PASSWORD, LIGHT)
    with pytest.raises(UsageError, match=f"there is an account {name} already"):
        add_account(review, name, "adjudicator", PASSWORD, LIGHT)
    assert find(review, name) == first
    assert let_in(review, name) == first


@pytest.mark.parametrize("name", ["gold", "Gold"])
def test_the_name_of_known_answers_is_nobodys(review: Review, name: str) -> None:
    with pytest.raises(UsageError, match="under which known answers stand"):
        add_account(review, name, "adjudicator", PASSWORD, LIGHT)


def test_what_is_no_name_is_refused_and_never_found(review: Review) -> None:
    names = ["", " ", ".", "..", "-a", "a b", "a/b", "<b>", "é", "a\n", "a\0", "\udcff", "\u202ea"]
    for name in (*names, 65 * "a"):
        with pytest.raises(UsageError, match="give 1 to 64"):
            check_name(name)
        with pytest.raises(UsageError, match="give 1 to 64"):
            add_account(review, name, "annotator", PASSWORD, LIGHT)
        assert find(review, name) is None
        with pytest.raises(NotLetIn):
            let_in(review, name)
        with pytest.raises(UsageError, match="there is no account"):
            set_enabled(review, name, False)


def test_what_is_no_role_or_password_is_refused(review: Review) -> None:
    with pytest.raises(UsageError, match="role is 'boss'; there are annotator, adjudicator"):
        add_account(review, "ann", "boss", PASSWORD, LIGHT)
    with pytest.raises(UsageError, match="5 characters"):
        add_account(review, "ann", "annotator", "short", LIGHT)
    assert find(review, "ann") is None


@pytest.mark.parametrize(("name", "password"), [("ann", "a wrong password"), ("bob", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_look_the_same(
    review: Review, name: str, password: str
) -> None:
    add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    with pytest.raises(NotLetIn, match=r"^the name or the password is wrong$"):
        let_in(review, name, password)


def test_a_wrong_name_is_hashed_as_well(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Watching(Passwords):
        def right(self, hashed: str | None, password: str) -> bool:
            asked.append((hashed, password))
            return super().right(hashed, password)

    with pytest.raises(NotLetIn):
        let_in(review, "nobody", "whatever it is", Watching(PasswordHasher(1, 8, 1)))
    assert asked == [(None, "whatever it is")]


def test_who_is_disabled_is_not_let_in(review: Review) -> None:
    add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    assert not set_enabled(review, "ann", False).enabled
    with pytest.raises(NotLetIn):
        let_in(review, "ann")
    assert set_enabled(review, "ann", True).enabled
    assert let_in(review, "ann").enabled


def test_every_change_ends_the_sessions(review: Review) -> None:
    add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    changed = [
        set_role(review, "ann", "adjudicator"),
        set_password(review, "ann", "another password", LIGHT),
        set_enabled(review, "ann", False),
        set_enabled(review, "ann", True),
        end_sessions(review, "ann"),
    ]
    assert [one.epoch for one in changed] == [1, 2, 3, 4, 5]
    assert find(review, "ann") == changed[-1]
    assert let_in(review, "ann", "another password").role == "adjudicator"
    with pytest.raises(NotLetIn):
        let_in(review, "ann")


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "disabled"])
def test_the_last_administrator_stays(review: Review, role: str) -> None:
    def end(name: str) -> Account:
        if role == "disabled":
            return set_enabled(review, name, False)
        return set_role(review, name, role)

    with pytest.raises(UsageError, match="root is the last administrator"):
        end("root")
    root = find(review, "root")
    assert root is not None
    assert (root.role, root.enabled, root.epoch) == ("administrator", True, 0)
    add_account(review, "two", "administrator", PASSWORD, LIGHT)
    end("root")
    with pytest.raises(UsageError, match="two is the last administrator"):
        end("two")


def test_a_disabled_administrator_does_not_count(review: Review) -> None:
    add_account(review, "two", "administrator", PASSWORD, LIGHT)
    set_enabled(review, "two", False)
    with pytest.raises(UsageError, match="last administrator"):
        set_enabled(review, "root", False)


def test_administrators_who_end_each_other_at_once_leave_one(review: Review) -> None:
    names = ["root", "two", "three", "four"]
    for name in names[1:]:
        add_account(review, name, "administrator", PASSWORD, LIGHT)
    start, refused = threading.Barrier(len(names)), []

    def end(name: str) -> None:
        start.wait()
        try:
            set_enabled(review, name, False)
        except UsageError:
            refused.append(name)

    threads = [threading.Thread(target=end, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [
        one.name for one in all_accounts(review) if one.enabled and one.name in names
    ] == refused
    assert len(refused) == 1


def test_one_name_added_at_once_is_added_once(review: Review) -> None:
    start, added, refused = threading.Barrier(4), [], []

    def add(role: str) -> None:
        start.wait()
        try:
            added.append(add_account(review, "ann", role, PASSWORD, LIGHT))
        except UsageError:
            refused.append(role)

    threads = [threading.Thread(target=add, args=(role,)) for role in (*ROLES, "annotator")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(added), len(refused)) == (1, 3)
    assert find(review, "ann") == added[0]


def test_a_hash_is_renewed_when_costs_have_changed(review: Review) -> None:
    added = add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with pytest.raises(NotLetIn):
        let_in(review, "ann", "a wrong password", dearer)
    before = hash_of(review, "ann")
    assert extract_parameters(before).time_cost == 1
    assert let_in(review, "ann", PASSWORD, dearer) == added  # its sessions go on
    after = hash_of(review, "ann")
    assert extract_parameters(after).time_cost == 2
    assert let_in(review, "ann", PASSWORD, dearer) == added
    assert hash_of(review, "ann") == after


def test_who_fails_waits_even_with_the_right_password(review: Review) -> None:
    add_account(review, "ann", "annotator", PASSWORD, LIGHT)
    throttle = Throttle(of_a_name=Patience(free=1))
    for name in ("ann", "ANN"):
        with pytest.raises(NotLetIn):
            log_in(review, throttle, name, "a wrong password", HERE, 0, LIGHT)
    with pytest.raises(Throttled, match="try again in 1 s"):
        log_in(review, throttle, "ann", PASSWORD, "192.0.2.9", 0, LIGHT)
    assert log_in(review, throttle, "ann", PASSWORD, HERE, 1000, LIGHT).name == "ann"


def test_hostile_names_share_one_place_in_the_memory(review: Review) -> None:
    throttle = Throttle(of_a_name=Patience(free=1))
    for place in range(2):
        with pytest.raises(NotLetIn):
            log_in(review, throttle, f"<{place}>" * 999, "x", f"192.0.2.{place}", 0, LIGHT)
    with pytest.raises(Throttled):
        log_in(review, throttle, "<2>", "x", "192.0.2.3", 0, LIGHT)
