"""The builders themselves, over both databases."""

from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import ContactState
from tests.usecases.builders import attempts_of, contact_now, make_attempt, make_contact


def test_a_built_contact_can_be_called(store: SqlStore) -> None:
    """A contact from the builder has a number and a policy due, and an attempt makes it planned."""
    contact = make_contact(store)
    assert [phone.e164 for phone in contact.usable_phones] == ["+886900000001"]
    assert len(contact.due_policies) == 1
    attempt = make_attempt(store, contact, status=AttemptStatus.RINGING)
    assert attempts_of(store, contact) == [attempt]
    assert attempt.placed_at is not None
    assert contact_now(store, contact.id).state is ContactState.PLANNED
