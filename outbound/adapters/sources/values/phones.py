"""Telephone numbers as people write them, to E.164."""

import re
from typing import Any

from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType, number_type, parse
from phonenumbers import PhoneNumber as ParsedNumber

from outbound.adapters.sources.contract import UnreadableError
from outbound.domain.policy import PhoneNumber

_EXTENSION = re.compile(r"[;,]? ?(?:#|extension|ext\.?|x|分機號碼|分機|轉) ?[:.]? ?(\d{1,8})", re.IGNORECASE | re.ASCII)
_NOT_DIGITS = re.compile(r"[^\d+]", re.ASCII)
_SIGNS = re.compile(r"\+?[\d ()\-./]{4,30}", re.ASCII)
_TWO_NUMBERS = re.compile(r"\d{7,} ?[/,;、或] ?[+(]?\d{2,}", re.ASCII)
_TAIWAN_MOBILE = re.compile(r"(?:\+?886)?0?(9\d{8})", re.ASCII)
_PLAIN_TAIWAN_MOBILE = re.compile(r"09\d\d-?\d{3}-?\d{3}", re.ASCII)
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "―": "-", "−": "-", "～": "-", "ー": "-"})
_TAIWAN_LANDLINE = re.compile(r"(?:\+8860?|0)([2-8]\d{7,8})", re.ASCII)
_TAIWAN = 886
_taiwan: Any = PhoneMetadata.metadata_for_region("TW")
_TAIWAN_MOBILE_PLAN = re.compile(_taiwan.mobile.national_number_pattern)
_MEND = "Write it as 0912-345-678, (02)2345-6789#123 or +886912345678."
_LINES = {PhoneNumberType.MOBILE: "mobile", PhoneNumberType.FIXED_LINE: "landline"}


def parse_phone(text: str, country: str, company_country: str) -> PhoneNumber:
    """Read a cleaned text as a number of `country` (ISO 3166-1 alpha-2) unless it bears a country code.

    Raises UnreadableError, also for a number that would be valid in the company's country only: whom it would ring is
    then a guess. A premium-rate number is no policyholder's.
    """
    if plain := _plain_taiwan_mobile(text, country):
        return PhoneNumber(f"+886{plain}", None, "mobile")
    base, extension = _split_extension(text if text.isascii() else text.translate(_DASHES))
    digits = _digits(base)
    if mobile := _taiwan_mobile(digits, country):
        return PhoneNumber(f"+886{mobile}", extension, "mobile")
    parsed = _taiwan_landline(digits, country) or _parsed(digits, country)
    kind = number_type(parsed) if parsed is not None else PhoneNumberType.UNKNOWN
    if parsed is None or kind == PhoneNumberType.UNKNOWN:
        raise _invalid(digits, country, company_country)
    if kind == PhoneNumberType.PREMIUM_RATE:
        raise UnreadableError("phone_premium_rate", "is a premium-rate number", "Give the policyholder's own number.")
    zeros = "0" * (parsed.number_of_leading_zeros or 1) if parsed.italian_leading_zero else ""
    e164 = f"+{parsed.country_code}{zeros}{parsed.national_number}"
    return PhoneNumber(e164, extension, _LINES.get(kind, "unknown"))


def _plain_taiwan_mobile(text: str, country: str) -> str | None:
    """Read the commonest spelling of all, which needs no cleaning."""
    if country != "TW" or not _PLAIN_TAIWAN_MOBILE.fullmatch(text):
        return None
    return _taiwan_mobile(text.replace("-", ""), country)


def _split_extension(text: str) -> tuple[str, str | None]:
    if text.isascii() and "#" not in text and "x" not in text.lower():
        return text, None
    match = _EXTENSION.search(text)
    if match is None or match.end() != len(text):
        return text, None
    return text[: match.start()].rstrip(), match[1]


def _digits(base: str) -> str:
    compact = base if base.isdigit() else base.strip()
    if not _SIGNS.fullmatch(compact):
        if _TWO_NUMBERS.search(compact):
            raise UnreadableError("phone_several", "holds more than one number", "Put the second one into alt_phone.")
        raise UnreadableError("phone_unreadable", "holds signs that no telephone number has", _MEND)
    if "/" in compact and _TWO_NUMBERS.search(compact.replace("-", "")):
        raise UnreadableError("phone_several", "holds more than one number", "Put the second one into alt_phone.")
    return _NOT_DIGITS.sub("", compact)


def _taiwan_mobile(digits: str, country: str) -> str | None:
    """Hold the commonest form against the plan's own pattern: the general way would take half of a row's time."""
    match = _TAIWAN_MOBILE.fullmatch(digits)
    if match is None or not (digits[0] == "+" or country == "TW"):
        return None
    return match[1] if _TAIWAN_MOBILE_PLAN.fullmatch(match[1]) else None


def _taiwan_landline(digits: str, country: str) -> ParsedNumber | None:
    """Put a number with its trunk 0 or country code together without the parser; its validity is asked as ever."""
    match = _TAIWAN_LANDLINE.fullmatch(digits)
    if match is None or not (digits[0] == "+" or country == "TW"):
        return None
    return ParsedNumber(_TAIWAN, int(match[1]))


def _parsed(digits: str, country: str) -> ParsedNumber | None:
    try:
        return parse(digits, country)
    except NumberParseException:
        return None


def _invalid(digits: str, country: str, company_country: str) -> UnreadableError:
    elsewhere = _parsed(digits, company_country) if country != company_country else None
    if elsewhere is not None and number_type(elsewhere) != PhoneNumberType.UNKNOWN:
        return UnreadableError(
            "phone_of_other_region",
            f"is a number of {company_country}, but the row's region is {country}",
            f"Write it with its country code: +{elsewhere.country_code} ...",
        )
    return UnreadableError("phone_invalid", f"is no valid number of {country}", _MEND)
