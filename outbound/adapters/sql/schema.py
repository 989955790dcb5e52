"""Tables. Personal data stands in `Sealed` columns only; numbers are found by blind index.

Identifiers are 32 hexadecimal digits without meaning. JSON columns hold nothing personal.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from outbound.adapters.sql.columns import Instant, Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


contacts = Table(
    "contacts",
    metadata,
    _id(),
    Column("company_id", String(40), nullable=False),
    Column("campaign_id", String(60), nullable=False),
    Column("customer_index", String(32), nullable=False),
    # an object: customer_id, full_name, birth_date (ISO or null), postal_code
    Column("person", Sealed("contacts.person"), nullable=False),
    Column("region", String(10), nullable=False),
    Column("time_zone", String(60)),
    # where bills go; used when the policy's own address does not tell enough
    Column("billing_region", String(10)),
    Column("language", String(20)),
    Column("preferred_window", String(60)),
    Column("privacy_notice_on", Date),
    # an object: purpose to ISO date or null
    Column("consents", JSON, nullable=False),
    Column("do_not_call", Boolean, nullable=False),
    # open: to be planned; planned: an attempt is planned or live; done: closed; withdrawn: no policy in force
    Column("state", String(12), nullable=False),
    # why the contact is not planned, or how it was closed; a reason code
    Column("reason", String(60)),
    Column("not_before", Instant),
    Column("deadline", Date),
    # a later policy after the quiet days opens a new round with attempts of its own
    Column("round", Integer, nullable=False, server_default="1"),
    Column("welcomed_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("company_id", "customer_index"),
    Index("ix_contacts_state_campaign_id_deadline", "state", "campaign_id", "deadline"),
)

phones = Table(
    "phones",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("number", Sealed("phones.number"), nullable=False),
    Column("number_index", String(32), nullable=False, index=True),
    Column("extension", Sealed("phones.extension")),
    Column("line", String(10), nullable=False),
    # a reason code once this number is known not to lead to this contact
    Column("unusable", String(60)),
    UniqueConstraint("contact_id", "number_index"),
)

policies = Table(
    "policies",
    metadata,
    _id(),
    Column("company_id", String(40), nullable=False),
    Column("policy_no", String(60), nullable=False),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("content_hash", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("product_code", String(60)),
    Column("product_name", String(200)),
    Column("issued_on", Date, nullable=False),
    Column("delivered_on", Date),
    Column("agent_code", String(60)),
    Column("channel", String(60)),
    Column("fund_source", String(60)),
    Column("attributes", Sealed("policies.attributes")),
    # what this policy says of its holder's numbers (an array of blind indexes, best first) and of robot calls
    Column("numbers", JSON),
    Column("do_not_call", Boolean, nullable=False, server_default=text("false")),
    # due: to be welcomed; closed: welcomed or given up; within the quiet days messaged, or merged with the earlier one
    Column("welcome", String(12), nullable=False),
    Column("source", String(120)),
    Column("taken_in_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("company_id", "policy_no"),
)

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("company_id", String(40), primary_key=True),
    Column("policy_no", String(60), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    Column("company_id", String(40), nullable=False),
    Column("source", String(200), nullable=False),
    Column("line", Integer, nullable=False),
    Column("field", String(60), nullable=False),
    Column("code", String(60), nullable=False),
    Column("masked_value", String(120), nullable=False),
    Column("reason", String(400), nullable=False),
    Column("mend", String(400), nullable=False),
    Column("row", Sealed("quarantine.row"), nullable=False),
    Column("row_index", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", String(12), nullable=False),  # waiting, mended
    UniqueConstraint("company_id", "row_index"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

LIVE_STATUSES = "('reserved', 'placed', 'ringing', 'in_progress', 'unknown')"

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("token", String(64), nullable=False, unique=True),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("company_id", String(40), nullable=False),
    Column("campaign_id", String(60), nullable=False),
    Column("phone_id", ForeignKey("phones.id"), nullable=False),
    Column("number_index", String(32), nullable=False),
    Column("round", Integer, nullable=False),
    # counts dials within the round; set when the attempt is reserved
    Column("attempt_number", Integer),
    Column("origin", String(12), nullable=False),  # first, retry, callback
    Column("callback_id", String(32)),
    Column("status", String(12), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("window_start", Instant, nullable=False),
    Column("window_end", Instant, nullable=False),
    Column("deadline", Date),
    Column("reserved_at", Instant),
    Column("dial_by", Instant),
    # from then on the telephone may no longer begin to ring: what the carrier still holds is cancelled
    Column("ring_by", Instant),
    # when the carrier was told to take the call out of its queue; `cause` says why
    Column("cancel_asked_at", Instant),
    Column("worker", String(60)),
    Column("sid", String(34), unique=True),
    Column("placed_at", Instant),
    Column("ringing_at", Instant),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("carrier_status", String(20)),
    Column("carrier_code", Integer),
    Column("answered_by", String(30)),
    Column("connect_result", String(12)),
    Column("disposition", String(24)),
    Column("cause", String(60)),
    Column("script", String(60)),
    Column("script_version", String(64)),
    Column("language", String(20)),
    # the conversation between turns, as the engine's JSON
    Column("session", Sealed("attempts.session")),
    Column("turn", Integer, nullable=False, server_default="0"),
    # true while words may be kept; null until asked
    Column("recording", Boolean),
    # whether the person asked for is on the line; null until they said so
    Column("right_party", Boolean),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("receipt_id", String(32)),
    Column("record_id", String(32)),
    Column("updated_at", Instant, nullable=False),
    Index(
        "uq_attempts_one_live_call_a_number",
        "number_index",
        unique=True,
        sqlite_where=text(f"status IN {LIVE_STATUSES}"),
        postgresql_where=text(f"status IN {LIVE_STATUSES}"),
    ),
    # A contact has one attempt at a time, planned or live, whatever its numbers.
    Index(
        "uq_attempts_one_open_attempt_a_contact",
        "contact_id",
        unique=True,
        sqlite_where=text("status IN ('planned', 'reserved', 'placed', 'ringing', 'in_progress', 'unknown')"),
        postgresql_where=text("status IN ('planned', 'reserved', 'placed', 'ringing', 'in_progress', 'unknown')"),
    ),
    Index("ix_attempts_status_window_start", "status", "window_start"),
    Index("ix_attempts_number_index_reserved_at", "number_index", "reserved_at"),
)

attempt_events = Table(
    "attempt_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("from_status", String(12)),
    Column("to_status", String(12), nullable=False),
    Column("cause", String(60), nullable=False),
)

carrier_events = Table(
    "carrier_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("sid", String(34), nullable=False),
    Column("kind", String(12), nullable=False),  # status, amd
    Column("sequence", Integer, nullable=False),
    Column("status", String(30), nullable=False),
    Column("at", Instant),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("sid", "kind", "sequence"),
)

turns = Table(
    "turns",
    metadata,
    Column("attempt_id", ForeignKey("attempts.id"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("step", String(60)),
    Column("kind", String(20), nullable=False),  # opened, keyed, spoken, silence, machine, transfer
    # what it was taken to mean: nothing that the caller said
    Column("meaning", String(60)),
    # the words; null where the person did not agree to their being kept
    Column("heard", Sealed("turns.heard")),
    Column("said", Sealed("turns.said")),
    # the answer as sent, for the same request again; it is the robot's words only
    Column("answer", Sealed("turns.answer", raw=True), nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("attempt_id", ForeignKey("attempts.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", Sealed("answers.value"), nullable=False),
    Column("score", Float),
    Column("at", Instant, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("attempt_id", String(32), index=True),
    Column("stage", String(12), nullable=False),  # plan, reservation, carrier
    Column("at", Instant, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    # hex SHA-256 of the row, so that a changed one is seen
    Column("digest", String(64), nullable=False, server_default=""),
)

callbacks = Table(
    "callbacks",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("window_start", Instant, nullable=False),
    Column("window_end", Instant, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("status", String(12), nullable=False),  # open, kept, late, broken, withdrawn
    Column("settled_at", Instant),
    Index("ix_callbacks_status_window_start", "status", "window_start"),
)

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
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
    _id(),
    # what waits: domain/inbox.py names the kinds
    Column("kind", String(24), nullable=False),
    Column("company_id", String(40), nullable=False),
    Column("contact_id", String(32), index=True),
    Column("attempt_id", String(32), index=True),
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

outbox = Table(
    "outbox",
    metadata,
    # equals the idempotency key at the receiver
    _id(),
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
    Index("ix_outbox_status_next_try_at", "status", "next_try_at"),
)

service_records = Table(
    "service_records",
    metadata,
    Column("record_id", String(32), primary_key=True),
    Column("attempt_id", String(32), nullable=False, unique=True),
    Column("company_id", String(40), nullable=False),
    Column("campaign_id", String(60), nullable=False),
    Column("contact_id", String(32), nullable=False),
    Column("disposition", String(24), nullable=False),
    Column("body", Sealed("service_records.body"), nullable=False),
    Column("received_at", Instant, nullable=False),
)

stop_orders = Table(
    "stop_orders",
    metadata,
    _id(),
    Column("campaign_id", String(60)),  # null: everything
    Column("reason", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(60)),
)

pacing = Table(
    "pacing",
    metadata,
    Column("trunk", String(60), primary_key=True),
    Column("next_at", Instant, nullable=False),
    Column("calls_per_second", Float, nullable=False),
    Column("paused_until", Instant),
    Column("paused_for", String(60)),
)

# What tells a wrong key from the right one before anything is written with it.
key_checks = Table(
    "key_checks",
    metadata,
    Column("name", String(12), primary_key=True),  # data, index
    Column("sealed", LargeBinary),
    Column("digest", String(32)),
)

# Areas where nobody is called for a while, such as a county whose work is suspended for a typhoon.
area_suspensions = Table(
    "area_suspensions",
    metadata,
    _id(),
    Column("code", String(10), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(60)),
)

# Where a contact is, when that is known better than from the policy's address.
contact_places = Table(
    "contact_places",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("source", String(12), nullable=False),  # stated, taken_back
    Column("region", String(10), nullable=False),
    Column("time_zone", String(60)),
    # a stay abroad ends; null: until something else is said
    Column("until", Instant),
    Column("evidence", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
)

# Every rule that a receipt refers to, as it was read, by the hash of its content.
rule_contents = Table(
    "rule_contents",
    metadata,
    Column("content_hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),  # pack, calendar_year, manifest
    Column("code", String(10), nullable=False),
    Column("version", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

# Interviews that the regulator asks for: a queue of their own, which no welcome call can close.
interviews = Table(
    "interviews",
    metadata,
    _id(),
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
