"""What planning rests on beside the contact, as one value: another one makes it worth asking again."""

import hashlib

from outbound.domain.campaign import Campaign
from outbound.usecases.may_call import Rules


def fingerprint(campaign: Campaign, rules: Rules) -> str:
    """Return the hex SHA-256 of the campaign, its company, the script's length, and packs and calendars as they stand.

    Not of the instant, nor of the years for which calendars were read: the turn of a year lets nobody go.
    """
    book = rules.rulebook
    packs = [(code, pack.content_hash, book.signed(pack, rules.trust)) for code, pack in sorted(book.packs.items())]
    calendars = [(code, each.content_hash) for code, each in sorted(book.calendars.items())]
    caller, length = rules.companies.get(campaign.company_id), rules.script_seconds.get(campaign.script)
    parts = (campaign, caller, length, packs, calendars, rules.trust.value)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
