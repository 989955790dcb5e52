"""An archive of the rules of a rulebook, such as a database keeps it."""

from collections.abc import Callable

from outbound.adapters.files.rules.reader import read_pack_text
from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.manifest import manifest, manifest_hash
from outbound.compliance.rules.rulebook import Rulebook


def texts_of(rulebook: Rulebook) -> dict[str, str]:
    """Every text that the rulebook's receipts name, by hash."""
    texts = dict(rulebook.contents)
    for code, calendar in rulebook.calendars.items():
        for year, days in calendar.years.items():
            texts[days.content_hash(code, year)] = days.content(code, year)
    texts[manifest_hash(rulebook)] = manifest(rulebook)
    return texts


def finds(texts: dict[str, str]) -> Callable[[str, str], str | None]:
    """Look texts up by hash alone."""
    return lambda _code, content_hash: texts.get(content_hash)


def archive_of(texts: dict[str, str]) -> Archive:
    """Return an archive over these texts."""
    return Archive(finds(texts), read_pack_text)
