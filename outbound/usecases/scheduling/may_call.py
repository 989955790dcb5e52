"""Ask the gate about a stored contact: gathers what the rules need to know, decides, says why."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from outbound.compliance.facts import (
    BlockedArea,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    Stage,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import Decision, decide
from outbound.compliance.rules.pack import Line
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact, ContactPhone
from outbound.usecases.places.whereabouts import Whereabouts, whereabouts
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.dialling import Bars, PastAttempt, StoredSuppression

_SCOPES = {
    None: SuppressionScope.EVERYTHING,
    CallClass.TELEMARKETING: SuppressionScope.MARKETING,
    CallClass.SERVICE: SuppressionScope.SERVICE,
}
_LONGEST_PREFIX = 9
"""Of a number in the table of zones; digits beyond say nothing, and are kept out of the cache."""

Item = TypeVar("Item")


class Rules(Struct, frozen=True):
    """What every decision of an installation rests on: rule packs, who calls, and which signatures count.

    `script_seconds` is the longest conversation of each script by name (`dialogue.prover.length`); for a script that is
    not there, what the place's pack takes for its length counts.
    """

    rulebook: Rulebook
    companies: Mapping[str, Company]
    trust: Trust = Trust.PRODUCTION
    script_seconds: Mapping[str, int] = field(default_factory=dict)

    def longest(self, campaign: Campaign) -> int | None:
        """Return the longest conversation of a campaign, whichever of its scripts is spoken; None if none is known."""
        known = (self.script_seconds.get(name) for name in campaign.called_with)
        return max((each for each in known if each is not None), default=None)


class Gathered(Struct, frozen=True):
    """What the store knows about some contacts and their numbers, by contact id and by number index.

    `refusals` are suppressions, those that were lifted among them; `suppressed` holds who is suppressed now.
    """

    by_contact: Mapping[str, tuple[PastAttempt, ...]] = field(default_factory=dict)
    by_number: Mapping[str, tuple[PastAttempt, ...]] = field(default_factory=dict)
    refusals_of_contacts: Mapping[str, tuple[StoredSuppression, ...]] = field(default_factory=dict)
    refusals_of_numbers: Mapping[str, tuple[StoredSuppression, ...]] = field(default_factory=dict)
    areas: tuple[BlockedArea, ...] = ()

    def barred_by(self, bars: Bars) -> "Gathered":
        """Return the same with these bars instead."""
        return replace(
            self,
            refusals_of_contacts=_grouped(bars.suppressions, lambda item: item.contact_id),
            refusals_of_numbers=_grouped(bars.suppressions, lambda item: item.number_index),
            areas=tuple(bars.areas),
        )

    def refusals(self, contact: Contact, phone: ContactPhone) -> tuple[StoredSuppression, ...]:
        """Every suppression of the contact or the number, lifted ones too."""
        return (
            *self.refusals_of_contacts.get(contact.id, ()),
            *self.refusals_of_numbers.get(phone.number_index, ()),
        )

    def is_suppressed(self, number_index: str) -> bool:
        """Whether a suppression of the number is in force, for any class."""
        return any(not item.lifted for item in self.refusals_of_numbers.get(number_index, ()))


def gather(work: UnitOfWork, contacts: Collection[Contact], now: datetime) -> Gathered:
    """Read attempts and suppressions of many contacts and all their numbers, and suspended areas, at once.

    `now` is the earliest instant that the gate is going to be asked about.
    """
    ids = [contact.id for contact in contacts]
    numbers = list(dict.fromkeys(phone.number_index for contact in contacts for phone in contact.phones))
    past = work.dialling.past_attempts(ids, numbers)
    return Gathered(
        by_contact=_grouped(past, lambda item: item.contact_id),
        by_number=_grouped(past, lambda item: item.number_index),
    ).barred_by(work.dialling.bars(ids, numbers, now))


def judge(
    gathered: Gathered,
    *,
    contact: Contact,
    phone: ContactPhone,
    instant: datetime,
    campaign: Campaign,
    rules: Rules,
    stage: Stage,
    callback: ChosenWindow | None = None,
    leave_out: str | None = None,
    find_next: bool = True,
) -> Decision:
    """Decide from what was gathered, without I/O.

    `callback` is the window that the customer chose. `leave_out` names the attempt that is itself being asked about.
    A plan is not held up by a call that is in the air now; from the reservation on it is. Where the customer's stay
    somewhere ends, the answer from then on is that of the place that counts next.
    """
    options = GateOptions(
        trust=rules.trust,
        promotional=campaign.promotional,
        caller_number=rules.companies[campaign.company_id].caller_number,
        ring_seconds=campaign.pacing.ring_timeout_seconds,
        script_seconds=rules.longest(campaign),
        stage=stage,
        find_next=find_next,
        blocked_areas=gathered.areas,
    )
    history = _history(gathered, contact, phone, campaign, options=options, callback=callback, leave_out=leave_out)
    refusals = gathered.refusals(contact, phone)

    def at(moment: datetime) -> tuple[Decision, datetime | None]:
        place = whereabouts(contact, rules.rulebook, moment)
        facts = _facts(place, contact, phone, callback, refusals)
        return decide(facts, campaign.call_class, moment, history, rules.rulebook, options), place.until

    decision, stay = at(instant)
    return decision if stay is None else _until_the_end_of(stay, decision, at if find_next else None)


def may_call(
    work: UnitOfWork,
    *,
    contact: Contact,
    phone: ContactPhone,
    instant: datetime,
    campaign: Campaign,
    rules: Rules,
    stage: Stage,
    callback: ChosenWindow | None = None,
    leave_out: str | None = None,
    find_next: bool = True,
) -> Decision:
    """Gather for one contact and decide: see `judge`."""
    return judge(
        gather(work, [contact], instant),
        contact=contact,
        phone=phone,
        instant=instant,
        campaign=campaign,
        rules=rules,
        stage=stage,
        callback=callback,
        leave_out=leave_out,
        find_next=find_next,
    )


def _until_the_end_of(
    stay: datetime, decision: Decision, at: Callable[[datetime], tuple[Decision, datetime | None]] | None
) -> Decision:
    """Let a decision for a stay promise nothing beyond it: what follows is asked at its end, of the next place."""
    if decision.open_until is not None and decision.open_until > stay:
        decision = replace(decision, open_until=stay)
    following = decision.next_allowed
    if at is None or decision.allowed or (following is not None and following < stay):
        return decision
    then, next_stay = at(stay)
    if next_stay is not None:
        then = _until_the_end_of(next_stay, then, at)
    return replace(decision, next_allowed=then.next_allowed)


def _history(
    gathered: Gathered,
    contact: Contact,
    phone: ContactPhone,
    campaign: Campaign,
    *,
    options: GateOptions,
    callback: ChosenWindow | None,
    leave_out: str | None,
) -> History:
    on_number = _counted(gathered.by_number.get(phone.number_index, ()), leave_out)
    of_contact = _counted(gathered.by_contact.get(contact.id, ()), leave_out)
    bound = CallClass.TELEMARKETING if options.promotional else campaign.call_class
    return History(
        number_attempts=tuple(item.at for item in on_number),
        contact_attempts=tuple(item.at for item in of_contact),
        number_live=options.stage is not Stage.PLAN and any(item.live for item in on_number),
        quiet_until=_quiet_until(contact, campaign, callback),
        refusals=_refused(gathered.refusals(contact, phone), bound),
    )


def _facts(
    place: Whereabouts,
    contact: Contact,
    phone: ContactPhone,
    callback: ChosenWindow | None,
    refusals: Iterable[StoredSuppression],
) -> ContactFacts:
    return ContactFacts(
        region=place.region,
        place_source=place.source,
        stated_zone=place.time_zone,
        number_zones=number_zones(phone.e164),
        birth_date=contact.birth_date,
        line=Line(phone.line),
        privacy_notice_on=contact.privacy_notice_on,
        consents=tuple(ConsentEvidence(purpose, given_on) for purpose, given_on in sorted(contact.consents.items())),
        do_not_call=contact.do_not_call,
        chosen=callback,
        suppressions=tuple(Suppression(_scope(item.call_class)) for item in refusals if not item.lifted),
    )


def _refused(refusals: Iterable[StoredSuppression], bound: CallClass) -> tuple[datetime, ...]:
    """Instants at which calls of a class were refused. A refusal of marketing leaves the other classes alone."""
    marketing = SuppressionScope.MARKETING
    heard = {
        item.at for item in refusals if bound is CallClass.TELEMARKETING or _scope(item.call_class) is not marketing
    }
    return tuple(sorted(heard))


def _scope(call_class: str | None) -> SuppressionScope:
    """A class that has no scope of its own counts as everything: a refusal is never read narrowly."""
    return _SCOPES.get(CallClass(call_class) if call_class else None, SuppressionScope.EVERYTHING)


def _counted(past: Iterable[PastAttempt], leave_out: str | None) -> list[PastAttempt]:
    """Dials that a telephone may have rung for."""
    return [item for item in past if item.rang and item.id != leave_out]


def _quiet_until(contact: Contact, campaign: Campaign, callback: ChosenWindow | None) -> datetime | None:
    """End of the quiet days after a welcome; who asked to be called back is not disturbed by it."""
    if contact.welcomed_at is None or callback is not None:
        return None
    return contact.welcomed_at + timedelta(days=campaign.quiet_days)


def number_zones(e164: str) -> tuple[str, ...]:
    """Every IANA zone that a number could be in, as its numbering plan tells; empty when it tells nothing."""
    return _zones_of_prefix(e164.removeprefix("+")[:_LONGEST_PREFIX])


@lru_cache(maxsize=4096)
def _zones_of_prefix(digits: str) -> tuple[str, ...]:
    from phonenumbers.tzdata import TIMEZONE_DATA

    for length in range(len(digits), 0, -1):
        zones = TIMEZONE_DATA.get(digits[:length])
        if zones is not None:
            return tuple(sorted(zones))
    return ()


def _grouped(items: Iterable[Item], key: Callable[[Item], str | None]) -> dict[str, tuple[Item, ...]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        name = key(item)
        if name is not None:
            groups.setdefault(name, []).append(item)
    return {name: tuple(group) for name, group in groups.items()}
