"""What administrators see and do."""

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from anigifs.foundation import UsageError
from anigifs.review.people import accounts
from anigifs.review.store.engine import Unreachable
from anigifs.review.web.desk import Asked
from anigifs.review.web.guard import FIELDS
from anigifs.review.work.progress import overview
from anigifs.review.work.quiz import quiz_result

#: What is said once it is done. The address of a page says only which of these.
DONE = {
    "added": "The account was added.",
    "disable": "The account was disabled, and its sessions were ended.",
    "enable": "The account was enabled.",
    "role": "The role was changed, and the sessions of the account were ended.",
    "password": "The password was changed, and the sessions of the account were ended.",
}


def admin(asked: Asked) -> Response:
    """Show how the work stands, and the accounts."""
    done = asked.request.query_params.get("did", "")
    return _page(asked, 200, DONE.get(done, ""))


def add(asked: Asked) -> Response:
    """Add an account."""
    form, passwords = asked.form(FIELDS), asked.desk.serving.passwords
    return _did(
        asked,
        "added",
        lambda: accounts.add_account(
            asked.review, form["name"].strip(), form["role"], form["password"], passwords
        ),
    )


def change(asked: Asked) -> Response:
    """Change an account."""
    form, review = asked.form(FIELDS), asked.review
    name, passwords = asked.request.path_params["name"], asked.desk.serving.passwords
    changes: dict[str, Callable[[], object]] = {
        "disable": lambda: accounts.set_enabled(review, name, False),
        "enable": lambda: accounts.set_enabled(review, name, True),
        "role": lambda: accounts.set_role(review, name, form["role"]),
        "password": lambda: accounts.set_password(review, name, form["password"], passwords),
    }
    if form["action"] not in changes:
        return _page(asked, 400, f"There is no such action; there are {', '.join(changes)}.")
    return _did(asked, form["action"], changes[form["action"]])


def _did(asked: Asked, what: str, do: Callable[[], object]) -> Response:
    """Do something and lead to the page that says so, which can be loaded again."""
    try:
        do()
    except Unreachable:
        raise
    except UsageError as error:
        return _page(asked, 400, f"{error}")
    return RedirectResponse(f"/admin?did={what}", 303)


def _page(asked: Asked, status: int, message: str) -> Response:
    return asked.page(
        "admin",
        status,
        overview=overview(asked.review, asked.now_ms),
        quiz=quiz_result(asked.review),
        accounts=accounts.all_accounts(asked.review),
        message=message,
    )
