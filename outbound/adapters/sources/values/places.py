"""Regions, time zones and languages, held against the registries that assign them."""

import re
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import pycountry

from outbound.adapters.sources.contract import UnreadableError

_ALPHA_2, _ALPHA_3 = 2, 3
_LANGUAGE_WORDS = {
    "中文": "zh", "國語": "zh-TW", "華語": "zh", "普通話": "zh-CN", "台語": "nan-TW", "臺語": "nan-TW", "閩南語": "nan",
    "客語": "hak-TW", "客家話": "hak-TW", "粵語": "yue", "廣東話": "yue", "英文": "en", "英語": "en", "日文": "ja",
    "日語": "ja", "越南語": "vi", "印尼語": "id", "泰語": "th", "mandarin": "zh", "chinese": "zh", "english": "en",
    "taiwanese": "nan-TW", "hakka": "hak-TW", "japanese": "ja", "vietnamese": "vi",
}  # fmt: skip
_VARIANT = re.compile(r"[a-z\d]{5,8}|\d[a-z\d]{3}")


_countries: Any = pycountry.countries  # the package has no complete types
_subdivisions: Any = pycountry.subdivisions
_languages: Any = pycountry.languages
_scripts: Any = pycountry.scripts


@lru_cache(maxsize=8_192)
def parse_region(text: str) -> str:
    """Return an ISO 3166-1 alpha-2 or 3166-2 code in capitals; raises UnreadableError for one that is not assigned."""
    code = text.upper().replace("_", "-")
    if len(code) == _ALPHA_2 and _countries.get(alpha_2=code):
        return code
    if len(code) == _ALPHA_3 and (country := _countries.get(alpha_3=code)):
        return str(country.alpha_2)
    if "-" in code and _subdivisions.get(code=code):
        return code
    raise UnreadableError(
        "region_unknown", "is no assigned ISO 3166 code", "Write TW, TW-TPE, US-CA or another code of ISO 3166-1 or -2."
    )


def country_of(region: str) -> str:
    """Return the country's alpha-2 code of a region that `parse_region` returned."""
    return region[:_ALPHA_2]


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in {"Factory", "localtime"}}


@lru_cache(maxsize=2_048)
def parse_time_zone(text: str) -> str:
    """Return the IANA name of a time zone, its capitals mended; raises UnreadableError."""
    if zone := _zones().get(text.lower().replace(" ", "_")):
        return zone
    raise UnreadableError("time_zone_unknown", "is no IANA time zone", "Write Asia/Taipei or America/New_York.")


@lru_cache(maxsize=2_048)
def parse_language(text: str) -> str:
    """Return a BCP 47 tag in its usual capitals (zh, zh-TW, nan-Hant-TW); raises UnreadableError.

    The usual words are read too (國語, 台語, English). Extensions and private use are not: no voice is chosen by them.
    """
    lowered = text.lower()
    if word := _LANGUAGE_WORDS.get(lowered):
        return word
    language, *rest = lowered.replace("_", "-").split("-")
    if not _is_language(language):
        raise _language_unreadable()
    return "-".join([_shortest(language), *_subtags(rest)])


def _subtags(rest: list[str]) -> list[str]:
    """Return script, region and variants in order, each at most once but for variants (RFC 5646, 2.1)."""
    tags: list[str] = []
    stage = 0
    for subtag in rest:
        if stage == 0 and _scripts.get(alpha_4=subtag.title()):
            tags.append(subtag.title())
            stage = 1
        elif stage <= 1 and _is_tag_region(subtag):
            tags.append(subtag.upper())
            stage = 2
        elif _VARIANT.fullmatch(subtag):
            tags.append(subtag)
            stage = 3
        else:
            raise _language_unreadable()
    return tags


def _is_tag_region(subtag: str) -> bool:
    if subtag.isdigit():
        return len(subtag) == _ALPHA_3
    return len(subtag) == _ALPHA_2 and _countries.get(alpha_2=subtag.upper()) is not None


def _is_language(subtag: str) -> bool:
    if len(subtag) == _ALPHA_2:
        return _languages.get(alpha_2=subtag) is not None
    return len(subtag) == _ALPHA_3 and _languages.get(alpha_3=subtag) is not None


def _shortest(subtag: str) -> str:
    """BCP 47 takes the code of two letters where there is one: zho is zh."""
    if len(subtag) == _ALPHA_2:
        return subtag
    return str(getattr(_languages.get(alpha_3=subtag), "alpha_2", subtag))


def _language_unreadable() -> UnreadableError:
    return UnreadableError("language_unknown", "is no BCP 47 language tag", "Write zh-TW, en-US, nan-TW or alike.")
