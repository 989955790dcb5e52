"""What the gate says about a contact at an instant, asked just as the planner and the dialler ask it."""

from dataclasses import dataclass
from datetime import datetime

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact
from outbound.planning.again import next_phone
from outbound.planning.candidates import standing_callback
from outbound.usecases.may_call import Rules, may_call
from outbound.usecases.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """The gate's answer on the number that comes next, and whether a time that the customer chose was asked about.

    `decision` None: there is no number left to ask about.
    """

    decision: Decision | None
    callback: bool


def explain_contact(
    work: UnitOfWork,
    *,
    contact: Contact,
    campaign: Campaign,
    rules: Rules,
    instant: datetime,
    planned_phone: str | None = None,
    planned_attempt: str | None = None,
) -> Asked:
    """Ask about the number of the planned attempt, or the one that would be chosen; reads only."""
    dials = work.planning.dials([contact.id]).get(contact.id, ())
    promise = standing_callback(contact, work.planning.callbacks([contact.id]).get(contact.id), dials, instant)
    usable = [phone.id for phone in contact.usable_phones]
    chosen = planned_phone if planned_phone in usable else next_phone(campaign, usable, dials)
    phone = next((each for each in contact.phones if each.id == chosen), None)
    if phone is None:
        return Asked(None, promise is not None)
    decision = may_call(
        work,
        contact=contact,
        phone=phone,
        instant=instant,
        campaign=campaign,
        rules=rules,
        stage=Stage.QUESTION,
        callback=None if promise is None else ChosenWindow(promise.window_start, promise.window_end),
        leave_out=planned_attempt,
    )
    return Asked(decision, promise is not None)
