"""Which rules were in force at once: what shows, years later, that a pack or a calendar was not there."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from outbound.compliance.rules.rulebook import Rulebook

_ONE_WAY = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def year_hash(rulebook: Rulebook, code: str, year: int) -> str | None:
    """Return the hash of a calendar's year, None when the rulebook does not know that year."""
    key = ("year_hash", code, year)
    if key not in rulebook.cache:
        calendar = rulebook.calendars.get(code)
        found = None if calendar is None else calendar.years.get(year)
        rulebook.remember(key, None if found is None else found.content_hash(code, year))
    found_hash: str | None = rulebook.cache.get(key)
    return found_hash


def manifest(rulebook: Rulebook) -> str:
    """Return every pack and calendar year of a rulebook with its hash, as canonical JSON."""
    value = {
        "packs": {code: pack.content_hash for code, pack in rulebook.packs.items()},
        "calendars": {
            code: {str(year): year_hash(rulebook, code, year) for year in calendar.years}
            for code, calendar in rulebook.calendars.items()
        },
    }
    return canonical(value).decode()


def manifest_hash(rulebook: Rulebook) -> str:
    """Return the hex SHA-256 of the rulebook's manifest; worked out once for a rulebook."""
    key = ("manifest_hash",)
    known: str | None = rulebook.cache.get(key)
    if known is None:
        known = sha256(manifest(rulebook).encode()).hexdigest()
        rulebook.remember(key, known)
    return known


def canonical(value: Mapping[str, Any]) -> bytes:
    """Write a value as JSON in the one way that hashes are taken of: sorted keys, no spaces, no escapes but JSON's.

    In UTF-8. Values are those that JSON knows, but for broken numbers, of which no two writers make the same text.
    """
    try:
        return orjson.dumps(value, option=_ONE_WAY)
    except TypeError:
        # What is no Unicode, and numbers longer than 64 bits: slower, and else to the byte the same.
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
