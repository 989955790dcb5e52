"""What planning rests on beside the contact, as one value: another one makes it worth asking again."""

import hashlib

from outbound.compliance.rules.rulebook import Rulebook, Signature, Trust
from outbound.domain.campaign import Campaign
from outbound.usecases.scheduling.may_call import Rules


def fingerprint(campaign: Campaign, rules: Rules) -> str:
    """Return the hex SHA-256 of the campaign, its company, the script's length, and packs and calendars as they stand.

    Not of the instant, nor of the years for which calendars were read: the turn of a year lets nobody go.
    """
    caller, length = rules.companies.get(campaign.company_id), rules.longest(campaign)
    parts = (campaign, caller, length, _contents(rules.rulebook, rules.trust), rules.trust.value)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _contents(book: Rulebook, trust: Trust) -> str:
    """Hash packs with whether they count as signed, and calendars; kept in the rulebook's cache."""
    key = ("contents", trust)
    kept: tuple[tuple[Signature, ...], str] | None = book.cache.get(key)
    # Signatures may be replaced in a copy that shares the cache: what was found holds for these very ones.
    if kept is None or kept[0] is not book.signatures:
        packs = [(code, pack.content_hash, book.signed(pack, trust)) for code, pack in sorted(book.packs.items())]
        calendars = [(code, each.content_hash) for code, each in sorted(book.calendars.items())]
        kept = book.signatures, hashlib.sha256(repr((packs, calendars)).encode()).hexdigest()
        book.remember(key, kept)
    return kept[1]
