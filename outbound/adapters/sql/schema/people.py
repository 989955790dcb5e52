"""Tables of people, their policies, and what came in about them."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from outbound.adapters.sql.database.columns import Instant, Sealed
from outbound.adapters.sql.schema.base import identifier, metadata

contacts = Table(
    "contacts",
    metadata,
    identifier(),
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
    identifier(),
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
    identifier(),
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

# Where a contact is, when that is known better than from the policy's address.
contact_places = Table(
    "contact_places",
    metadata,
    identifier(),
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

# Consent to keep words, taken back after the call; what it took along is gone, this stays.
consent_withdrawals = Table(
    "consent_withdrawals",
    metadata,
    identifier(),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    # null: all calls up to then
    Column("attempt_id", String(32)),
    Column("evidence", String(200), nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    # how many calls lost words, and how many utterances, reasons and notes these were
    Column("calls", Integer, nullable=False),
    Column("words", Integer, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    identifier(),
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
