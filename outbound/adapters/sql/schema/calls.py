"""Tables of calls: attempts, what the carrier said of them, and what was said in them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from outbound.adapters.sql.database.columns import Instant, Sealed
from outbound.adapters.sql.schema.base import identifier, metadata

LIVE_STATUSES = "('reserved', 'placed', 'ringing', 'in_progress', 'unknown')"

attempts = Table(
    "attempts",
    metadata,
    identifier(),
    Column("token", String(64), nullable=False, unique=True),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("company_id", String(40), nullable=False),
    Column("campaign_id", String(60), nullable=False),
    Column("phone_id", ForeignKey("phones.id"), nullable=False),
    Column("number_index", String(32), nullable=False),
    Column("round", Integer, nullable=False),
    # counts dials within the round; set when the attempt is reserved
    Column("attempt_number", Integer),
    Column("origin", String(12), nullable=False),  # first, retry, callback, inbound
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
    # when the carrier's queue was last searched for the call, while its sid is not known and it must not ring
    Column("looked_for_at", Instant),
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
    # what decided the meaning of words: rules, trained model and answers
    Column("understanding_version", String(64)),
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
    # how sure the understanding was, from 0 to 1; null where nothing had to be understood
    Column("confidence", Float),
    # the approved answer that was given
    Column("faq_id", String(60)),
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

# Calls that came to the number that we show: people who ring back.
unanswered_questions = Table(
    "unanswered_questions",
    metadata,
    identifier(),
    Column("company_id", String(40), nullable=False),
    Column("campaign_id", String(60), nullable=False),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("language", String(20), nullable=False),
    # the callee's words, redacted; null where they may not be kept
    Column("words", Sealed("unanswered_questions.words")),
    # the approved answer that was nearest, and how near
    Column("nearest", String(60)),
    Column("score", Float, nullable=False),
    Column("status", String(12), nullable=False),  # waiting, answered, dismissed
    Column("done_at", Instant),
    Column("done_by", String(60)),
)

script_versions = Table(
    "script_versions",
    metadata,
    # of all files that the script is made of, hex SHA-256
    Column("version", String(64), primary_key=True),
    Column("name", String(60), nullable=False, index=True),
    Column("understanding_version", String(64), nullable=False),
    # the files by their path, as compressed JSON: what was said years ago can be read, and a call ends on its version
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

inbound_calls = Table(
    "inbound_calls",
    metadata,
    identifier(),
    Column("sid", String(34), nullable=False, unique=True),
    Column("company_id", String(40), nullable=False),
    # null for a withheld number
    Column("number_index", String(32), index=True),
    # null for a caller whom nobody had called
    Column("contact_id", String(32), index=True),
    # the conversation, where one could begin
    Column("attempt_id", String(32), index=True),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
    # how the call was met: conversation, busy_with_us, nothing_open, not_known, not_answered
    Column("met", String(20), nullable=False),
    # the first answer, for the same request again
    Column("answer", Sealed("inbound_calls.answer", raw=True), nullable=False),
    Column("record_id", String(32)),
    # what is looked for again and again: the few of which no end is known
    Index(
        "ix_inbound_calls_open",
        "at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

callbacks = Table(
    "callbacks",
    metadata,
    identifier(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("window_start", Instant, nullable=False),
    Column("window_end", Instant, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("status", String(12), nullable=False),  # open, kept, late, broken, withdrawn
    Column("settled_at", Instant),
    # when a person was asked to keep it, before it was broken
    Column("escalated_at", Instant),
    Index("ix_callbacks_status_window_start", "status", "window_start"),
)
