"""The rules of earlier days, found by the hash of their content and put together again as a receipt names them."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from outbound.compliance.rules.calendar import Calendar, CalendarYear
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind

_MOST_RULEBOOKS = 256


class RulesMissingError(LookupError):
    """A rule that a receipt names is not in the history, or what is kept there is not what the hash says."""


class RulesDenyError(ValueError):
    """The rules that were in force say otherwise than the receipt about which of them there were."""


class Archive:
    """Rules by hash. `text_of` (code, hash) finds a kept text, `read_pack` (text, code) reads a pack's.

    A manifest has an empty code. `read_pack` may raise ValueError for a text that it cannot read. What was put
    together is kept for the next receipt.
    """

    def __init__(self, text_of: Callable[[str, str], str | None], read_pack: Callable[[str, str], Pack]) -> None:
        self._text_of, self._read_pack = text_of, read_pack
        self._packs: dict[tuple[str, str], Pack] = {}
        self._years: dict[tuple[str, str], CalendarYear] = {}
        self._manifests: dict[str, Mapping[str, Any]] = {}
        self._rulebooks: dict[str, Rulebook] = {}

    def rulebook_of(self, body: Mapping[str, Any]) -> Rulebook:
        """Return packs, calendars and signatures as a receipt names them.

        Raises `RulesMissingError` where the history lacks one, `RulesDenyError` where the manifest that the receipt
        names lists other ones; LookupError, TypeError or ValueError where the body is no receipt.
        """
        named = {key: body[key] for key in ("packs", "absent_packs", "calendars", "absent_calendars", "manifest")}
        key = json.dumps(named, sort_keys=True)
        if key not in self._rulebooks:
            self._check(self._manifest(named["manifest"]), named)
            if len(self._rulebooks) >= _MOST_RULEBOOKS:
                self._rulebooks.clear()
            self._rulebooks[key] = Rulebook(
                packs={entry["code"]: self._pack(entry["code"], entry["hash"]) for entry in named["packs"]},
                calendars={entry["code"]: self._calendar(entry) for entry in named["calendars"]},
                signatures=tuple(each for entry in named["packs"] for each in _signatures(entry)),
            )
        return self._rulebooks[key]

    def _text(self, kind: str, code: str, content_hash: str) -> str:
        text = self._text_of(code, content_hash)
        if text is None:
            raise RulesMissingError(f"{kind} {code} {content_hash} is not in the history of the rules")
        return text

    def _pack(self, code: str, content_hash: str) -> Pack:
        key = (code, content_hash)
        if key not in self._packs:
            text = self._text("pack", code, content_hash)
            try:
                pack = self._read_pack(text, code)
            except ValueError as error:
                raise RulesMissingError(f"pack {code} {content_hash} cannot be read any more: {error}") from None
            if pack.content_hash != content_hash:
                raise RulesMissingError(f"pack {code} {content_hash}: what is kept under this hash has another one")
            self._packs[key] = pack
        return self._packs[key]

    def _calendar(self, entry: Mapping[str, Any]) -> Calendar:
        years = {
            int(year): self._year(entry["code"], content_hash)
            for year, content_hash in entry["years"].items()
            if content_hash is not None
        }
        not_covered = "recorded" if entry["not_covered"] else ""
        contains: dict[str, frozenset[str]] = {}
        for area, region in entry["overlaps"]:
            contains[area] = contains.get(area, frozenset()) | {region}
        return Calendar(entry["code"], entry["version"], "", years, frozenset(entry["parts"]), not_covered, contains)

    def _year(self, code: str, content_hash: str) -> CalendarYear:
        key = (code, content_hash)
        if key not in self._years:
            self._years[key] = calendar_year_from(self._sound("calendar year", code, content_hash))
        return self._years[key]

    def _manifest(self, content_hash: str) -> Mapping[str, Any]:
        if content_hash not in self._manifests:
            self._manifests[content_hash] = json.loads(self._sound("manifest", "", content_hash))
        return self._manifests[content_hash]

    def _sound(self, kind: str, code: str, content_hash: str) -> str:
        text = self._text(kind, code, content_hash)
        if sha256(text.encode()).hexdigest() != content_hash:
            raise RulesMissingError(f"{kind} {code} {content_hash}: what is kept under this hash has another one")
        return text

    @staticmethod
    def _check(manifest: Mapping[str, Any], named: Mapping[str, Any]) -> None:
        packs, calendars = manifest["packs"], manifest["calendars"]
        told = {entry["code"]: entry["hash"] for entry in named["packs"]} | dict.fromkeys(named["absent_packs"])
        for code, content_hash in told.items():
            if packs.get(code) != content_hash:
                raise RulesDenyError(f"packs: {code}: the manifest of that day lists another one")
        years = {(entry["code"], year): found for entry in named["calendars"] for year, found in entry["years"].items()}
        for (code, year), content_hash in years.items():
            if calendars[code].get(year) != content_hash:
                raise RulesDenyError(f"calendars: {code} {year}: the manifest of that day lists another one")
        for code in named["absent_calendars"]:
            if code in calendars:
                raise RulesDenyError(f"absent_calendars: {code}: the manifest of that day lists it")


def calendar_year_from(text: str) -> CalendarYear:
    """Read what `CalendarYear.content` wrote."""
    value = json.loads(text)
    return CalendarYear(
        frozenset(map(date.fromisoformat, value["everywhere"])),
        {date.fromisoformat(day): frozenset(parts) for day, parts in value["regional"].items()},
        frozenset(map(date.fromisoformat, value["make_up_workdays"])),
    )


def _signatures(entry: Mapping[str, Any]) -> list[Signature]:
    """As many signatures as there were, by nobody in particular: a receipt keeps no names."""
    found = entry["signatures"]
    names = [(f"signer {number}", SignatureKind.PRODUCTION) for number in range(found["production"])]
    names += [(f"demo {number}", SignatureKind.DEMO) for number in range(found["demo"])]
    return [Signature(entry["code"], entry["hash"], by, date.min, kind) for by, kind in names]
