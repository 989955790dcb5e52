from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from outbound.adapters.sql.schema import outbox, service_records
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views import read_models
from outbound.usecases.ports.stored.records import Delivered, Undelivered
from outbound.usecases.records.file_records import GIVE_UP_AFTER, file_records, wait_after
from tests.conftest import ManualClock


class FakeSink:
    """Keeps what is delivered; `answers` are given in turn, then everything is accepted."""

    def __init__(self, *answers: Delivered | Undelivered) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []

    def deliver(self, record_id: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Take the next answer."""
        assert body["campaign"] == "welcome-tw"
        self.seen.append(record_id)
        return self.answers.pop(0) if self.answers else Delivered()


def queue(store: SqlStore, clock: ManualClock, *ids: str, kind: str = "record") -> None:
    """Put records into the outbox."""
    with store.engine.begin() as connection:
        for item in ids:
            body = {"record_id": item, "campaign": "welcome-tw", "disposition": "welcomed"}
            connection.execute(
                insert(outbox).values(
                    id=item, kind=kind, company_id="c", attempt_id=f"a-{item}", contact_id="k", body=body,
                    created_at=clock.now(), status="pending", next_try_at=clock.now(),
                )
            )  # fmt: skip


def statuses(store: SqlStore) -> dict[str, str]:
    """Outbox identifiers to their status."""
    with store.reading() as connection:
        return dict(connection.execute(select(outbox.c.id, outbox.c.status)).tuples().all())


class TestTable:
    """Filing into the table of the same database."""

    def test_files_each_record_exactly_once(self, store: SqlStore, clock: ManualClock) -> None:
        """Two batches over the same outbox file every record once, and messages are left alone."""
        queue(store, clock, "r1", "r2", "r3")
        queue(store, clock, "m1", kind="message")
        first = file_records(store, sink=None, now=clock.now(), limit=2)
        second = file_records(store, sink=None, now=clock.now())
        third = file_records(store, sink=None, now=clock.now())
        assert (first.filed, second.filed, third.filed) == (2, 1, 0)
        with store.reading() as connection:
            assert sorted(connection.execute(select(service_records.c.record_id)).scalars()) == ["r1", "r2", "r3"]
        assert statuses(store)["m1"] == "pending"


class TestSink:
    """Filing with a receiver outside."""

    def test_delivers_with_the_record_as_key(self, store: SqlStore, clock: ManualClock) -> None:
        """Each record goes out once with its identifier when the receiver takes it."""
        queue(store, clock, "r1", "r2")
        sink = FakeSink()
        assert file_records(store, sink=sink, now=clock.now()).filed == 2
        assert file_records(store, sink=sink, now=clock.now()).filed == 0
        assert sink.seen == ["r1", "r2"]

    def test_tries_again_with_back_off_until_it_is_taken(self, store: SqlStore, clock: ManualClock) -> None:
        """A receiver that is away gets the same record again, each time later, and in the end once."""
        queue(store, clock, "r1")
        sink = FakeSink(Undelivered("HTTP 503"), Undelivered("no answer"))
        report = file_records(store, sink=sink, now=clock.now())
        assert (report.failed, report.pending, report.next_due) == (1, 1, clock.now() + timedelta(seconds=30))
        assert file_records(store, sink=sink, now=clock.advance(seconds=29)).failed == 0
        assert file_records(store, sink=sink, now=clock.advance(seconds=1)).next_due == clock.now() + timedelta(
            minutes=1
        )
        assert file_records(store, sink=sink, now=clock.advance(minutes=1)).filed == 1
        assert sink.seen == ["r1"] * 3

    def test_a_receiver_that_is_away_is_not_asked_five_hundred_times(
        self, sqlite_store: SqlStore, clock: ManualClock
    ) -> None:
        """After three failures in a row the batch ends; the rest is delivered later, each once."""
        ids = [f"r{number}" for number in range(9)]
        queue(sqlite_store, clock, *ids)
        sink = FakeSink(*[Undelivered("no answer")] * 3)
        assert file_records(sqlite_store, sink=sink, now=clock.now()).failed == 3
        assert len(sink.seen) == 3
        assert file_records(sqlite_store, sink=sink, now=clock.advance(minutes=3)).filed == 9
        assert sorted(set(sink.seen)) == ids

    def test_what_is_refused_for_good_is_laid_aside(self, store: SqlStore, clock: ManualClock) -> None:
        """A final refusal makes the record dead at once; the other records go on."""
        queue(store, clock, "r1", "r2")
        report = file_records(store, sink=FakeSink(Undelivered("HTTP 422", final=True)), now=clock.now())
        assert (report.filed, report.dead) == (1, 1)
        assert statuses(store) == {"r1": "dead", "r2": "delivered"}

    def test_a_dead_record_can_be_sent_again(self, store: SqlStore, clock: ManualClock) -> None:
        """What was laid aside is listed, and goes out under its old key when somebody asks for it."""
        queue(store, clock, "r1")
        queue(store, clock, "m1", kind="message")
        file_records(store, sink=FakeSink(Undelivered("HTTP 422", final=True)), now=clock.now())
        with store.begin() as work:
            work.records.undelivered("m1", "unknown", "timeout", clock.now())
            work.commit()
        with store.reading() as connection:
            assert [row["id"] for row in read_models.dead_letters(connection)] == ["m1", "r1"]
        with store.begin() as work:
            assert work.records.revive("m1", clock.now()) == 0
            assert work.records.revive(None, clock.now()) == 1
            work.commit()
        sink = FakeSink()
        assert file_records(store, sink=sink, now=clock.now()).filed == 1
        assert sink.seen == ["r1"]

    def test_gives_up_after_a_week(self, store: SqlStore, clock: ManualClock) -> None:
        """A record that could not be delivered for a week is dead, not forgotten."""
        queue(store, clock, "r1")
        clock.advance(seconds=GIVE_UP_AFTER.total_seconds() + 1)
        assert file_records(store, sink=FakeSink(Undelivered("HTTP 503")), now=clock.now()).dead == 1

    def test_a_crash_after_sending_sends_again(self, store: SqlStore, clock: ManualClock) -> None:
        """What was claimed by a process that died is delivered again once its lease is over, under the same key."""
        queue(store, clock, "r1")
        with store.begin() as work:
            assert len(work.records.claim("record", clock.now(), clock.now() + timedelta(minutes=2), 10)) == 1
            work.commit()
        sink = FakeSink()
        assert file_records(store, sink=sink, now=clock.now()).filed == 0
        assert file_records(store, sink=sink, now=clock.advance(minutes=2)).filed == 1
        assert sink.seen == ["r1"]


def test_waits_double_up_to_an_hour() -> None:
    """The first wait is half a minute, each next one twice as long, never more than an hour."""
    assert [wait_after(tries).total_seconds() for tries in (1, 2, 3, 8, 99)] == [30, 60, 120, 3600, 3600]
