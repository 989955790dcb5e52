"""Keep the rules that this process decides by, so that every receipt can be proved from the database alone."""

from collections.abc import Iterator
from datetime import datetime

from outbound.compliance.evidence.manifest import manifest, manifest_hash, year_hash
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.ports.evidence import RuleContent, RuleKind
from outbound.usecases.ports.store import Store

_LONGEST_VERSION = 120


def keep_rules(store: Store, rulebook: Rulebook, now: datetime) -> int:
    """Keep packs, calendar years and manifest that are not kept yet; return how many there were.

    Once for a rulebook is enough. Safe in any number of processes at once.
    """
    contents = {each.content_hash: each for each in _contents(rulebook)}
    with store.begin() as work:
        unknown = work.evidence.unknown_contents(contents.keys())
        if unknown:
            work.evidence.keep_contents([contents[each] for each in sorted(unknown)], now)
            work.commit()
    return len(unknown)


def _contents(rulebook: Rulebook) -> Iterator[RuleContent]:
    for code, pack in rulebook.packs.items():
        text = rulebook.contents.get(pack.content_hash)
        # A pack that was made by hand has no text; what rests on it stays unprovable.
        if text is not None:
            yield RuleContent(pack.content_hash, RuleKind.PACK, code, pack.version[:_LONGEST_VERSION], text)
    for code, calendar in rulebook.calendars.items():
        for year, days in calendar.years.items():
            content_hash, version = year_hash(rulebook, code, year) or "", calendar.version[:_LONGEST_VERSION]
            yield RuleContent(content_hash, RuleKind.CALENDAR_YEAR, code, version, days.content(code, year))
    yield RuleContent(manifest_hash(rulebook), RuleKind.MANIFEST, "", "", manifest(rulebook))
