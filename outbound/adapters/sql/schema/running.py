"""Tables of what holds over all calls: pace, orders to stop, who works, rules and receipts."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, LargeBinary, String, Table, Text

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.schema.base import identifier, metadata

stop_orders = Table(
    "stop_orders",
    metadata,
    identifier(),
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
    # share of the configured rate that is in force, lowered when the carrier or our own webhooks are slow
    Column("factor", Float, nullable=False, server_default="1"),
    Column("factor_at", Instant),
    # orders in a row of which nothing certain was heard: enough of them open the breaker
    Column("failures", Integer, nullable=False, server_default="0"),
    # calls that a campaign had, each divided by its weight; of a trunk, where the turns among campaigns have come to
    Column("served", Float, nullable=False, server_default="0"),
)

# Processes that do a part of the work, and when they were last heard of.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("worker", String(60), primary_key=True),
    Column("role", String(12), nullable=False),  # web, flows, batch
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    # how long a webhook took lately (milliseconds, 95th percentile) and how many there were; null without any
    Column("answer_ms", Float),
    Column("answers", Integer),
)

# When each batch verb last began and last came to its end, whoever ran it.
verb_runs = Table(
    "verb_runs",
    metadata,
    Column("verb", String(24), primary_key=True),
    Column("worker", String(60), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("done_at", Instant),
    # the kind of error that the last run ended with, null after a good one
    Column("problem", String(200)),
)

# From where on (by the carrier's clock) the calls that came to a company's number are to be looked at again.
inbound_looks = Table(
    "inbound_looks",
    metadata,
    Column("company_id", String(40), primary_key=True),
    Column("since", Instant, nullable=False),
)

# Areas where nobody is called for a while, such as a county whose work is suspended for a typhoon.
area_suspensions = Table(
    "area_suspensions",
    metadata,
    identifier(),
    Column("code", String(10), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(60)),
)

receipts = Table(
    "receipts",
    metadata,
    identifier(),
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

# What tells a wrong key from the right one before anything is written with it.
key_checks = Table(
    "key_checks",
    metadata,
    Column("name", String(12), primary_key=True),  # data, index
    Column("sealed", LargeBinary),
    Column("digest", String(32)),
)
