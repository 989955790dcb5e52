"""The judge's own reading of places: which pack files bind a person, and on which clocks."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from outbound.simulation.lawful_days import read_yaml

Document = Mapping[str, Any]


class Person(Struct, frozen=True):
    """What the hours depend on. `number_zones` are those that the called number could be in: they only add clocks.

    `region` and `billing_region` are ISO 3166 codes, the zones IANA names.
    """

    region: str
    time_zone: str | None
    birth_date: date | None
    number_zones: tuple[str, ...] = ()
    billing_region: str | None = None


class Layer(Struct, frozen=True):
    """One layer of windows that has hours: its entry in the file, its calendar, and who it binds."""

    entry: Document
    calendar: str

    @property
    def fixed_zone(self) -> str | None:
        """Zone that the rule's own text names."""
        return self.entry.get("fixed_zone")

    def binds(self, call_class: str, day: date) -> bool:
        """Whether the layer binds a call of this class on a local date. Interviews keep the hours of service."""
        entry = self.entry
        classes = {call_class, "service"} if call_class == "mandatory_interview" else {call_class}
        since, until = entry.get("effective_from", "0001-01-01"), entry.get("effective_to", "9999-12-31")
        return not classes.isdisjoint(entry["binds"]) and since <= day.isoformat() <= until


class Place(Struct, frozen=True):
    """A place that was understood: its part or country, the layers of its packs, and the zones of the called party."""

    code: str
    country_calendar: str
    layers: tuple[Layer, ...]
    zones: tuple[str, ...]


class Places:
    """Packs of a directory as files, each read when a place first needs it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._packs: dict[str, Document | None] = {}
        self._aliases: dict[str, str] | None = None
        self._found: dict[tuple[str, str | None, str | None, tuple[str, ...]], Place | None] = {}

    def of(self, person: Person) -> Place | None:
        """Return the place of a person, or None where none is understood: nobody may be rung there."""
        key = (person.region, person.time_zone, person.billing_region, person.number_zones)
        if key not in self._found:
            self._found[key] = self._look(person)
        return self._found[key]

    def _look(self, person: Person) -> Place | None:
        code = self._code(person.region)
        if self._is_too_wide(code, person.time_zone) and person.billing_region is not None:
            billed = self._code(person.billing_region)
            # A bill says which part of the country is meant, never which country.
            code = billed if billed.partition("-")[0] == code else code
        if self._is_too_wide(code, person.time_zone):
            return None
        return self._place(code, person.time_zone, person.number_zones)

    def _code(self, region: str) -> str:
        """Return the code under which a region has its rules: overseas departments have two."""
        code = region.strip().upper()
        if "-" in code or self._pack(code) is not None:
            return code
        if self._aliases is None:
            tops = [read_yaml(file) for file in self._directory.glob("[A-Z][A-Z].yaml")]
            self._aliases = {alias: part for top in tops for alias, part in (top.get("aliases") or {}).items()}
        return self._aliases.get(code, code)

    def _pack(self, code: str) -> Document | None:
        if code not in self._packs:
            file = self._directory / f"{code}.yaml"
            known = code.replace("-", "").isalnum() and file.is_file()
            self._packs[code] = read_yaml(file) if known else None
        return self._packs[code]

    def _is_too_wide(self, code: str, time_zone: str | None) -> bool:
        pack = self._pack(code) if "-" not in code else None
        if pack is None:
            return False
        return "true" in {pack.get("subdivision_required"), pack.get("zone_required") if not time_zone else None}

    def _place(self, code: str, time_zone: str | None, number_zones: tuple[str, ...]) -> Place | None:
        country = self._pack(code.partition("-")[0])
        if country is None:
            return None
        packs, zones = [country], country["zones"]
        if code != country["code"]:
            part, own = (country.get("subdivisions") or {}).get(code), self._pack(code)
            if part is None or (own is None and part.get("own_pack") == "true"):
                return None
            packs = [country] if own is None else [own, country]
            zones = part.get("zones", zones) if own is None else own["zones"]
        if time_zone:
            if not _exists(time_zone) or not _agrees(packs, time_zone, zones):
                return None
            zones = [time_zone]
        layers = [
            Layer(entry, entry.get("calendar", pack["calendar"]))
            for pack in packs
            for entry in pack["windows"]
            if "hours" in entry
        ]
        clocks = dict.fromkeys([*zones, *filter(_exists, number_zones)])
        return Place(code, country["calendar"], tuple(layers), tuple(clocks))


def _agrees(packs: list[Document], zone: str, zones: list[str]) -> bool:
    """Whether a zone is one of these, or has the clock of one of these by another name."""
    clock = {
        other: name for pack in packs for name, others in (pack.get("same_clock") or {}).items() for other in others
    }
    return clock.get(zone, zone) in {clock.get(each, each) for each in zones}


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
