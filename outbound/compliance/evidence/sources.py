"""Which packs and calendars a decision consulted, as a receipt names them: by hash, with who had signed."""

from collections.abc import Collection, Iterable
from typing import Any

from outbound.compliance.evidence.manifest import year_hash
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust
from outbound.compliance.situation import Situation


def consulted(
    rulebook: Rulebook, region: str | None, situation: Situation | None
) -> tuple[list[str], list[Pack], list[str]]:
    """Return (calendar codes, packs, codes of packs that were looked for in vain) of a place.

    The packs of the place come first, narrowest first; then what only served to understand its code.
    """
    given = (region or "").strip().upper()
    by_alias = [pack for pack in rulebook.packs.values() if given in pack.aliases]
    meant = by_alias[0].aliases[given] if by_alias else given
    own = () if situation is None else situation.place.packs
    codes = dict.fromkeys(
        [*(pack.code for pack in own), meant, meant.partition("-")[0], *(pack.code for pack in by_alias[:1])]
    )
    codes.pop("", None)
    packs = [rulebook.packs[code] for code in codes if code in rulebook.packs]
    calendars = sorted({each for pack in own for each in (pack.calendar, *(rule.calendar for rule in pack.windows))})
    return calendars, packs, sorted(code for code in codes if code not in rulebook.packs)


def pack_entry(rulebook: Rulebook, pack: Pack, trust: Trust) -> dict[str, Any]:
    """Return a pack's identity and how many people had signed this very content, by kind."""
    key = ("pack_entry", pack.code, trust)
    kept: tuple[tuple[Signature, ...], dict[str, Any]] | None = rulebook.cache.get(key)
    # Signatures may be replaced in a copy that shares the cache: what was found holds for these very ones.
    if kept is None or kept[0] is not rulebook.signatures:
        kept = rulebook.signatures, _pack_entry(rulebook, pack, trust)
        rulebook.remember(key, kept)
    return {**kept[1], "signatures": dict(kept[1]["signatures"])}


def _pack_entry(rulebook: Rulebook, pack: Pack, trust: Trust) -> dict[str, Any]:
    found = rulebook.signatures_of(pack)
    production = {
        s.signer for s in found if s.kind is SignatureKind.PRODUCTION and s.signer != SignatureKind.DEMO.value
    }
    return {
        "code": pack.code,
        "version": pack.version,
        "hash": pack.content_hash,
        "signed": rulebook.signed(pack, trust),
        # whoever signs as "demo" is nobody whatever kind is claimed
        "signatures": {
            "production": len(production),
            "demo": len({s.signer for s in found} - production),
        },
    }


def calendar_entry(
    rulebook: Rulebook, code: str, years: Iterable[int], regions: Collection[str], areas: Collection[str]
) -> dict[str, Any] | None:
    """Return a calendar's identity with the hash of each year that was looked at, null for one it does not know.

    `parts` are those of the regions asked about whose own holidays the calendar knows; `not_covered` says that there
    are days, such as municipal ones, that no source lists; `overlaps` are the pairs of a region and a blocked area
    of which one lies in the other. None without such a calendar.
    """
    calendar = rulebook.calendars.get(code)
    if calendar is None:
        return None
    overlaps = {(area, region) for area in areas for region in regions if calendar.overlap(area, region)}
    return {
        "code": code,
        "version": calendar.version,
        "years": {str(year): year_hash(rulebook, code, year) for year in years},
        "parts": sorted(region for region in regions if region in calendar.parts),
        "not_covered": bool(calendar.not_covered),
        "overlaps": [list(pair) for pair in sorted(overlaps)],
    }
