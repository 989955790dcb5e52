"""Keep the rules that this process decides by, so that every receipt can be proved from the database alone."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from outbound.compliance.evidence.manifest import manifest, manifest_hash, year_hash
from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.rulebook import Rulebook
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.evidence import RuleContent, RuleKind

_LONGEST_VERSION = 120


def keep_rules(store: Store, rulebook: Rulebook, now: datetime) -> int:
    """Keep packs, calendar years and manifest that are not kept yet; return how many there were.

    Once for a rulebook is enough. Safe in any number of processes at once.
    """
    contents = dict(_contents(rulebook))
    with store.begin() as work:
        unknown = work.evidence.unknown_contents(contents.keys())
        if unknown:
            work.evidence.keep_contents([contents[each]() for each in sorted(unknown)], now)
            work.commit()
    return len(unknown)


def _contents(rulebook: Rulebook) -> Iterator[tuple[str, Callable[[], RuleContent]]]:
    """Everything by its hash; what is kept already, as after the first start, need not be written out again."""
    for code, pack in rulebook.packs.items():
        text = rulebook.contents.get(pack.content_hash)
        # A pack that was made by hand has no text; what rests on it stays unprovable.
        if text is not None:
            version = pack.version[:_LONGEST_VERSION]
            yield pack.content_hash, partial(RuleContent, pack.content_hash, RuleKind.PACK, code, version, text)
    for code, calendar in rulebook.calendars.items():
        for year in calendar.years:
            content_hash = year_hash(rulebook, code, year) or ""
            yield content_hash, partial(_year, content_hash, calendar, code, year)
    whole = manifest_hash(rulebook)
    yield whole, lambda: RuleContent(whole, RuleKind.MANIFEST, "", "", manifest(rulebook))


def _year(content_hash: str, calendar: Calendar, code: str, year: int) -> RuleContent:
    version, text = calendar.version[:_LONGEST_VERSION], calendar.years[year].content(code, year)
    return RuleContent(content_hash, RuleKind.CALENDAR_YEAR, code, version, text)
