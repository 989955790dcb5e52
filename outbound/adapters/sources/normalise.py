"""A raw row becomes a policy in one form, or a bad row with field, masked value, reason and how to mend it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson

from outbound.adapters.sources.columns import KNOWN, REQUIRED
from outbound.adapters.sources.contract import BadRow, RawRow, UnreadableError
from outbound.adapters.sources.identity import IdentityColumn, check_identity
from outbound.adapters.sources.values.dates import parse_date
from outbound.adapters.sources.values.phones import parse_phone
from outbound.adapters.sources.values.places import country_of, parse_language, parse_region, parse_time_zone
from outbound.adapters.sources.values.text import check_readable, clean, clean_fields, mask
from outbound.adapters.sources.values.words import parse_consents, parse_do_not_call, parse_status, parse_window
from outbound.domain.policy import Consent, PhoneNumber, Policy, Policyholder, PolicyStatus

_FAULTS = {
    "too_many_fields": ("has more fields than the header", "Quote the values that hold the separator."),
    "too_few_fields": ("has fewer fields than the header: it was cut off", "Export the row again, whole."),
    "unclosed_quote": ("opens a quote that is never closed", 'Close the quote, or write "" for a quote in a value.'),
}
FAULT = "(fault)"
"""Stands in the original of a row of broken shape, so that it stays bad when it is read again out of quarantine."""
_AHEAD = timedelta(days=366)
_LONGEST_LIFE = timedelta(days=366 * 125)
_OLDEST_POLICY = date(1912, 1, 1)
_LONGEST = {
    "policy_no": 60, "customer_id": 60, "full_name": 120, "product_code": 60, "product_name": 200, "agent_code": 60,
    "channel": 60, "fund_source": 60, "postal_code": 20,
}  # fmt: skip
"""Columns that are taken as they are spelled, with the length beyond which a value must stand in a wrong column."""
_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=date.isoformat
).encode  # fmt: skip


def normalise_rows(
    rows: Iterable[RawRow], *, today: date, company_region: str = "TW", identity: IdentityColumn | None = None
) -> Iterator[Policy | BadRow]:
    """Yield for every raw row, in order, exactly one policy or one bad row."""
    return (normalise(row, today=today, company_region=company_region, identity=identity) for row in rows)


def normalise(
    raw: RawRow, *, today: date, company_region: str = "TW", identity: IdentityColumn | None = None
) -> Policy | BadRow:
    """Read one row. `today` is the company's day (births lie before it); `company_region` an ISO 3166 code.

    `identity` is where the identity number stands, for companies that ask for its last digits. A value that is present
    and cannot be read makes a bad row, whichever column it stands in; `do_not_call` alone is then taken as a yes. Never
    raises.
    """
    fault = raw.fault or raw.values.get(FAULT)
    if fault is not None:
        reason, mend = _FAULTS.get(fault, _FAULTS["too_few_fields"])
        kept = replace(raw, values={**raw.values, FAULT: fault})
        return _bad(kept, "", UnreadableError(fault, reason, mend))
    reader = _Reader(clean_fields(raw.values), today, country_of(company_region), identity)
    try:
        return reader.policy()
    except UnreadableError as error:
        return _bad(raw, reader.field, error)


class _Reader:
    """Reads the fields of one row; `field` is the column that is being read."""

    __slots__ = ("_company_country", "_fields", "_identity", "_today", "field")

    def __init__(
        self, fields: Mapping[str, str], today: date, company_country: str, identity: IdentityColumn | None
    ) -> None:
        self._fields = fields
        self._today = today
        self._company_country = company_country
        self._identity = identity
        self.field = ""

    def policy(self) -> Policy:
        fields = self._fields
        for self.field in REQUIRED:
            if self.field not in fields:
                raise UnreadableError("required_missing", "is required and empty", "Fill it in and send the row again.")
        for self.field, longest in _LONGEST.items():
            if text := fields.get(self.field):
                check_readable(text, longest)
        status = self._status()
        issued_on, delivered_on = self._required_day("issued_on"), self._day("delivered_on")
        holder = self._holder()
        if self._identity is not None:
            self.field = self._identity.name
            check_identity(fields, self._identity)
        attributes = (
            {} if fields.keys() <= KNOWN else {column: text for column, text in fields.items() if column not in KNOWN}
        )
        return Policy(
            policy_no=fields["policy_no"],
            product_code=fields.get("product_code"),
            product_name=fields.get("product_name"),
            issued_on=issued_on,
            delivered_on=delivered_on,
            status=status,
            agent_code=fields.get("agent_code"),
            channel=fields.get("channel"),
            fund_source=fields.get("fund_source"),
            holder=holder,
            content_hash=_content_hash(fields, (issued_on, delivered_on), status, holder, attributes),
            attributes=attributes,
        )

    def _holder(self) -> Policyholder:
        fields = self._fields
        self.field = "region"
        region = parse_region(fields["region"])
        return Policyholder(
            customer_id=fields["customer_id"],
            full_name=fields["full_name"],
            birth_date=self._birth_date(),
            phones=self._phones(country_of(region)),
            language=self._language(),
            region=region,
            postal_code=fields.get("postal_code"),
            time_zone=self._time_zone(),
            preferred_window=self._window(),
            privacy_notice_on=self._day("privacy_notice_on"),
            consents=self._consents(),
            do_not_call=parse_do_not_call(fields.get("do_not_call", "")),
            billing_region=self._billing_region(),
        )

    def _required_day(self, column: str) -> date:
        self.field = column
        return self._plausible(parse_date(self._fields[column]))

    def _day(self, column: str) -> date | None:
        self.field = column
        text = self._fields.get(column)
        return None if text is None else self._plausible(parse_date(text))

    def _plausible(self, day: date) -> date:
        """Let a day lie ahead (a policy may be dated forward), but not by years: that is a slip of the pen."""
        if day - self._today > _AHEAD:
            raise UnreadableError("date_in_future", "lies more than a year ahead", "Correct the year.")
        if day < _OLDEST_POLICY:
            raise UnreadableError("date_implausible", "lies before 1912", "Correct the year.")
        return day

    def _birth_date(self) -> date | None:
        self.field = "birth_date"
        text = self._fields.get("birth_date")
        if text is None:
            return None
        born = parse_date(text)
        if born > self._today:
            raise UnreadableError("date_in_future", "is a birth in the future", "Correct the date of birth.")
        if self._today - born > _LONGEST_LIFE:
            raise UnreadableError("date_implausible", "is a birth over 125 years ago", "Correct the date of birth.")
        return born

    def _phones(self, country: str) -> tuple[PhoneNumber, ...]:
        self.field = "phone"
        phone = parse_phone(self._fields["phone"], country, self._company_country)
        self.field = "alt_phone"
        text = self._fields.get("alt_phone")
        if text is None:
            return (phone,)
        other = parse_phone(text, country, self._company_country)
        return (phone,) if other == phone else (phone, other)

    def _status(self) -> PolicyStatus:
        self.field = "status"
        text = self._fields.get("status")
        return PolicyStatus.IN_FORCE if text is None else parse_status(text)

    def _language(self) -> str | None:
        self.field = "language"
        text = self._fields.get("language")
        return None if text is None else parse_language(text)

    def _time_zone(self) -> str | None:
        self.field = "time_zone"
        text = self._fields.get("time_zone")
        return None if text is None else parse_time_zone(text)

    def _billing_region(self) -> str | None:
        self.field = "billing_region"
        text = self._fields.get("billing_region")
        return None if text is None else parse_region(text)

    def _window(self) -> str | None:
        self.field = "preferred_window"
        text = self._fields.get("preferred_window")
        return None if text is None else parse_window(text)

    def _consents(self) -> tuple[Consent, ...]:
        self.field = "consents"
        text = self._fields.get("consents")
        if text is None:
            return ()
        consents = parse_consents(text)
        for consent in consents:
            if consent.given_on is not None:
                self._plausible(consent.given_on)
        return consents


def _bad(raw: RawRow, column: str, error: UnreadableError) -> BadRow:
    masked = mask(clean(raw.values.get(column, "")))
    return BadRow(raw.source, raw.line, column, masked, error.code, error.reason, error.mend, raw.values)


def _content_hash(
    fields: Mapping[str, str],
    days: tuple[date | None, ...],
    status: PolicyStatus,
    holder: Policyholder,
    attributes: Mapping[str, str],
) -> str:
    """Return the hex SHA-256 of what the row says, whatever its encoding, spelling or order of columns.

    The line type stays out: it is derived, and a newer numbering plan is no new version of a policy.
    """
    content = [
        *map(fields.get, _LONGEST),
        *days,
        holder.birth_date,
        holder.privacy_notice_on,
        status,
        [[phone.e164, phone.extension] for phone in holder.phones],
        holder.region,
        holder.time_zone,
        holder.language,
        holder.preferred_window,
        [[one.purpose, one.given_on] for one in holder.consents],
        holder.do_not_call,
        attributes,
        # only where there is one: versions that were taken in before the column was read keep their hash
        *([{"billing_region": holder.billing_region}] if holder.billing_region else ()),
    ]
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(content: list[Any]) -> bytes:
    try:
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a surrogate pair, which only the slower encoder takes
        return _encode(content).encode("utf-8", "surrogatepass")
