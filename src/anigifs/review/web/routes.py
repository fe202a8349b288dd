"""Every request that is answered, and who may ask: the one table."""

from anigifs.review.people.accounts import ROLES, Role
from anigifs.review.web import admin, api, doors, files, media, pages
from anigifs.review.web.guard import Entry


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


ANYBODY = None
ALL = _only(*ROLES)
ANNOTATOR = _only("annotator")
ADJUDICATOR = _only("adjudicator")
JUDGES = ANNOTATOR | ADJUDICATOR
ADMINISTRATOR = _only("administrator")

#: What is not here is answered with 404.
ENTRIES = (
    Entry("GET", "/health", pages.health, ANYBODY, looks_up=False),
    Entry("GET", "/static/{name}", files.static, ANYBODY, looks_up=False),
    Entry("GET", "/login", doors.login_page, ANYBODY, "page"),
    Entry("POST", "/login", doors.login, ANYBODY, "page", checks=False),
    Entry("POST", "/logout", doors.logout, ANYBODY, "page"),
    Entry("GET", "/", doors.home, ALL, "page"),
    Entry("GET", "/help", pages.help_page, ALL, "page"),
    Entry("GET", "/judge", pages.judge, ANNOTATOR, "page"),
    Entry("GET", "/progress", pages.progress, ANNOTATOR, "page"),
    Entry("GET", "/quiz", pages.quiz, ANNOTATOR, "page"),
    Entry("GET", "/adjudicate", pages.adjudicate, ADJUDICATOR, "page"),
    Entry("GET", "/admin", admin.admin, ADMINISTRATOR, "page"),
    Entry("POST", "/admin/accounts", admin.add, ADMINISTRATOR, "page"),
    Entry("POST", "/admin/accounts/{name}", admin.change, ADMINISTRATOR, "page"),
    Entry("GET", "/api/work", api.work, ANNOTATOR),
    Entry("POST", "/api/votes", api.vote, ANNOTATOR),
    Entry("POST", "/api/undo", api.undo_vote, ANNOTATOR),
    Entry("GET", "/api/quiz", api.quiz, ANNOTATOR),
    Entry("POST", "/api/answers", api.guess, ANNOTATOR),
    Entry("GET", "/api/classes/{label:path}", api.class_, JUDGES),
    Entry("GET", "/api/disputes", api.disputed, ADJUDICATOR),
    Entry("GET", "/api/disputes/{sha256}", api.decided, ADJUDICATOR),
    Entry("POST", "/api/decisions", api.decide, ADJUDICATOR),
    Entry("GET", "/media/{sha256}.webp", media.sheet, ALL),
    Entry("GET", "/media/{sha256}.json", media.timing, ALL),
    Entry("GET", "/media/{sha256}/file", media.original, ALL),
)
