"""Policies, contacts and quarantine, as intake needs them, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from outbound.adapters.sql import intake_rows as rows
from outbound.adapters.sql.database.bulk import Columns, insert_columns
from outbound.adapters.sql.desk import SqlDesk
from outbound.adapters.sql.interviews import changed_interview, interview_from, new_interviews
from outbound.adapters.sql.rows import CHUNK, load_contacts
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    interviews,
    outbox,
    phones,
    policies,
    policy_versions,
    quarantine,
    watermarks,
)
from outbound.domain.attempt import AttemptStatus
from outbound.domain.intake.dossier import Claim, Dossier, HeldAttempt
from outbound.domain.outcome.interview import Interview
from outbound.usecases.ports.stored.intake import IntakeConflictError, IntakeWrites, OwnedPolicy, QuarantinedRow

# A unique violation, a deadlock, a serialisation failure.
_CONFLICTS = frozenset({"23505", "40P01", "40001", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_ID: BindParameter[str] = bindparam("this_id")
_CHANGE_CONTACT = update(contacts).where(contacts.c.id == _ID)
_CHANGE_PHONE = update(phones).where(phones.c.id == _ID)
_DROP_PHONE = phones.delete().where(phones.c.id == _ID)
_CHANGE_POLICY = (
    update(policies)
    .where(policies.c.id == _ID)
    .values(welcome=func.coalesce(bindparam("new_welcome", type_=policies.c.welcome.type), policies.c.welcome))
)
_CHANGE_CLAIM = update(policies).where(policies.c.id == _ID)
_WELCOME = _CHANGE_CLAIM.values(welcome=bindparam("new_welcome"), updated_at=bindparam("at"))
_CHANGE_INTERVIEW = update(interviews).where(interviews.c.id == _ID)
_DEADLINE = (
    update(attempts)
    .where(attempts.c.contact_id == bindparam("of_contact"), attempts.c.status == AttemptStatus.PLANNED)
    .values(deadline=bindparam("new_deadline", type_=attempts.c.deadline.type))
)


class SqlIntake:
    """Policies, contacts and quarantine, as intake needs them, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen_versions(self, company_id: str, policy_nos: Collection[str]) -> set[tuple[str, str]]:
        """Return every (policy_no, content_hash) that was ever taken in for these policies."""
        table = policy_versions.c
        query = select(table.policy_no, table.content_hash).where(table.company_id == company_id)
        return {(row[0], row[1]) for row in self._in_chunks(query, table.policy_no, policy_nos)}

    def current_versions(self, company_id: str, policy_nos: Collection[str]) -> Mapping[str, str]:
        """Return the content_hash of each of these policies, by policy_no."""
        table = policies.c
        query = select(table.policy_no, table.content_hash).where(table.company_id == company_id)
        return {row[0]: row[1] for row in self._in_chunks(query, table.policy_no, policy_nos)}

    def owners(self, company_id: str, policy_nos: Collection[str]) -> Mapping[str, OwnedPolicy]:
        """Return who holds these policies, by policy_no."""
        table = policies.c
        query = select(table.policy_no, table.contact_id, table.updated_at).where(table.company_id == company_id)
        found = self._in_chunks(query, table.policy_no, policy_nos)
        return {row.policy_no: OwnedPolicy(row.contact_id, row.updated_at) for row in found}

    def dossiers(
        self, company_id: str, customer_indexes: Collection[str], contact_ids: Collection[str]
    ) -> Mapping[str, Dossier]:
        """Lock and return the contacts of these customers and those with these identifiers, by customer index."""
        table = contacts.c
        query = select(table.id, table.customer_index).where(table.company_id == company_id)
        index_of = {
            row.id: row.customer_index for row in self._in_chunks(query, table.customer_index, customer_indexes)
        }
        others = [one for one in sorted(contact_ids) if one not in index_of]
        index_of |= {row.id: row.customer_index for row in self._in_chunks(query, table.id, others)}
        if not index_of:
            return {}
        ids = sorted(index_of)
        self._lock(ids)
        found = load_contacts(self._connection, ids)
        claims, held = self._claims(ids), self._attempts(ids)
        return {
            index_of[contact_id]: rows.dossier(found[contact_id], claims[contact_id], tuple(held[contact_id]))
            for contact_id in ids
        }

    def cancel_planned(self, causes: Mapping[str, str], now: datetime) -> set[str]:
        """Cancel planned attempts (identifier to cause); return those that were still planned."""
        cancelled: list[tuple[str, str]] = []
        for cause in sorted(set(causes.values())):
            ids = sorted(one for one, why in causes.items() if why == cause)
            for start in range(0, len(ids), CHUNK):
                statement = (
                    update(attempts)
                    .where(attempts.c.id.in_(ids[start : start + CHUNK]), attempts.c.status == AttemptStatus.PLANNED)
                    .values(status=AttemptStatus.CANCELLED, cause=cause, ended_at=now, updated_at=now)
                    .returning(attempts.c.id)
                )
                with _conflicts():
                    cancelled += [(row.id, cause) for row in self._connection.execute(statement)]
        events = [
            {"attempt_id": attempt_id, "at": now, "from_status": "planned", "to_status": "cancelled", "cause": cause}
            for attempt_id, cause in sorted(cancelled)
        ]
        self._insert(attempt_events, events)
        return {attempt_id for attempt_id, _ in cancelled}

    def quarantined(self, company_id: str, row_indexes: Collection[str]) -> set[str]:
        """Return those of the row indexes that already stand in quarantine."""
        query = select(quarantine.c.row_index).where(quarantine.c.company_id == company_id)
        return {row.row_index for row in self._in_chunks(query, quarantine.c.row_index, row_indexes)}

    def interviews(self, policy_ids: Collection[str]) -> Mapping[str, Interview]:
        """Return the interviews of these policies, open or closed, by policy."""
        query = select(interviews)
        found = map(interview_from, self._in_chunks(query, interviews.c.policy_id, policy_ids))
        return {interview.policy_id: interview for interview in found}

    def write(self, company_id: str, source: str, writes: IntakeWrites, now: datetime) -> None:
        """Write a batch."""
        self._insert_columns(policy_versions, rows.new_versions(company_id, writes.versions, now))
        self._insert_columns(contacts, rows.new_contacts(writes.new_contacts, now))
        self._change(_CHANGE_CONTACT, [rows.changed_contact(one, now) for one in writes.changed_contacts])
        self._change(_DEADLINE, [rows.new_deadline(one) for one in writes.changed_contacts])
        self._insert_columns(phones, rows.new_phones(writes.new_phones))
        self._change(_CHANGE_PHONE, [rows.changed_phone(one) for one in writes.changed_phones])
        self._change(_DROP_PHONE, [{"this_id": one} for one in writes.gone_phones])
        self._insert_columns(policies, rows.new_policies(company_id, source, writes.new_policies, now))
        self._change(_CHANGE_POLICY, [rows.changed_policy(source, one, now) for one in writes.changed_policies])
        self._change(_CHANGE_CLAIM, [rows.changed_claim(one, claim) for one, claim in writes.changed_claims])
        self._change(
            _WELCOME, [{"this_id": one, "new_welcome": welcome, "at": now} for one, welcome in writes.new_welcomes]
        )
        self._insert(quarantine, [rows.new_quarantine(company_id, *one, now) for one in writes.rejected])
        self._insert_columns(interviews, new_interviews(company_id, writes.new_interviews, now))
        self._change(_CHANGE_INTERVIEW, [changed_interview(one) for one in writes.changed_interviews])
        for item in writes.items:
            SqlDesk(self._connection).add_item(item)
        self._insert(outbox, [rows.new_message(*one, now) for one in writes.messages])
        self._withdraw(writes.withdrawn, now)

    def waiting(self, company_id: str | None, limit: int | None = None) -> Sequence[QuarantinedRow]:
        """Return the rows that wait in quarantine, in the order in which they came; None means every company."""
        query = select(quarantine).where(quarantine.c.status == "waiting").limit(limit)
        if company_id is not None:
            query = query.where(quarantine.c.company_id == company_id)
        query = query.order_by(quarantine.c.at, quarantine.c.source, quarantine.c.line, quarantine.c.id)
        return [rows.quarantined(row) for row in self._connection.execute(query)]

    def mend(self, row_ids: Collection[str]) -> None:
        """Note that these rows need no mending any more."""
        statement = update(quarantine).where(quarantine.c.id == _ID).values(status="mended")
        self._change(statement, [{"this_id": one} for one in row_ids])

    def watermark(self, source: str) -> str | None:
        """Return where the next reading of a source begins, or None."""
        query = select(watermarks.c.value).where(watermarks.c.source == source)
        return self._connection.execute(query).scalar_one_or_none()

    def set_watermark(self, source: str, value: str, now: datetime) -> None:
        """Remember where the next reading of a source begins."""
        statement = update(watermarks).where(watermarks.c.source == source).values(value=value, updated_at=now)
        with _conflicts():
            if self._connection.execute(statement).rowcount == 0:
                self._insert(watermarks, [{"source": source, "value": value, "updated_at": now}])

    def _in_chunks(self, query: Select[Any], column: Any, values: Collection[str]) -> Iterator[Any]:
        wanted = sorted(values)
        for start in range(0, len(wanted), CHUNK):
            yield from self._connection.execute(query.where(column.in_(wanted[start : start + CHUNK])))

    def _lock(self, ids: Sequence[str]) -> None:
        """Hold the contacts (SQLite has one writer anyway), always in the same order."""
        query = select(contacts.c.id).order_by(contacts.c.id).with_for_update()
        with _conflicts():
            for _ in self._in_chunks(query, contacts.c.id, ids):
                pass

    def _claims(self, ids: Sequence[str]) -> Mapping[str, dict[str, Claim | None]]:
        table = policies.c
        query = select(table.contact_id, table.policy_no, table.numbers, table.do_not_call, table.source)
        found: dict[str, dict[str, Claim | None]] = defaultdict(dict)
        for row in self._in_chunks(query, table.contact_id, ids):
            is_known = row.numbers is not None
            claim = Claim(tuple(row.numbers), row.do_not_call, row.source) if is_known else None
            found[row.contact_id][row.policy_no] = claim
        return found

    def _attempts(self, ids: Sequence[str]) -> Mapping[str, list[HeldAttempt]]:
        table = attempts.c
        query = select(
            table.contact_id, table.id, table.phone_id, table.round, table.status, table.window_start, table.ended_at
        ).order_by(table.planned_at, table.id)
        found: dict[str, list[HeldAttempt]] = defaultdict(list)
        for row in self._in_chunks(query, table.contact_id, ids):
            status = AttemptStatus(row.status)
            found[row.contact_id].append(
                HeldAttempt(row.id, row.phone_id, row.round, status, row.window_start, row.ended_at)
            )
        return found

    def _withdraw(self, ids: Sequence[str], now: datetime) -> None:
        """Take promises and messages back that nobody should get any more."""
        promises = (
            update(callbacks)
            .where(callbacks.c.contact_id == _ID, callbacks.c.status == "open")
            .values(status="withdrawn", settled_at=now)
        )
        messages = (
            update(outbox)
            .where(outbox.c.contact_id == _ID, outbox.c.kind == "message", outbox.c.status == "pending")
            .values(status="dead", last_problem="withdrawn")
        )
        for statement in (promises, messages):
            self._change(statement, [{"this_id": one} for one in ids])

    def _insert(self, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
        if values:
            self._insert_columns(table, {name: [row[name] for row in values] for name in values[0]})

    def _insert_columns(self, table: Table, columns: Columns) -> None:
        with _conflicts():
            insert_columns(self._connection, table, columns)

    def _change(self, statement: Any, values: Sequence[Mapping[str, Any]]) -> None:
        if values:
            with _conflicts():
                self._connection.execute(statement, values)


@contextmanager
def _conflicts() -> Iterator[None]:
    """Turn what another run's rows or locks cause into `IntakeConflictError`."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
        if code in _CONFLICTS:
            raise IntakeConflictError from None
        raise
