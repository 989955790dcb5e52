"""Policies that were taken in while a call about earlier ones was being talked: they are no part of it."""

from datetime import datetime

from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, WelcomeState
from outbound.domain.identifiers import Identifiers
from outbound.domain.intake.standing import settle, welcoming
from outbound.usecases.intake.message import add_message
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.intake import IntakeWrites


def welcome_late(
    work: UnitOfWork, done: Attempt, campaign: Campaign, *, by_person: bool, identifiers: Identifiers, now: datetime
) -> None:
    """Treat what is still due as if it had come right after `done`, which closed the contact: see `welcoming`.

    Where a person takes over (`by_person`) they speak of it too. The caller commits.
    """
    (before,) = work.intake.dossiers(done.company_id, (), {done.contact_id}).values()
    due = before.contact.due_policies
    writes = IntakeWrites()
    if by_person:
        writes.new_welcomes.extend((policy.id, WelcomeState.MERGED) for policy in due)
    else:
        after = before
        for policy in due:
            after = welcoming(after, policy, campaign, now)
        contact = settle(before, after, campaign, now.date()).contact
        writes.changed_contacts.append(contact)
        writes.new_welcomes.extend(_decided(contact, {policy.id for policy in due}))
        if any(welcome is WelcomeState.MESSAGED for _, welcome in writes.new_welcomes):
            add_message(writes, contact, campaign, identifiers, now)
    work.intake.write(done.company_id, "", writes, now)


def _decided(contact: Contact, ids: set[str]) -> list[tuple[str, WelcomeState]]:
    return [
        (policy.id, policy.welcome)
        for policy in contact.policies
        if policy.id in ids and policy.welcome is not WelcomeState.DUE
    ]
