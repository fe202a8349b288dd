"""The tables, for SQLite and PostgreSQL alike; times are integer milliseconds since 1970, UTC.

``events`` and ``answers`` are logs: the databases themselves refuse to change or delete a row. What
follows from ``events`` stands in ``standing`` and in the derived columns of ``items``, so that a
vote does not read the log; :func:`anigifs.review.store.log.rebuild` computes it from the log alone.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
)

#: Stands in ``about``; tables of another version are refused.
VERSION = "1"
#: Tables to which rows are only ever added.
LOGS = ("events", "answers")
metadata = MetaData()
#: Of 64 bits; SQLite numbers rows by itself only under the name INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


about = Table(
    "about",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_ms", _Number, nullable=False),
    CheckConstraint("role IN ('annotator', 'adjudicator', 'administrator')"),
    sqlite_autoincrement=True,
)

#: The classes that people may choose, and what they mean; the definition may be empty.
classes = Table(
    "classes",
    metadata,
    Column("label", Text, primary_key=True),
    _text("definition"),
)

items = Table(
    "items",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),  # the first of labels
    Column("labels", Text, nullable=False),  # a JSON list, most hits first
    Column("place", Integer, nullable=False),  # in the order in which they are judged
    Column("draw", _Number, nullable=False),  # a random number that follows from the seed
    Column("gold", Text),  # {"verdict", "label", "criterion"} in JSON, where that is known
    # These follow from the log; but nothing there says that an item is withdrawn.
    Column("state", Text, nullable=False, server_default="open"),
    _flag("hidden"),  # escalated, and nobody has decided
    Column("needed", Integer, nullable=False),
    _count("cast"),  # annotators who judged it, skips left out
    _text("why"),  # conflict or escalated: of a dispute, or of an item that needs one more vote
    _text("outcome"),  # accept or reject, where it is decided
    _text("outcome_label"),  # as which class it is accepted
    # Leases that run.
    _count("leased"),
    Column(
        "free",  # 1 where somebody may be given it
        Integer,
        Computed(
            "CASE WHEN state = 'open' AND gold IS NULL AND \"cast\" + leased < needed "
            "THEN 1 ELSE 0 END",
            persisted=True,
        ),
    ),
    CheckConstraint("state IN ('open', 'decided', 'disputed', 'withdrawn')"),
    CheckConstraint("leased >= 0"),
    CheckConstraint('"cast" >= 0'),
    Index("items_free", "free", "place"),
    Index("items_state", "state", "place"),
    Index("items_outcome", "outcome", "outcome_label", "place"),
    sqlite_autoincrement=True,
)
Index(
    "items_gold",
    items.c.place,
    sqlite_where=items.c.gold.is_not(None),
    postgresql_where=items.c.gold.is_not(None),
)

#: Who was given what. A lease that ran out stays as a row that does not run: its vote may yet come.
leases = Table(
    "leases",
    metadata,
    Column("item", ForeignKey("items.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("until_ms", _Number, nullable=False),
    Column("turn", _Number, nullable=False),  # a person's cards are shown in this order
    Column("runs", Boolean, nullable=False),
    Index("leases_account", "account", "runs", "turn"),
    Index("leases_until", "runs", "until_ms"),
)

#: How far each person has walked through the items, which only says where to look next; and how
#: many they have judged, so that it is not counted after each vote.
walks = Table(
    "walks",
    metadata,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    _count("served"),  # cards that were given out
    Column("front", Integer, nullable=False, server_default="-1"),  # the furthest place
    Column("sweep", Integer, nullable=False, server_default="-1"),  # the place behind it, in turn
    Column("progress", Text),  # what the person was told last, in JSON; null to count it again
    Column("counted_ms", _Number, nullable=False, server_default="0"),
)

events = Table(
    "events",
    metadata,
    Column("seq", _Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("role", Text, nullable=False),
    _text("verdict"),
    _text("label"),
    _text("criterion"),
    _text("style"),
    _text("comment"),
    _flag("escalate"),
    Column("undoes", ForeignKey("events.id"), unique=True),
    _count("took_ms"),
    Column("at_ms", _Number, nullable=False),
    _flag("gold"),  # its answer was known when it was judged
    CheckConstraint("kind IN ('vote', 'undo')"),
    CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)"),
    Index("events_item", "item", "account", "seq"),
    sqlite_autoincrement=True,
)

#: Each person's vote on each item that counts; it follows from ``events``.
standing = Table(
    "standing",
    metadata,
    Column("item", ForeignKey("items.id"), primary_key=True),
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("seq", ForeignKey("events.seq"), nullable=False),
    Column("verdict", Text, nullable=False),
    _text("label"),
    _text("criterion"),
    _text("style"),
    _flag("escalate"),
    Column("gold_right", Boolean),  # null where the answer was not known, or the person skipped
    Column("at_ms", _Number, nullable=False),
    Index("standing_account", "account", "role", "seq"),
    Index("standing_progress", "account", "role", "verdict", "at_ms", "gold_right"),
)

answers = Table(
    "answers",
    metadata,
    Column("seq", _Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("label", Text, nullable=False),
    _count("took_ms"),
    Column("at_ms", _Number, nullable=False),
    _flag("right"),
    UniqueConstraint("account", "item"),
    sqlite_autoincrement=True,
)


def _ddl(text: str) -> DDL:
    return DDL(text)  # type: ignore[no-untyped-call]


def _refuse_changes() -> None:
    """Let both databases refuse to change what stands in a log."""
    function = _ddl(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%%: rows are only ever added', TG_TABLE_NAME; END $$"
    )
    event.listen(metadata, "before_create", function.execute_if(dialect="postgresql"))
    for name in LOGS:
        table = metadata.tables[name]
        for change in ("UPDATE", "DELETE"):
            trigger = _ddl(
                f"CREATE TRIGGER {name}_no_{change.lower()} BEFORE {change} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name}: rows are only ever added'); END"
            )
            event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))
        trigger = _ddl(
            f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        event.listen(table, "after_create", trigger.execute_if(dialect="postgresql"))


_refuse_changes()
