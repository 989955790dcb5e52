"""Numbers, instants and words that people type at the command line."""

from datetime import datetime
from typing import TYPE_CHECKING

from outbound.usecases.problems import InputProblemError

NO_COUNTRY = "ZZ"

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.domain.call_class import CallClass


def home_country(house: "House") -> str:
    """Country in which a number without country code is read: that of the companies; with several, none is a guess."""
    countries = {company.region.partition("-")[0] for company in house.companies.values()}
    return countries.pop() if len(countries) == 1 else NO_COUNTRY


def e164_of(text: str, country: str = "TW") -> str:
    """Read a typed number as intake reads it, or raise `InputProblemError` that does not repeat it."""
    from outbound.adapters.sources.contract import UnreadableError
    from outbound.adapters.sources.values.phones import parse_phone
    from outbound.adapters.sources.values.text import clean

    try:
        return parse_phone(clean(text), country, country).e164
    except UnreadableError as error:
        mend = "write it with its country code, like +886912345678"
        if country != NO_COUNTRY:
            mend = f"it {error.reason}. {error.mend}"
        raise InputProblemError(f"that is not a telephone number: {mend}") from None


def call_class_of(text: str | None) -> "CallClass | None":
    """Read a call class; None means every class."""
    from outbound.domain.call_class import CallClass

    if text is None:
        return None
    try:
        return CallClass(text)
    except ValueError:
        raise InputProblemError(f"--call-class: {text!r} is not one of {', '.join(CallClass)}") from None


def instant_of(option: str, text: str) -> datetime:
    """Read an instant in ISO 8601 with its offset: without one it could be meant in any zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputProblemError(f"{option}: write an instant with its offset, such as 2026-11-23T18:00+08:00")
    return instant


def region_of(option: str, text: str) -> str:
    """Read an assigned ISO 3166-1 or -2 code."""
    from outbound.adapters.sources.contract import UnreadableError
    from outbound.adapters.sources.values.places import parse_region
    from outbound.usecases.records.references import looks_personal

    try:
        return parse_region(text.strip())
    except UnreadableError as error:
        typed = "what was typed" if looks_personal(text) else repr(text)
        raise InputProblemError(f"{option}: {typed} {error.reason}. {error.mend}") from None
