"""Tables of what people take up, and of what leaves the house."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from outbound.adapters.sql.database.columns import Instant, Sealed
from outbound.adapters.sql.schema.base import identifier, metadata

suppressions = Table(
    "suppressions",
    metadata,
    identifier(),
    # one of both: everything on a number, or one contact on all its numbers
    Column("number_index", String(32), index=True),
    Column("contact_id", String(32), index=True),
    Column("call_class", String(24)),  # null: every class
    Column("reason", String(60), nullable=False),
    Column("evidence", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(60)),
    Column("lifted_reason", String(200)),
)

inbox = Table(
    "inbox",
    metadata,
    identifier(),
    # what waits: domain/outcome/inbox.py names the kinds
    Column("kind", String(24), nullable=False),
    Column("company_id", String(40), nullable=False),
    Column("contact_id", String(32), index=True),
    Column("attempt_id", String(32), index=True),
    # the turn of that call in which it was said; null for what no turn brought about
    Column("turn", Integer),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("note", Sealed("inbox.note")),
    Column("status", String(12), nullable=False),  # waiting, claimed, done
    Column("claimed_by", String(60)),
    Column("claimed_at", Instant),
    Column("done_at", Instant),
    Column("done_note", Sealed("inbox.done_note")),
    Index("ix_inbox_status_due_at", "status", "due_at"),
)

# Interviews that the regulator asks for: a queue of their own, which no welcome call can close.
interviews = Table(
    "interviews",
    metadata,
    identifier(),
    Column("policy_id", ForeignKey("policies.id"), nullable=False, unique=True),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("company_id", String(40), nullable=False),
    # reason codes of the trigger matrix, and the matrix's version
    Column("because", JSON, nullable=False),
    Column("rules_version", String(60), nullable=False),
    Column("status", String(12), nullable=False),  # waiting, passed, failed, mismatch, not_needed
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(60)),
    Column("attempt_id", String(32)),
    Column("note", Sealed("interviews.note")),
    Index("ix_interviews_status_opened_at", "status", "opened_at"),
)

outbox = Table(
    "outbox",
    metadata,
    # equals the idempotency key at the receiver
    identifier(),
    Column("kind", String(12), nullable=False),  # record, message, event
    Column("company_id", String(40), nullable=False),
    Column("attempt_id", String(32)),
    Column("contact_id", String(32)),
    Column("body", Sealed("outbox.body"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("status", String(12), nullable=False),  # pending, delivered, dead, unknown
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Instant, nullable=False),
    Column("last_problem", String(200)),
    Column("delivered_at", Instant),
    # by which name the carrier knows a message
    Column("sid", String(34)),
    Index("ix_outbox_status_next_try_at", "status", "next_try_at"),
)

service_records = Table(
    "service_records",
    metadata,
    Column("record_id", String(32), primary_key=True),
    Column("attempt_id", String(32), nullable=False, unique=True),
    Column("company_id", String(40), nullable=False),
    # null for a caller whom nobody had called
    Column("campaign_id", String(60)),
    Column("contact_id", String(32)),
    Column("disposition", String(24), nullable=False),
    Column("body", Sealed("service_records.body"), nullable=False),
    Column("received_at", Instant, nullable=False),
)

# What the company's own systems are told besides service records, where they read this database.
company_events = Table(
    "company_events",
    metadata,
    Column("event_id", String(32), primary_key=True),
    Column("event", String(60), nullable=False),
    Column("company_id", String(40), nullable=False),
    Column("body", Sealed("company_events.body"), nullable=False),
    Column("received_at", Instant, nullable=False),
)
