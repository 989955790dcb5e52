"""What the gate says about a contact at an instant, asked just as the planner and the dialler ask it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact
from outbound.planning.again import next_phone
from outbound.planning.candidates import standing_callback
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.dialling import PastAttempt
from outbound.usecases.scheduling.may_call import Gathered, Rules, gather, judge


class PlannedCall(Struct, frozen=True):
    """A call that stands in the plan: its attempt and number by their identifiers, and when it would ring first."""

    attempt_id: str
    phone_id: str
    start: datetime


class Asked(Struct, frozen=True):
    """The gate's answer on the number that comes next, and whether a time that the customer chose was asked about.

    `decision` None: there is no number left to ask about. `at_start` is the answer for the start of the planned call.
    """

    decision: Decision | None
    callback: bool
    at_start: Decision | None = None


def explain_contact(
    work: UnitOfWork,
    *,
    contact: Contact,
    campaign: Campaign,
    rules: Rules,
    instant: datetime,
    planned: PlannedCall | None = None,
) -> Asked:
    """Ask about the number of the planned call, or the one that would be chosen; reads only.

    Of the calls only those made before an instant count at that instant.
    """
    dials = work.planning.dials([contact.id]).get(contact.id, ())
    stored = work.planning.callbacks([contact.id]).get(contact.id)
    usable = [phone.id for phone in contact.usable_phones]
    wanted = None if planned is None else planned.phone_id
    chosen = wanted if wanted in usable else next_phone(campaign, usable, dials)
    phone = next((each for each in contact.phones if each.id == chosen), None)
    promise = standing_callback(contact, stored, dials, instant)
    if phone is None:
        return Asked(None, promise is not None)
    gathered = gather(work, [contact], instant if planned is None else min(instant, planned.start))

    def asked(moment: datetime, stage: Stage) -> Decision:
        promised = standing_callback(contact, stored, dials, moment)
        return judge(
            _until(gathered, moment),
            contact=contact,
            phone=phone,
            instant=moment,
            campaign=campaign,
            rules=rules,
            stage=stage,
            callback=None if promised is None else ChosenWindow(promised.window_start, promised.window_end),
            leave_out=None if planned is None else planned.attempt_id,
        )

    at_start = None if planned is None else asked(planned.start, Stage.PLAN)
    return Asked(asked(instant, Stage.QUESTION), promise is not None, at_start)


def _until(gathered: Gathered, instant: datetime) -> Gathered:
    return replace(
        gathered, by_contact=_earlier(gathered.by_contact, instant), by_number=_earlier(gathered.by_number, instant)
    )


def _earlier(past: Mapping[str, tuple[PastAttempt, ...]], instant: datetime) -> dict[str, tuple[PastAttempt, ...]]:
    return {key: tuple(item for item in items if item.at <= instant) for key, items in past.items()}
