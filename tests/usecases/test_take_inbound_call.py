"""Whoever rings the number that we show: recognised without being told so, and given what they are due."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from outbound.adapters.sql.schema import attempt_events, attempts, contacts, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Spoken
from outbound.domain.attempt import AttemptStatus
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.service_desk import NOBODYS_HOURS
from outbound.usecases.inbound import settle_inbound as settle_module
from outbound.usecases.inbound.caller import InboundTerms
from outbound.usecases.inbound.settle_inbound import LOOK_BACK, InboundReport, settle_inbound
from outbound.usecases.outcomes.close_attempt import close_attempt
from outbound.usecases.ports.carrier import CarrierAwayError, CarrierCall
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import (
    attempt_now,
    attempts_of,
    contact_now,
    make_attempt,
    make_callback,
    make_contact,
    rows,
    suppress_number,
)
from tests.usecases.inbound_room import OURS, SID, THEIRS, Caller, inbound_context, missed, missed_contact
from tests.values import replace

NAME = "王試明"
OTHER = f"CA{'8' * 32}"
WELCOMED = [Keyed(key) for key in ("1", "1", "1", "0528", "1", "2", "2", "2", "8", "2")]
"""Records it, talks now, is the customer, verified, satisfied, no repeat, no question, no wish, eight points."""


def test_who_rings_back_has_the_whole_conversation(store: SqlStore) -> None:
    """The caller is verified without being named, is welcomed, and one record is filed; the contact is done."""
    contact = missed_contact(store)
    caller = Caller(store)
    first = caller.ring()
    assert "謝謝您回電" in first
    assert NAME not in first
    assert "再見" in caller.says(*WELCOMED)
    assert caller.hangs_up() == "ended"
    attempt = caller.attempt
    assert (attempt.status, attempt.disposition) == (AttemptStatus.ENDED, Disposition.WELCOMED)
    assert (attempt.origin, attempt.attempt_number, attempt.receipt_id) == ("inbound", None, None)
    assert contact_now(store, contact.id).state is ContactState.DONE
    assert contact_now(store, contact.id).welcomed_at is not None
    (record,) = caller.records()
    assert (record["disposition"], record["script"], record["attempt_number"]) == (
        "welcomed", "missed_call_return", None,
    )  # fmt: skip
    assert caller.kept()[0].ended_at is not None


def test_the_same_call_again_hears_the_same(store: SqlStore) -> None:
    """The second delivery of the first webhook gets the same bytes, also when the conversation has gone on."""
    missed_contact(store)
    caller = Caller(store)
    first = caller.ring()
    assert caller.ring() == first
    caller.says(Keyed("1"))
    assert caller.ring() == first
    assert len(rows(store, select(attempts).where(attempts.c.origin == "inbound"))) == 1


def test_what_was_planned_is_taken_back(store: SqlStore) -> None:
    """The planned call is cancelled because they rang; who hangs up early is called when it had been planned."""
    contact = missed_contact(store)
    later = MONDAY_TEN + timedelta(hours=26)
    planned = make_attempt(store, contact, window_start=later)
    caller = Caller(store)
    caller.ring()
    assert attempt_now(store, planned.id).status is AttemptStatus.CANCELLED
    assert attempt_now(store, planned.id).cause == "rang_back"
    assert contact_now(store, contact.id).state is ContactState.PLANNED
    caller.says(Keyed("1"))
    caller.hangs_up()
    after = contact_now(store, contact.id)
    assert (after.state, after.not_before) == (ContactState.OPEN, later)
    assert caller.records()[0]["next_step"] == "retry_at"


def test_a_wait_is_not_shortened_by_ringing_back(store: SqlStore) -> None:
    """Where nothing was planned yet, the contact waits as long as before."""
    later = MONDAY_TEN + timedelta(hours=20)
    contact = missed_contact(store, not_before=later)
    caller = Caller(store)
    caller.ring()
    caller.hangs_up()
    assert contact_now(store, contact.id).not_before == later
    assert not caller.inbox()


def test_another_time_is_a_promise(store: SqlStore) -> None:
    """Who rings back and chooses a time is called then, and an older promise is off."""
    contact = missed_contact(store)
    first = attempts_of(store, contact)[0]
    make_callback(store, first, window_start=MONDAY_TEN + timedelta(hours=5), reason="later")
    caller = Caller(store)
    caller.ring()
    caller.says(Keyed("1"), Keyed("2"), Keyed("1"), Keyed("1"))
    caller.hangs_up()
    (record,) = caller.records()
    assert record["next_step"] == "callback_planned"
    assert contact_now(store, contact.id).reason == "waiting_for_callback"
    from outbound.adapters.sql.schema import callbacks

    standing = {row.attempt_id: row.status for row in rows(store, select(callbacks))}
    assert standing == {first.id: "withdrawn", caller.attempt.id: "open"}


def test_hanging_up_takes_no_promise_back(store: SqlStore) -> None:
    """Who has a time, rings before it and hangs up is called at that time."""
    contact = missed_contact(store)
    first = attempts_of(store, contact)[0]
    window = MONDAY_TEN + timedelta(hours=5)
    make_callback(store, first, window_start=window, reason="later")
    caller = Caller(store)
    caller.ring()
    caller.hangs_up()
    after = contact_now(store, contact.id)
    assert (after.reason, after.not_before) == ("waiting_for_callback", window - timedelta(hours=1))


def test_a_person_by_the_key_that_always_means_one(store: SqlStore) -> None:
    """Who wants a person gets one, and the robot does not ring again."""
    contact = missed_contact(store)
    caller = Caller(store)
    caller.ring()
    caller.says(Keyed("0"))
    caller.hangs_up()
    assert caller.inbox() == [("person_requested", "waiting")]
    assert contact_now(store, contact.id).state is ContactState.DONE


def test_who_rings_back_after_the_last_attempt_is_welcomed(store: SqlStore) -> None:
    """The robot had given up, and what they were due is due again while they are on the line."""
    contact = missed_contact(store, state=ContactState.DONE, reason="attempts_exhausted", welcome=WelcomeState.CLOSED)
    caller = Caller(store)
    caller.ring()
    caller.says(*WELCOMED)
    caller.hangs_up()
    after = contact_now(store, contact.id)
    assert (after.state, after.reason) == (ContactState.DONE, "welcomed")
    assert caller.records()[0]["policy_nos"] == [contact.policies[0].policy_no]


def test_who_was_given_up_and_hangs_up_stays_given_up(store: SqlStore) -> None:
    """Ringing back opens no new round of calls."""
    contact = missed_contact(store, state=ContactState.DONE, reason="attempts_exhausted", welcome=WelcomeState.CLOSED)
    caller = Caller(store)
    caller.ring()
    caller.hangs_up()
    after = contact_now(store, contact.id)
    assert (after.state, after.reason) == (ContactState.DONE, "attempts_exhausted")
    assert [each.welcome for each in after.policies] == [WelcomeState.CLOSED]


def test_a_person_need_not_follow_up_any_more(store: SqlStore) -> None:
    """Who missed the call that they had asked for, and rings us, is not rung by a person as well."""
    from outbound.usecases.outcomes.not_reached import not_reached_item

    contact = missed_contact(store, state=ContactState.DONE, reason="callback_not_reached", welcome=WelcomeState.CLOSED)
    context = inbound_context()
    item = not_reached_item(
        company_id=contact.company_id,
        contact_id=contact.id,
        attempt_id=attempts_of(store, contact)[0].id,
        people=NOBODYS_HOURS,
        identifiers=context.identifiers,
        now=MONDAY_TEN - timedelta(minutes=30),
    )
    with store.begin() as work:
        work.desk.add_item(item)
        work.commit()
    caller = Caller(store, context)
    caller.ring()
    caller.says(*WELCOMED)
    caller.hangs_up()
    assert caller.inbox() == [("person_requested", "done")]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": ContactState.DONE, "reason": "welcomed", "welcome": WelcomeState.CLOSED},
        {"state": ContactState.DONE, "reason": "refused", "welcome": WelcomeState.CLOSED},
        {"state": ContactState.DONE, "reason": "complaint", "welcome": WelcomeState.CLOSED},
        {"state": ContactState.WITHDRAWN, "reason": "policy_cancelled"},
        {"do_not_call": True},
    ],
    ids=lambda columns: str(columns.get("reason", "do_not_call")),
)
def test_nothing_open_sounds_like_a_stranger(store: SqlStore, columns: dict[str, object]) -> None:
    """Who has nothing left to talk about with a robot hears what a stranger hears, and nothing changes for them."""
    contact = missed_contact(store, **columns)
    caller = Caller(store)
    heard = caller.ring()
    stranger = Caller(store, caller.context, from_="+886900000099", sid=OTHER)
    assert heard == stranger.ring()
    assert "福爾摩沙人壽的自動語音服務" in heard
    assert "零二，五五五五，零一九九" in heard
    caller.hangs_up()
    assert contact_now(store, contact.id).state is contact.state
    (record,) = caller.records()
    assert (record["disposition"], record["contact_id"]) == ("informed", contact.id)
    assert caller.kept()[0].met == "nothing_open"


def test_an_opt_out_stands_whoever_rings(store: SqlStore) -> None:
    """A suppressed number may ring us: it hears who we are, and stays suppressed; what was planned is left alone."""
    contact = missed_contact(store)
    suppress_number(store, THEIRS)
    caller = Caller(store)
    assert "沒有需要用語音和您談的事" in caller.ring()
    assert contact_now(store, contact.id).state is ContactState.OPEN
    assert not rows(store, select(attempts).where(attempts.c.origin == "inbound"))


@pytest.mark.parametrize("status", [AttemptStatus.RESERVED, AttemptStatus.RINGING, AttemptStatus.UNKNOWN])
def test_no_second_conversation_while_one_may_be_live(store: SqlStore, status: AttemptStatus) -> None:
    """While a call of ours is in the air or not settled, an apology is heard and a person is promised, once."""
    contact = make_contact(store)
    make_attempt(store, contact, status=status)
    caller = Caller(store)
    assert "我們會請專人打電話給您" in caller.ring()
    caller.hangs_up()
    again = Caller(store, caller.context, sid=OTHER, now=MONDAY_TEN + timedelta(minutes=1))
    again.ring()
    assert caller.inbox() == [("person_requested", "waiting")]
    (record,) = caller.records()
    assert (record["disposition"], record["next_step"]) == ("person_requested", "person")


@pytest.mark.parametrize("status", [AttemptStatus.RINGING, AttemptStatus.UNKNOWN])
def test_the_robot_does_not_ring_beside_the_person(store: SqlStore, status: AttemptStatus) -> None:
    """Who was promised a person while our call rang is not tried anew when nobody took it: a person rings."""
    contact = make_contact(store)
    ours = make_attempt(store, contact, status=status, sid="CA7")
    caller = Caller(store)
    caller.ring()
    context, over = caller.context, CarrierStatus("CA7", "no-answer", 2, at=MONDAY_TEN + timedelta(minutes=1))
    terms: dict[str, Any] = {
        "campaigns": context.campaigns,
        "scripts": context.scripts,
        "identifiers": context.identifiers,
    }
    close_attempt(store, token=ours.token, status=over, now=MONDAY_TEN + timedelta(minutes=1), **terms)
    after = contact_now(store, contact.id)
    assert (after.state, after.reason) == (ContactState.DONE, "person_requested")
    (record,) = [row.body for row in rows(store, select(outbox)) if row.body.get("call_sid") == "CA7"]
    assert (record["disposition"], record["next_step"]) == ("no_answer", "person")
    assert caller.inbox() == [("person_requested", "waiting")]


@pytest.mark.parametrize("from_", ["", "anonymous", "+266696687x", "0900000001", "+886900000099"])
def test_strangers_and_hidden_numbers(store: SqlStore, from_: str) -> None:
    """A number that is withheld, malformed or unknown hears who we are and where a person is; one record is filed."""
    missed_contact(store)
    caller = Caller(store, from_=from_)
    heard = caller.ring()
    assert "automated service of Formosa Life" in heard
    assert "回電" not in heard
    assert caller.ring() == heard
    caller.hangs_up()
    assert caller.hangs_up() == "known"
    (record,) = caller.records()
    assert (record["contact_id"], record["campaign"], record["policy_nos"]) == (None, None, [])
    assert caller.kept()[0].met == "not_known"


def test_a_number_that_is_none_of_ours(store: SqlStore) -> None:
    """No company is named where none is known."""
    missed_contact(store)
    heard = Caller(store, to="+886255550999").ring()
    assert "福爾摩沙" not in heard
    assert "沒有提供服務" in heard


def test_whom_we_never_called_is_a_stranger(store: SqlStore) -> None:
    """A customer whom we have not called yet is not recognised by the number alone, nor one called long ago."""
    contact = make_contact(store)
    caller = Caller(store)
    assert "沒有需要用語音和您談的事" in caller.ring()
    missed(store, contact, at=MONDAY_TEN - timedelta(days=31))
    later = Caller(store, caller.context, sid=OTHER)
    later.ring()
    assert later.kept()[0].met == "not_known"


def test_the_one_who_was_rung_last_is_meant(store: SqlStore) -> None:
    """Of several contacts with one number, the call is for the one whom we rang last."""
    missed_contact(store, customer_id="C1")
    second = make_contact(store, customer_id="C2")
    missed(store, second, at=MONDAY_TEN - timedelta(minutes=20))
    caller = Caller(store)
    caller.ring()
    assert caller.kept()[0].contact_id == second.id


def test_the_one_who_is_still_to_be_called_is_meant(store: SqlStore) -> None:
    """Who was talked to since does not keep the other one of a number from being talked to."""
    first = missed_contact(store, customer_id="C1")
    second = make_contact(store, customer_id="C2")
    missed(store, second, at=MONDAY_TEN - timedelta(minutes=20))
    with store.engine.begin() as connection:
        connection.execute(update(contacts).where(contacts.c.id == second.id).values(state=ContactState.DONE))
    caller = Caller(store)
    caller.ring()
    assert caller.kept()[0].contact_id == first.id


def test_a_call_that_was_taken_back_before_it_rang_is_none(store: SqlStore) -> None:
    """What left the carrier's queue without ringing was heard by nobody."""
    contact = make_contact(store)
    missed(store, contact, ringing_at=None, attempt_number=None)
    caller = Caller(store)
    caller.ring()
    assert caller.kept()[0].met == "not_known"


def test_without_a_script_nobody_is_talked_to(store: SqlStore) -> None:
    """A campaign without a script for returned calls tells who we are, and where a person is reached."""
    missed_contact(store)
    context = inbound_context()
    campaigns = {name: _without_script(each) for name, each in context.campaigns.items()}
    caller = Caller(store, inbound_context(campaigns=campaigns))
    assert "要找專人，請撥" in caller.ring()
    assert caller.kept()[0].met == "nothing_open"


def _without_script(campaign: object) -> object:
    return replace(campaign, return_script=None)


def test_a_call_that_we_never_answered_is_on_record(store: SqlStore) -> None:
    """Where the first webhook was lost the end alone is told: one record, and the plan stays as it was."""
    contact = missed_contact(store)
    caller = Caller(store)
    assert caller.hangs_up() == "ended"
    assert caller.hangs_up() == "known"
    (record,) = caller.records()
    assert record["disposition"] == "abandoned"
    assert contact_now(store, contact.id).state is ContactState.OPEN
    assert not caller.inbox()
    assert "系統出了一點問題" in caller.ring()


def test_who_rang_in_vain_and_is_not_called_any_more_is_rung_by_a_person(store: SqlStore) -> None:
    """Nobody who rings back is lost because a webhook was."""
    missed_contact(store, state=ContactState.DONE, reason="attempts_exhausted", welcome=WelcomeState.CLOSED)
    caller = Caller(store)
    caller.hangs_up()
    assert caller.inbox() == [("apology", "waiting")]
    assert caller.records()[0]["next_step"] == "person"


def test_the_wrong_person_closes_the_number(store: SqlStore) -> None:
    """Who rings back and is nobody's customer is not called again on this number."""
    contact = missed_contact(store, numbers=(THEIRS, "+886900000002"))
    caller = Caller(store)
    caller.ring()
    caller.says(Keyed("1"), Keyed("1"), Spoken("你打錯了，沒有這個人", 0.9))
    caller.hangs_up()
    after = contact_now(store, contact.id)
    assert [phone.unusable for phone in after.phones] == ["wrong_party", None]
    assert after.state is ContactState.OPEN


def test_the_chain_of_statuses_begins_in_conversation(store: SqlStore) -> None:
    """The first event of the attempt has no status before it, and says why."""
    missed_contact(store)
    caller = Caller(store)
    caller.ring()
    (event,) = rows(store, select(attempt_events).where(attempt_events.c.attempt_id == caller.attempt.id))
    assert (event.from_status, event.to_status, event.cause) == (None, "in_progress", "rang_back")


class Listed:
    """A carrier that lists calls that came in."""

    def __init__(self, *calls: CarrierCall, away: bool = False) -> None:
        self.calls, self.away = calls, away
        self.asked: list[object] = []

    def received_calls(self, *, to: str, since: object) -> list[CarrierCall]:
        """Return the calls."""
        self.asked.append(since)
        if self.away:
            raise CarrierAwayError("the carrier does not answer")
        return [each for each in self.calls if each.to == to and each.started_at >= since]  # type: ignore[operator]


def _listed(sid: str = SID, status: str = "completed", from_: str = THEIRS) -> CarrierCall:
    at = MONDAY_TEN - timedelta(minutes=3)
    return CarrierCall(sid, OURS, from_, status, at, at, at + timedelta(seconds=20), 20, None)


def _settle(
    store: SqlStore, carrier: Listed, since: dict[str, datetime] | None = None, now: datetime = MONDAY_TEN
) -> InboundReport:
    """Look at the carrier's list; `since` is where an earlier worker left off."""
    if since:
        with store.begin() as work:
            work.inbound.note_looked(since)
            work.commit()
    context = inbound_context()
    terms = InboundTerms(context.rules.companies, context.campaigns, context.scripts, context.identifiers)
    return settle_inbound(store, carrier=carrier, terms=terms, now=now)  # type: ignore[arg-type]


def test_calls_of_which_nothing_was_heard_are_found_at_the_carrier(store: SqlStore) -> None:
    """Both webhooks lost: the carrier's list still knows the call, and it gets its one record."""
    missed_contact(store)
    caller = Caller(store)
    report = _settle(store, Listed(_listed()))
    assert (report.ended, report.live) == (1, 0)
    assert len(caller.records()) == 1
    assert _settle(store, Listed(_listed())).ended == 0
    assert len(caller.records()) == 1


def test_a_conversation_whose_end_was_lost_is_ended(store: SqlStore) -> None:
    """The status callback was lost: the list ends the conversation and its attempt."""
    missed_contact(store)
    caller = Caller(store)
    caller.ring()
    _settle(store, Listed(_listed()))
    assert caller.attempt.status is AttemptStatus.ENDED
    assert caller.kept()[0].ended_at is not None


def test_a_carrier_that_is_away_is_asked_again_from_the_same_instant(store: SqlStore) -> None:
    """Nothing is skipped because the carrier did not answer once."""
    since = {"formosa-life": MONDAY_TEN - timedelta(hours=2)}
    report = _settle(store, Listed(away=True), since)
    assert (report.carrier_away, report.since) == (True, since)
    live = _settle(store, Listed(_listed(status="in-progress")), since)
    assert live.live == 1
    assert live.since == {"formosa-life": MONDAY_TEN - timedelta(minutes=5)}


@pytest.mark.parametrize("hours", [-2, 2, 30])
@pytest.mark.parametrize("starts", [True, False])
def test_a_clock_that_is_wrong_for_a_while_hides_no_call(store: SqlStore, hours: int, starts: bool) -> None:
    """Where to look from next follows what the carrier lists, whatever our own clock shows meanwhile."""
    missed_contact(store)
    older = replace(_listed(f"CA{'8' * 32}"), started_at=MONDAY_TEN - timedelta(minutes=30))
    if not starts:
        _settle(store, Listed(older))
    _settle(store, Listed(), now=MONDAY_TEN + timedelta(hours=hours))
    right = _settle(store, Listed(_listed()))
    assert right.ended == 1


def test_a_call_that_is_not_over_is_looked_at_until_it_is(store: SqlStore) -> None:
    """Younger calls do not move the look past one that goes on."""
    began = MONDAY_TEN - timedelta(hours=1)
    report = _settle(store, Listed(_listed(), replace(_listed("CA5", "in-progress"), started_at=began)))
    assert report.since == {"formosa-life": began}


def test_a_call_to_nobodys_number_holds_no_look_back(store: SqlStore) -> None:
    """A number was taken out of the configuration: what is open there is none of the others' and is not waited for."""
    Caller(store, to="+886255559999", now=MONDAY_TEN - timedelta(days=40)).ring()
    carrier, since = Listed(), MONDAY_TEN - timedelta(hours=2)
    _settle(store, carrier, {"formosa-life": since})
    assert carrier.asked == [since]


def test_a_restart_neither_forgets_nor_repeats(store: SqlStore) -> None:
    """Another worker looks from where the last one left off, however long nobody worked in between."""
    first = Listed(_listed())
    _settle(store, first)
    assert first.asked == [MONDAY_TEN - LOOK_BACK]
    for later in (timedelta(minutes=1), timedelta(days=9)):
        second = Listed()
        _settle(store, second, now=MONDAY_TEN + later)
        assert second.asked == [MONDAY_TEN - timedelta(minutes=5)]


def test_a_call_that_cannot_be_ended_stops_no_other(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again with the next look, and the look stays at it for a day at most."""
    missed_contact(store)
    bad, good = _listed("CA" + "b" * 32, from_="+886900000077"), _listed()
    end = settle_module.end_inbound_call

    def fails(*args: Any, **more: Any) -> Any:
        if more["request"].sid == bad.sid:
            raise ValueError("no good")
        return end(*args, **more)

    monkeypatch.setattr(settle_module, "end_inbound_call", fails)
    early = replace(bad, started_at=MONDAY_TEN - timedelta(hours=2))
    report = _settle(store, Listed(early, good))
    assert (report.ended, report.failed) == (1, 1)
    assert report.since == {"formosa-life": MONDAY_TEN - timedelta(hours=2)}
    younger = replace(_listed("CA" + "c" * 32, from_="+886900000078"), started_at=MONDAY_TEN + timedelta(days=2))
    report = _settle(store, Listed(early, younger))
    assert report.since == {"formosa-life": MONDAY_TEN + timedelta(days=2) - LOOK_BACK}
