"""The first words of a call: to whom we speak is looked up again, since days may have passed since the plan."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.compliance.place import Place, Unplaced, resolve
from outbound.compliance.rules.calendar import CalendarMissingError
from outbound.compliance.rules.rulebook import Rulebook
from outbound.dialogue.facts import Facts, VerifyBy
from outbound.dialogue.said import SaidItem
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact, ContactPhone, ContactState
from outbound.domain.language import spoken_language
from outbound.domain.verification import LOCKED_OUT_FOR
from outbound.planning.again import MOST_A_DAY, callback_dial_left
from outbound.planning.promised import Window
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.facts import agreed_digits, conversation_facts, local_day
from outbound.usecases.conversation.sentences import neutral_goodbye
from outbound.usecases.conversation.windows import offer_windows
from outbound.usecases.places.whereabouts import whereabouts
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.voice import CallState
from outbound.usecases.scheduling.may_call import Gathered, Rules, gather, judge, number_zones

TRANSFER_LEAD = timedelta(minutes=15)
"""How long people still have to be at the desk when a call is answered whose callee may ask for one on its way."""

_SILENCING = frozenset({"do_not_call", "suppressed"})
"""Reasons of the gate that forbid even to begin, though the telephone was answered."""


class Farewell(Struct, frozen=True):
    """The conversation must not begin: what is said instead, and why (a code)."""

    said: tuple[SaidItem, ...]
    language: str
    reason: str


def prepare(work: UnitOfWork, call: CallState, context: VoiceContext, now: datetime) -> Facts | Farewell:
    """Gather what the conversation may know, or the goodbye of one that must not begin."""
    campaign = context.campaigns[call.campaign_id]
    company = context.rules.companies[call.company_id]
    contact = work.dialling.callee(call.contact_id, call.phone_id)
    if contact is None or contact.state is ContactState.WITHDRAWN or not contact.due_policies:
        return _farewell(company, campaign, contact, "withdrawn")
    phone = next(each for each in contact.phones if each.id == call.phone_id)
    if phone.unusable is not None:
        return _farewell(company, campaign, contact, "number_unusable")
    gate = _Gate(gather(work, [contact], now), contact, phone, campaign, context.rules)
    silenced = gate.silenced(now, leave_out=call.attempt_id)
    if silenced is not None:
        return _farewell(company, campaign, contact, silenced)
    rulebook = context.rules.rulebook
    zones = _zones(rulebook, contact, phone, now)
    # Rights run by the calendar of the policy, wherever its holder is travelling.
    home = resolve(rulebook, contact.region, contact.time_zone, (), whole=True)
    robot, person = _choices(work, gate, zones, now)
    facts = conversation_facts(
        contact,
        company=company,
        campaign=campaign,
        today=local_day(now, zones),
        next_working_day=_working_days(context.rules, home),
        callback_choices=robot,
        person_choices=person,
        # A time to choose shows it already.
        person_can_call=bool(person) or campaign.people(zones).can_call(now),
        zones=zones,
        transfer_available=_takes_transfers(campaign, now),
    )
    return replace(
        facts,
        id_digits=agreed_digits(_identities(work, contact, campaign, company)),
        locked_out=work.voice.failed_verification(call.contact_id, now - LOCKED_OUT_FOR),
        can_text=phone.line == "mobile",
    )


def _identities(work: UnitOfWork, contact: Contact, campaign: Campaign, company: Company) -> tuple[str, ...]:
    """Read what stands in the company's column for the identity number, where it is asked for at all."""
    column = company.identity_column
    if column is None or VerifyBy.ID_DIGITS not in (campaign.verification or company.verification):
        return ()
    if column == "customer_id":
        return (contact.customer_id,)
    held = (each.get(column) for each in work.voice.policy_attributes(contact.id))
    # Intake lets text in alone; a call never ends on what it finds.
    return tuple(each for each in held if isinstance(each, str))


def choices_now(
    work: UnitOfWork,
    call: CallState,
    context: VoiceContext,
    now: datetime,
    *,
    by_person: bool,
    within: Window | None = None,
) -> tuple[Window, ...]:
    """Look once more which times may be offered for a return call: those of the robot, or of people.

    `within` is a time that was named: then the parts of it that may be promised.
    """
    contact = work.dialling.callee(call.contact_id, call.phone_id)
    phone = next((each for each in contact.phones if each.id == call.phone_id), None) if contact else None
    if contact is None or phone is None:
        return ()
    gate = _Gate(gather(work, [contact], now), contact, phone, context.campaigns[call.campaign_id], context.rules)
    robot, person = _choices(work, gate, _zones(context.rules.rulebook, contact, phone, now), now, within)
    return person if by_person else robot


def _zones(rulebook: Rulebook, contact: Contact, phone: ContactPhone, now: datetime) -> tuple[str, ...]:
    where = whereabouts(contact, rulebook, now)
    place = resolve(rulebook, where.region, where.time_zone, number_zones(phone.e164), whole=False)
    return place.zones if isinstance(place, Place) else ()


class _Gate(Struct, frozen=True):
    """The gate for one contact and phone, asked about several instants on the same facts."""

    gathered: Gathered
    contact: Contact
    phone: ContactPhone
    campaign: Campaign
    rules: Rules

    def silenced(self, now: datetime, leave_out: str) -> str | None:
        """Reason that forbids even to begin, or None."""
        refusals = self.gathered.refusals(self.contact, self.phone)
        if not self.contact.do_not_call and all(each.lifted for each in refusals):
            return None
        decision = self._judge(now, Stage.CARRIER, None, leave_out)
        return next((reason.code for reason in decision.reasons if reason.code in _SILENCING), None)

    def lawful_until(self, instant: datetime, window: Window) -> datetime | None:
        """Until when a call that is asked for in `window` may start from then on: as it will be asked for the plan."""
        return self._judge(instant, Stage.PLAN, ChosenWindow(*window), None).open_until

    def rings_on(self, day: date, zone: ZoneInfo) -> int:
        """Count the contact's calls of a local day, this one among them; what the carrier refused disturbed nobody."""
        past = self.gathered.by_contact.get(self.contact.id, ())
        return sum(each.rang and each.at.astimezone(zone).date() == day for each in past)

    def dials(self) -> int:
        """Count the dials of the contact's present round, this one among them."""
        past = self.gathered.by_contact.get(self.contact.id, ())
        return sum(each.round == self.contact.round and each.attempt_number > 0 for each in past)

    def _judge(self, instant: datetime, stage: Stage, chosen: ChosenWindow | None, leave_out: str | None) -> Decision:
        return judge(
            self.gathered,
            contact=self.contact,
            phone=self.phone,
            instant=instant,
            campaign=self.campaign,
            rules=self.rules,
            stage=stage,
            callback=chosen,
            leave_out=leave_out,
            find_next=False,
        )


def _choices(
    work: UnitOfWork, gate: _Gate, zones: tuple[str, ...], now: datetime, within: Window | None = None
) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """Times for a call of the robot, and for one of a person, who calls in the hours of the service desk."""
    if not zones:
        return (), ()
    zone, desk = ZoneInfo(zones[0]), gate.campaign.service_desk
    offer = partial(
        offer_windows,
        campaign=gate.campaign,
        zone=zone,
        now=now,
        lawful_until=cache(gate.lawful_until),
        promised=work.voice.open_callbacks(gate.campaign.id, now),
        not_today=gate.rings_on(now.astimezone(zone).date(), zone) >= MOST_A_DAY,
        within=within,
    )
    person = offer(desk=desk) if desk is not None else ()
    # After its last dial the robot promises no further one: a person keeps whatever is promised.
    return offer() if callback_dial_left(gate.campaign, gate.dials()) else person, person


def _takes_transfers(campaign: Campaign, now: datetime) -> bool:
    desk = campaign.service_desk
    return desk is not None and desk.takes_transfers and desk.is_open_throughout(now, now + TRANSFER_LEAD)


def _working_days(rules: Rules, place: Place | Unplaced) -> Callable[[date], date | None]:
    calendar = rules.rulebook.calendars.get(place.packs[0].calendar) if isinstance(place, Place) else None

    def following(day: date) -> date | None:
        try:
            return calendar.next_working_day(day) if calendar is not None else None
        except CalendarMissingError:
            return None

    return following


def _farewell(company: Company, campaign: Campaign, contact: Contact | None, reason: str) -> Farewell:
    language = spoken_language(contact.language if contact else None, campaign.languages)
    return Farewell(neutral_goodbye(company, language), language, reason)
