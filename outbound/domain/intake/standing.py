"""Where a contact stands after its policies changed: to be called, told by message, or withdrawn."""

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from outbound.domain.campaign import Campaign, SecondPolicy
from outbound.domain.contact import Contact, ContactPhone, ContactPolicy, ContactState, WelcomeState
from outbound.domain.deadline import contact_deadline
from outbound.domain.intake.dossier import Dossier, HeldAttempt
from outbound.domain.outcome.disposition import REACHED_FOR_GOOD
from outbound.domain.policy import PolicyStatus

_TO_BE_CALLED = frozenset({ContactState.OPEN, ContactState.PLANNED})
_DECIDES_HOURS = (
    "region", "postal_code", "time_zone", "birth_date", "preferred_window", "privacy_notice_on", "consents",
    "do_not_call", "billing_region",
)  # fmt: skip


class Settlement(Struct, frozen=True):
    """The contact as it stands now; `cancel` is why its planned attempt goes; `withdrawn` takes back promises too."""

    contact: Contact
    cancel: str | None
    withdrawn: bool


def welcoming(dossier: Dossier, policy: ContactPolicy, campaign: Campaign, now: datetime) -> Dossier:
    """Decide how a policy that has just become due is welcomed.

    It joins a call that is still to come. Within the quiet days after a welcome nobody is rung again: a message is
    sent or the policy counts as told with the first; after another conversation that was the last it stays silent,
    because a person may be at it. Otherwise a new round begins.
    """
    contact = dossier.contact
    if contact.state in _TO_BE_CALLED or _is_mourned(contact):
        return dossier
    welcome = _quiet_welcome(dossier, campaign, now)
    if welcome is not None:
        policies = tuple(replace(one, welcome=welcome) if one.id == policy.id else one for one in contact.policies)
        return replace(dossier, contact=replace(contact, policies=policies))
    another = contact.state is ContactState.DONE or dossier.was_dialled
    contact = replace(
        contact,
        state=ContactState.OPEN,
        campaign_id=campaign.id,
        reason=None,
        not_before=None,
        round=contact.round + another,
    )
    return replace(dossier, contact=contact)


def message_phone(contact: Contact) -> ContactPhone | None:
    """Return the number that takes a text message, or None."""
    return next((phone for phone in contact.usable_phones if phone.line == "mobile"), None)


def settle(before: Dossier | None, after: Dossier, campaign: Campaign, today: date) -> Settlement:
    """Decide what follows for the contact and its planned attempt; a live attempt is never touched."""
    contact = after.contact
    due = contact.due_policies
    reason = _withdrawal(contact, is_due=bool(due))
    if reason is not None:
        changed = contact.state is not ContactState.WITHDRAWN or contact.reason != reason
        contact = replace(contact, state=ContactState.WITHDRAWN, reason=reason, not_before=None, deadline=None)
        return Settlement(contact, reason if after.planned else None, withdrawn=changed)
    if not due:
        return Settlement(contact, None, withdrawn=False)
    deadline = contact_deadline(due, contact.region, campaign.free_look_days, campaign.give_up_days, today)
    if deadline != contact.deadline:
        contact = replace(contact, deadline=deadline)
    if contact.state is ContactState.WITHDRAWN or (before and _new_chance(before.contact, contact)):
        contact = replace(contact, state=ContactState.OPEN, reason=None, not_before=None)
    planned = after.planned
    cancel = _why_replan(before.contact, contact, planned) if before and planned else None
    if cancel:
        contact = replace(contact, state=ContactState.OPEN, reason=None)
    if after.is_live and contact.state is ContactState.OPEN:
        contact = replace(contact, state=ContactState.PLANNED)
    return Settlement(contact, cancel, withdrawn=False)


def _quiet_welcome(dossier: Dossier, campaign: Campaign, now: datetime) -> WelcomeState | None:
    contact, quiet = dossier.contact, timedelta(days=campaign.quiet_days)
    if contact.welcomed_at is not None and now - contact.welcomed_at < quiet:
        may_text = not contact.do_not_call and message_phone(contact) is not None
        is_message = campaign.second_policy is SecondPolicy.MESSAGE and may_text
        return WelcomeState.MESSAGED if is_message else WelcomeState.MERGED
    spoken_at = dossier.last_ended_at if contact.reason in REACHED_FOR_GOOD else None
    return WelcomeState.MERGED if spoken_at is not None and now - spoken_at < quiet else None


def _withdrawal(contact: Contact, *, is_due: bool) -> str | None:
    """Why nobody may be called, or None. A contact that is done stays so unless the policyholder died."""
    if _is_mourned(contact):
        return "policy_deceased"
    if is_due or contact.state not in _TO_BE_CALLED:
        return None
    standings = {policy.status for policy in contact.policies}
    if not standings:
        return "policy_moved"
    return "policy_lapsed" if standings == {PolicyStatus.LAPSED} else "policy_cancelled"


def _is_mourned(contact: Contact) -> bool:
    return any(policy.status is PolicyStatus.DECEASED for policy in contact.policies)


def _new_chance(before: Contact, after: Contact) -> bool:
    """Whether a contact that was given up, but never spoken with, has a number that was not tried."""
    tried = {phone.number_index for phone in before.usable_phones}
    return (
        after.state is ContactState.DONE
        and after.reason not in REACHED_FOR_GOOD
        and any(phone.number_index not in tried for phone in after.usable_phones)
    )


def _why_replan(before: Contact, after: Contact, planned: HeldAttempt) -> str | None:
    if planned.phone_id not in {phone.id for phone in after.usable_phones}:
        return "number_replaced"
    if any(getattr(before, name) != getattr(after, name) for name in _DECIDES_HOURS):
        return "details_changed"
    if after.deadline != before.deadline and after.deadline and planned.window_start.date() > after.deadline:
        return "deadline_moved"
    return None
