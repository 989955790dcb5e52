"""Prepared statements behave as SQLAlchemy's own execution does, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import answers, outbox, pacing
from outbound.adapters.sql.store import SqlStore

AT = datetime(2026, 11, 22, 21, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
_INSERT = Prepared(pacing.insert())
_NAMED = Prepared(select(pacing).where(pacing.c.trunk == bindparam("wanted")))
_LISTED = Prepared(
    select(pacing.c.trunk)
    .where(pacing.c.trunk.in_(bindparam("names", expanding=True)), pacing.c.trunk.in_(("a", "b", "c")))
    .order_by(pacing.c.trunk)
)
_RATE = Prepared(update(pacing).where(pacing.c.trunk == bindparam("wanted")))


def _lines(store: SqlStore, *names: str) -> None:
    with store.begin() as work:
        rows = [{"trunk": name, "next_at": AT, "calls_per_second": 1.0} for name in names]
        assert _INSERT.run_many(work._connection, rows) == len(names)
        work.commit()


class TestPrepared:
    """What is written in Core is carried out as Core would."""

    def test_rows_are_the_same_as_those_of_execute(self, store: SqlStore) -> None:
        """Rows are named tuples with the values, names and types of SQLAlchemy's own."""
        _lines(store, "a")
        with store.begin() as work:
            row = _NAMED.first(work._connection, {"wanted": "a"})
            usual = work._connection.execute(select(pacing)).one()
        assert row == usual
        assert row._asdict() == usual._asdict()
        assert row.next_at == AT
        assert row.next_at.tzinfo is UTC

    def test_says_when_there_is_no_row(self, store: SqlStore) -> None:
        """Without a row `first` is None, `all` is empty, and a change counts none."""
        with store.begin() as work:
            assert _NAMED.first(work._connection, {"wanted": "a"}) is None
            assert _NAMED.all(work._connection, {"wanted": "a"}) == []
            assert _RATE.run(work._connection, {"wanted": "a", "calls_per_second": 2.0}) == 0
            assert _INSERT.run_many(work._connection, []) == 0

    def test_columns_that_are_set_follow_from_the_values(self, store: SqlStore) -> None:
        """One UPDATE sets whatever it is given, and nothing else."""
        _lines(store, "a", "b")
        with store.begin() as work:
            assert _RATE.run(work._connection, {"wanted": "a", "calls_per_second": 2.0}) == 1
            assert _RATE.run(work._connection, {"wanted": "a", "paused_until": AT, "paused_for": "why"}) == 1
            row = _NAMED.first(work._connection, {"wanted": "a"})
            other = _NAMED.first(work._connection, {"wanted": "b"})
        assert row is not None
        assert other is not None
        assert (row.calls_per_second, row.paused_until, row.paused_for) == (2.0, AT, "why")
        assert (other.calls_per_second, other.paused_until) == (1.0, None)

    def test_lists_are_spelt_out(self, store: SqlStore) -> None:
        """A list may have any length from call to call, also none at all, beside one that stands in the statement."""
        _lines(store, "a", "b", "z")
        with store.begin() as work:
            asked: list[list[str]] = [[], ["a"], ["a", "b", "z"], [], ["z"]]
            found = [[row.trunk for row in _LISTED.all(work._connection, {"names": names})] for names in asked]
        assert found == [[], ["a"], ["a", "b"], [], []]

    def test_more_shapes_than_are_kept(self, store: SqlStore) -> None:
        """However many lengths a list has had, the answer is right."""
        _lines(store, "b")
        with store.begin() as work:
            for length in range(1, 70):
                found = _LISTED.all(work._connection, {"names": ["x"] * length + ["b"]})
                assert [row.trunk for row in found] == ["b"]

    def test_keeps_personal_columns_sealed(self, store: SqlStore) -> None:
        """A sealed column is sealed on the way in, and opened on the way out."""
        row = {"id": "1", "kind": "record", "company_id": "c", "body": {"name": "王測"}, "created_at": AT}
        insert = Prepared(outbox.insert())
        with store.begin() as work:
            insert.run(work._connection, {**row, "status": "pending", "next_try_at": AT})
            back = Prepared(select(outbox.c.body)).first(work._connection, {})
            raw = work._connection.execute(text("SELECT body FROM outbox")).scalar_one()
        assert back is not None
        assert back.body == {"name": "王測"}
        assert "王測".encode() not in bytes(raw)

    def test_text_and_functions(self, store: SqlStore) -> None:
        """Types of a function's result are kept, and a statement in text takes its parameters' types."""
        _lines(store, "a")
        upsert = Prepared(
            text("UPDATE pacing SET next_at = :at WHERE trunk = 'a'").bindparams(
                bindparam("at", type_=pacing.c.next_at.type)
            )
        )
        latest = Prepared(select(func.max(pacing.c.next_at), func.count()))
        with store.begin() as work:
            assert upsert.run(work._connection, {"at": AT + timedelta(hours=1)}) == 1
            assert latest.all(work._connection, {}) == [(AT + timedelta(hours=1), 1)]

    def test_belongs_to_the_transaction(self, store: SqlStore) -> None:
        """What was prepared is rolled back with everything else."""
        with store.begin() as work:
            _INSERT.run(work._connection, {"trunk": "a", "next_at": AT, "calls_per_second": 1.0})
        with store.reading() as connection:
            assert _NAMED.first(connection, {"wanted": "a"}) is None

    def test_errors_are_those_of_sqlalchemy(self, store: SqlStore) -> None:
        """A broken constraint and a statement that the database refuses raise what `execute` raises, without values."""
        _lines(store, "secret")
        with store.begin() as work, pytest.raises(IntegrityError) as found:
            _INSERT.run(work._connection, {"trunk": "secret", "next_at": AT, "calls_per_second": 1.0})
        assert found.value.orig is not None
        assert found.value.params is None
        refused = Prepared(text("SELECT nothing FROM nowhere"))
        with store.begin() as work, pytest.raises(DatabaseError):
            refused.all(work._connection, {})

    def test_a_naive_instant_is_refused(self, store: SqlStore) -> None:
        """An instant without a zone never reaches the database."""
        with store.begin() as work, pytest.raises(ValueError, match="time zone"):
            _INSERT.run(work._connection, {"trunk": "a", "next_at": AT.replace(tzinfo=None), "calls_per_second": 1.0})

    def test_defaults_of_the_program_are_refused(self, store: SqlStore) -> None:
        """A statement whose defaults Python would have to make is not prepared: it would be stored without them."""
        from sqlalchemy import Column, Integer, MetaData, Table

        table = Table("made", MetaData(), Column("a", Integer), Column("b", Integer, default=lambda: 1))
        with store.begin() as work, pytest.raises(TypeError, match="defaults"):
            Prepared(table.insert()).run(work._connection, {"a": 1})


@pytest.mark.postgres
def test_a_lost_connection_is_given_up(postgres_store: SqlStore) -> None:
    """When PostgreSQL is gone in the middle, the error is SQLAlchemy's and the next transaction works again."""
    die = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    ask: Any = Prepared(select(answers.c.name))
    with postgres_store.begin() as work, pytest.raises(DatabaseError) as found:
        die.all(work._connection, {})
    assert found.value.connection_invalidated
    with postgres_store.begin() as work:
        assert ask.all(work._connection, {}) == []
