"""Tables. Personal data stands in `Sealed` columns only; numbers are found by blind index.

Identifiers are 32 hexadecimal digits without meaning. JSON columns hold nothing personal.
"""

from outbound.adapters.sql.schema.base import metadata
from outbound.adapters.sql.schema.calls import (
    LIVE_STATUSES,
    answers,
    attempt_events,
    attempts,
    callbacks,
    carrier_events,
    inbound_calls,
    script_versions,
    turns,
    unanswered_questions,
)
from outbound.adapters.sql.schema.desk import company_events, inbox, interviews, outbox, service_records, suppressions
from outbound.adapters.sql.schema.people import (
    consent_withdrawals,
    contact_places,
    contacts,
    phones,
    policies,
    policy_versions,
    quarantine,
    watermarks,
)
from outbound.adapters.sql.schema.running import (
    area_suspensions,
    heartbeats,
    inbound_looks,
    key_checks,
    pacing,
    receipts,
    rule_contents,
    stop_orders,
    verb_runs,
)

__all__ = [
    "LIVE_STATUSES",
    "answers",
    "area_suspensions",
    "attempt_events",
    "attempts",
    "callbacks",
    "carrier_events",
    "company_events",
    "consent_withdrawals",
    "contact_places",
    "contacts",
    "heartbeats",
    "inbound_calls",
    "inbound_looks",
    "inbox",
    "interviews",
    "key_checks",
    "metadata",
    "outbox",
    "pacing",
    "phones",
    "policies",
    "policy_versions",
    "quarantine",
    "receipts",
    "rule_contents",
    "script_versions",
    "service_records",
    "stop_orders",
    "suppressions",
    "turns",
    "unanswered_questions",
    "verb_runs",
    "watermarks",
]
