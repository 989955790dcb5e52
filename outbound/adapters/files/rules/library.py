"""Years of the holidays library in this house's terms: days of the whole country, days of its parts, worked weekends.

Only the library's category of public holidays is taken, with its observed days; half days, optional days, bank days and
school holidays are not. The library is imported when it is needed: that takes most of a second.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

FIRST_YEAR = 2024
LAST_YEAR = 2045
"""Years that calendar files leave to the library."""

_TABLES_END = {"IN": 2035}
"""Last year of the library's tables where they end early: India's lunar feasts are missing afterwards."""

_WRITTEN_OUT_ONLY = frozenset({"CN", "TW"})
"""Countries whose government settles days off and worked weekends by decree, a year at a time."""

_PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # Cities and divisions without an ISO code: their days count for the part they lie in, as nobody tells them apart.
    "AU": {"NSW Western": ("AU-NSW",)},
    "BR": {"São Paulo Capital": ("BR-SP",)},
    "CH": {"Stadt Zurich": ("CH-ZH",)},
    "DE": {"Augsburg": ("DE-BY",)},
    "ES": {"Barcelona": ("ES-CT",)},
    "NZ": {"South Canterbury": ("NZ-CAN",)},
    "IT": {
        "AO": ("IT-23",),
        "Andria": ("IT-BT",),
        "Barletta": ("IT-BT",),
        "Trani": ("IT-BT",),
        "Cesena": ("IT-FC",),
        "Forli": ("IT-FC",),
        "Pesaro": ("IT-PU",),
        "Urbino": ("IT-PU",),
    },
    # School zones are no parts, and nobody lives on the minor islands of the United States.
    "US": {"UM": ()},
    "BE": {"Flemish": (), "French": (), "German": ()},
    "NL": {"Midden": (), "Noord": (), "Zuid": ()},
    "FR": {
        "Zone A": (),
        "Zone B": (),
        "Zone C": (),
        "57": ("FR-57",),
        "971": ("FR-GP",),
        "972": ("FR-MQ",),
        "973": ("FR-GF",),
        "974": ("FR-RE",),
        "976": ("FR-YT",),
    },
}
"""The library's subdivisions that are not `COUNTRY-CODE` of ISO 3166-2."""

_OVERSEAS = {"FR-GP": "FR-971", "FR-MQ": "FR-972", "FR-GF": "FR-973", "FR-RE": "FR-974", "FR-YT": "FR-976"}
"""France's overseas departments under both of their codes."""


class RegionalDay(Struct, frozen=True):
    """A public holiday of some parts: its name or names, and the ISO 3166-2 codes."""

    name: str
    parts: frozenset[str]


class LibraryYear(Struct, frozen=True):
    """One year by date: names of the holidays of the whole country, of parts, and of worked weekend days."""

    holidays: Mapping[date, str]
    regional: Mapping[date, RegionalDay] = field(default_factory=dict)
    make_up_workdays: Mapping[date, str] = field(default_factory=dict)


def last_year(country: str) -> int | None:
    """Return the last year that a calendar file may leave to the library; None where it must write all years out."""
    return None if country in _WRITTEN_OUT_ONLY else _TABLES_END.get(country, LAST_YEAR)


def library_parts(country: str) -> tuple[str, ...]:
    """Return the parts whose own days the library knows, those without any too, sorted. `LookupError`: no country."""
    names = _entity(country, None, ()).subdivisions
    return tuple(sorted({part for name in names for part in _codes(country, name)}))


def parts_within(country: str) -> dict[str, tuple[str, ...]]:
    """Return the parts of parts by ISO 3166-2: provinces by region, departments, councils by nation.

    Empty for a country whose parts have no days of their own.
    """
    if not library_parts(country):
        return {}
    import pycountry

    within: dict[str, list[str]] = {}
    for each in pycountry.subdivisions:
        if each.country_code == country and each.parent_code is not None:
            within.setdefault(each.parent_code, []).append(each.code)
    if country == "FR":
        within |= {part: [number] for part, number in _OVERSEAS.items()}
    return {part: tuple(sorted(members)) for part, members in sorted(within.items())}


def library_years(country: str, years: Iterable[int]) -> dict[int, LibraryYear]:
    """Return the asked years as far as the library's tables reach; a year that is missing is not known.

    A holiday of the country that some part does not keep stays one for all: nobody is rung on a day too many.
    Raises `LookupError` for a country that the library does not have.
    """
    reach = _TABLES_END.get(country) if country != "CN" else None
    wanted = sorted({year for year in years if reach is None or year <= reach})
    whole = _entity(country, None, wanted)
    regional: dict[date, tuple[list[str], set[str]]] = {}
    for name in whole.subdivisions:
        codes = _codes(country, name)
        days = _entity(country, name, wanted) if codes else {}
        for day in days.keys() - whole.keys():
            names, parts = regional.setdefault(day, ([], set()))
            names.extend(each for each in days[day].split("; ") if each not in names)
            parts.update(codes)
    worked = "補行上班" if country == "TW" else "Worked in exchange for another day"
    return {
        year: LibraryYear(
            {day: name for day, name in sorted(whole.items()) if day.year == year},
            {
                day: RegionalDay("; ".join(names), frozenset(parts))
                for day, (names, parts) in sorted(regional.items())
                if day.year == year
            },
            {day: worked for day in sorted(whole.weekend_workdays) if day.year == year},
        )
        for year in wanted
        if any(day.year == year for day in whole)
    }


def _codes(country: str, name: str) -> tuple[str, ...]:
    return _PARTS.get(country, {}).get(name, (f"{country}-{name}",))


def _entity(country: str, subdivision: str | None, years: Iterable[int]) -> Any:
    import holidays

    try:
        plain = holidays.country_holidays(country)
    except NotImplementedError:
        raise LookupError(country) from None
    language = _language(country, plain.default_language, plain.supported_languages)
    return holidays.country_holidays(country, subdiv=subdivision, years=list(years), language=language)


def _language(country: str, default: str | None, supported: Iterable[str]) -> str | None:
    """Names as the people who sign read them: Chinese for Taiwan, else English as the country writes it."""
    if country == "TW" or default is None or default.startswith("en"):
        return default
    return next((language for language in supported if language.startswith("en")), default)
