"""What somebody says who rings us back: complaints and guesses count as in a call of ours."""

from datetime import timedelta

import pytest

from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.domain.contact import ContactState
from tests.usecases.builders import contact_now
from tests.usecases.inbound_room import Caller, inbound_context, missed_contact


@pytest.mark.parametrize("before", [(), (Keyed("1"), Keyed("1"), Keyed("1"))])
def test_a_complaint_of_who_rings_back_has_its_case_and_ends_our_calls(
    store: SqlStore, before: tuple[Keyed, ...]
) -> None:
    """Verified or not: a person has it, the record says so, and the robot does not ring any more."""
    contact = missed_contact(store)
    caller = Caller(store)
    caller.ring()
    for each in before:
        caller.says(each)
    caller.says(Spoken("我要投訴"))
    caller.hangs_up()
    assert ("complaint", "waiting") in caller.inbox()
    (record,) = caller.records()
    assert (record["complaint"], record["next_step"]) == (True, "person")
    assert contact_now(store, contact.id).state is ContactState.DONE


def test_who_guesses_once_a_call_is_asked_no_fourth_time(store: SqlStore) -> None:
    """Ringing again and again does not open the door: after three wrong answers nobody is asked again."""
    missed_contact(store)
    asked, context = [], inbound_context()
    for number in range(4):
        caller = Caller(store, context, sid=f"CA{number}{'9' * 31}")
        caller.now += timedelta(hours=number)
        caller.ring()
        asked.append("出生" in caller.says(Keyed("1"), Keyed("1"), Keyed("1")))
        if asked[-1]:
            caller.says(Keyed("0101"))
        caller.hangs_up()
    assert asked == [True, True, True, False]
