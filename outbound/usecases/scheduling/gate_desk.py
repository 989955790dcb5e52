"""Asks the gate on behalf of a planner, which knows neither contacts nor numbers."""

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.compliance.place import Unplaced, resolve
from outbound.compliance.situation import segment_on
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone
from outbound.domain.outcome.callback import Callback
from outbound.planning.allocation import Candidate, Opening
from outbound.planning.slots import SLOT_MINUTES, next_day, shares_day
from outbound.usecases.places.whereabouts import whereabouts
from outbound.usecases.scheduling.may_call import Gathered, Rules, judge, number_zones

_SLOT = timedelta(minutes=SLOT_MINUTES)
_DAY = timedelta(days=1)
_LONG_AGO = date(1, 1, 1)


Memory = dict[tuple[Hashable, datetime], Opening]
"""Answers by gate key and instant."""


class Caller(Struct, frozen=True):
    """One contact as it would be called: on this number, perhaps in a window of its own choice."""

    contact: Contact
    phone: ContactPhone
    callback: Callback | None
    is_retry: bool

    @property
    def chosen(self) -> ChosenWindow | None:
        """Window that the customer chose."""
        return None if self.callback is None else ChosenWindow(self.callback.window_start, self.callback.window_end)


class GateDesk:
    """Answers for the candidates of one batch, from what was gathered about them.

    `taken` holds (start of a slot, number index) where another call to the number is planned. That counts like a dial
    of its day, or the later one would be cancelled when it is due; a promise only keeps out of the very slot, since the
    two can never be live at the same time. `memory` keeps answers from batch to batch of one run.
    """

    def __init__(
        self,
        callers: Mapping[str, Caller],
        gathered: Gathered,
        campaign: Campaign,
        rules: Rules,
        taken: set[tuple[datetime, str]],
        memory: Memory,
    ) -> None:
        self._callers = callers
        self._gathered = gathered
        self._campaign = campaign
        self._rules = rules
        self._memory = memory
        self._taken: dict[str, list[datetime]] = {}
        for start, number in sorted(taken):
            self._taken.setdefault(number, []).append(start)

    def __call__(self, candidate: Candidate, instant: datetime) -> Opening:
        """Return the earliest lawful instant that no other call to the number stands against."""
        if candidate.gate_key is None:
            return self._ask(candidate, instant)
        question = (candidate.gate_key, instant)
        known = self._memory.get(question)
        if known is None:
            known = self._memory[question] = self._ask(candidate, instant)
        return known

    def _ask(self, candidate: Candidate, instant: datetime) -> Opening:
        planned = self._taken.get(self._callers[candidate.id].phone.number_index, ())
        while True:
            decision = self.decide(candidate.id, instant)
            at = decision.next_allowed
            if at is None:
                return Opening(None, tuple(reason.code for reason in decision.reasons))
            if at == instant and not planned:
                return Opening(at, until=decision.open_until)
            if candidate.chosen is not None:
                if _floor(at) not in planned:
                    return Opening(at)
                instant = _floor(at) + _SLOT
            elif shares_day(candidate.zones, at, planned):
                instant = next_day(candidate.zones, at)
            else:
                return Opening(at)

    def decide(self, contact_id: str, instant: datetime) -> Decision:
        """Ask the gate itself."""
        caller = self._callers[contact_id]
        return judge(
            self._gathered,
            contact=caller.contact,
            phone=caller.phone,
            instant=instant,
            campaign=self._campaign,
            rules=self._rules,
            stage=Stage.PLAN,
            callback=caller.chosen,
        )

    def gate_key(self, caller: Caller, begin: datetime, end: datetime) -> Hashable:
        """Return what decides the gate's answer between two instants, equal for contacts that it treats alike.

        None for those that are alike now and may not be later: where a stay ends, each goes home to another place.
        Earlier dials count by the half hour: a plan may be that coarse, for the gate is asked again at the dial.
        """
        contact, phone = caller.contact, caller.phone
        where = whereabouts(contact, self._rules.rulebook, begin)
        if where.until is not None:
            return None
        segments = {segment_on(contact.birth_date, day) for day in ((begin - _DAY).date(), (end + _DAY).date())}
        if len(segments) > 1 or caller.callback is not None or phone.number_index in self._taken:
            return None
        gathered = self._gathered
        return (
            where,
            gathered.areas,
            number_zones(phone.e164),
            segments.pop(),
            phone.line,
            _given(contact.privacy_notice_on, begin),
            tuple((purpose, _given(day, begin)) for purpose, day in sorted(contact.consents.items(), key=_first)),
            contact.do_not_call,
            contact.welcomed_at,
            tuple((item.call_class, item.at, item.lifted) for item in gathered.refusals(contact, phone)),
            tuple(_floor(item.at) for item in gathered.by_contact.get(contact.id, ())),
            tuple(_floor(item.at) for item in gathered.by_number.get(phone.number_index, ())),
        )

    def zones(self, caller: Caller, now: datetime) -> tuple[str, ...]:
        """Return the zones in which the contact may be now; none where the gate does not know the place."""
        where = whereabouts(caller.contact, self._rules.rulebook, now)
        numbers = number_zones(caller.phone.e164)
        place = resolve(self._rules.rulebook, where.region, where.time_zone, numbers, whole=False)
        return () if isinstance(place, Unplaced) else place.zones


def _first(item: tuple[str, date | None]) -> str:
    return item[0]


def _given(day: date | None, begin: datetime) -> date | None:
    """What was given days ago is given, whenever it was."""
    return _LONG_AGO if day is not None and day < (begin - _DAY).date() else day


def _floor(instant: datetime) -> datetime:
    utc = instant.astimezone(UTC)
    return utc - (utc - datetime.min.replace(tzinfo=UTC)) % _SLOT
