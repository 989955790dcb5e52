"""Bring an attempt to its end, inside the caller's transaction: status, what follows, promise kept, record filed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.effects import ALL_ROBOT_CALLS
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult, may_move
from outbound.domain.campaign import Campaign
from outbound.domain.contact import ContactState
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.callback import (
    MOST_DIALS,
    NO_MORE_CALLS,
    Callback,
    CallbackStatus,
    rang_at,
    settle,
)
from outbound.domain.outcome.connect import Finding
from outbound.domain.outcome.disposition import NUMBER_IS_WRONG, REACHED_FOR_GOOD, Disposition
from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.outcome.next_step import CALLBACK_NOT_REACHED, Again, NextStep, NextStepCode, next_step
from outbound.domain.outcome.service_record import ServiceRecord
from outbound.domain.service_desk import NOBODYS_HOURS, PeoplesHours
from outbound.planning.again import Dial, again, callback_dial_left, is_taken_back
from outbound.planning.rang_back import FOLLOWED_UP, RANG_US, again_as_planned
from outbound.usecases.intake.late import welcome_late
from outbound.usecases.intake.message import messages_of_call
from outbound.usecases.outcomes.not_reached import not_reached_item
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.outcomes import Standing

_INBOX = {
    Disposition.PERSON_REQUESTED: InboxKind.PERSON_REQUESTED,
    Disposition.COMPLAINT: InboxKind.COMPLAINT,
    Disposition.WANTS_TO_CANCEL: InboxKind.CANCELLATION,
    Disposition.NOT_VERIFIED: InboxKind.NOT_VERIFIED,
    Disposition.UNKNOWN: InboxKind.UNKNOWN_CALL,
    Disposition.DECEASED: InboxKind.DEATH,
}

_PUTS_A_MESSAGE = frozenset({"message_wished", "cancel_wished"})


_WITH_A_PERSON = frozenset({"correction_requested", "complaint_raised", "cancel_wished"})
"""What waits for a person afterwards, whatever else the call came to."""

_ALREADY_RINGS = {
    InboxKind.PERSON_REQUESTED: (InboxKind.PERSON_REQUESTED, InboxKind.APOLOGY, InboxKind.TRANSFER_MISSED),
}
"""What brings a person to ring as well: two of them must not ring the same customer about one call."""

_WITH_THE_PLANNER = frozenset({ContactState.OPEN, ContactState.PLANNED})


class Conclusion(Struct, frozen=True):
    """What was written. `concluded` is False when the attempt had ended before: then nothing changed."""

    concluded: bool
    status: AttemptStatus
    record_id: str | None = None
    next_step: NextStep | None = None


def conclude(
    work: UnitOfWork,
    *,
    attempt: Attempt,
    connect_result: ConnectResult,
    disposition: Disposition,
    cause: str,
    ended_at: datetime | None,
    campaign: Campaign | None,
    identifiers: Identifiers,
    now: datetime,
    learnt: Mapping[str, Any] | None = None,
) -> Conclusion:
    """End a live attempt and write all that follows from it; the caller commits.

    Exactly one record an attempt: an attempt that is final already is left alone. `cause` is a short code. `learnt` are
    columns of the attempt that stand in `attempt` already, but not yet in the store. Without a campaign (it was taken
    out of the configuration) nobody is tried again.
    """
    target = _target(attempt, connect_result)
    if not may_move(attempt.status, target):
        return Conclusion(concluded=False, status=attempt.status, record_id=attempt.record_id)
    record_id = identifiers.new()
    end: dict[str, Any] = {
        "ended_at": ended_at or now,
        "connect_result": connect_result,
        "disposition": disposition,
        "cause": cause[:60],
    }
    if is_taken_back(connect_result, disposition):
        end["attempt_number"] = None
    done = replace(attempt, status=target, **end)
    changes = {**(learnt or {}), **end, "record_id": record_id}
    if not work.outcomes.move(attempt, target, changes, cause, now):
        return Conclusion(concluded=False, status=attempt.status)
    finding = Finding(connect_result, disposition, cause)
    standing = work.outcomes.standing(attempt, _opened_at(done))
    given_up = attempt.cause if attempt.came_in else None
    step = _follow(work, done, finding, standing, campaign, now, given_up=given_up)
    closes = step.state is ContactState.DONE and standing.state in _WITH_THE_PLANNER
    if closes and standing.has_late_policies and campaign is not None:
        by_person = step.code is NextStepCode.PERSON
        welcome_late(work, done, campaign, by_person=by_person, identifiers=identifiers, now=now)
    _tell_a_person(work, done, step, standing, identifiers, now, people=_people(done, campaign))
    if given_up in FOLLOWED_UP and (step.state is ContactState.OPEN or disposition in REACHED_FOR_GOOD):
        work.inbound.close_follow_ups(done.contact_id, done.id, RANG_US, now)
    if _PUTS_A_MESSAGE.intersection((done.session or {}).get("done") or ()):
        work.records.release_messages(messages_of_call(done.id), now)
    work.outcomes.queue_record(record_id, done, _record(work, done, standing, step, record_id, campaign).to_data(), now)
    return Conclusion(concluded=True, status=target, record_id=record_id, next_step=step)


def _opened_at(done: Attempt) -> datetime:
    """When the conversation was opened: what was taken in later was no part of it."""
    return max(done.answered_at or done.ended_at or done.planned_at, done.planned_at)


def _again(
    work: UnitOfWork,
    done: Attempt,
    finding: Finding,
    standing: Standing,
    campaign: Campaign | None,
    *,
    given_up: str | None,
) -> Again:
    if campaign is None:
        return Again(None, "campaign_missing")
    if done.came_in and finding.disposition is not Disposition.PARTLY_WELCOMED:
        return again_as_planned(given_up, done.window_start, done.ended_at or done.updated_at)
    dial = Dial(done.phone_id, finding.connect_result, finding.disposition, done.callback_id, done.reserved_at)
    until = standing.promise.window_end if standing.promise else None
    found = again(campaign, dial, standing.earlier, done.ended_at or done.updated_at, until)
    if found.at is not None and work.inbound.rang_in_vain(done.contact_id, done.planned_at):
        return Again(None, Disposition.PERSON_REQUESTED)
    return found


def _target(attempt: Attempt, result: ConnectResult) -> AttemptStatus:
    never = attempt.sid is None and result in {ConnectResult.FAILED, ConnectResult.CANCELED}
    if never and may_move(attempt.status, AttemptStatus.NOT_PLACED):
        return AttemptStatus.NOT_PLACED
    return AttemptStatus.ENDED


def _follow(
    work: UnitOfWork,
    done: Attempt,
    finding: Finding,
    standing: Standing,
    campaign: Campaign | None,
    now: datetime,
    *,
    given_up: str | None,
) -> NextStep:
    wrong = finding.disposition in NUMBER_IS_WRONG
    if wrong:
        work.outcomes.mark_number(done.phone_id, finding.disposition)
    left = [each for each in standing.usable_phones if not (wrong and each == done.phone_id)]
    step = next_step(
        disposition=finding.disposition,
        state=standing.state,
        callback=_standing_callback(work, done, finding, standing, now, given_up=given_up),
        number_left=bool(left),
        dial_left=campaign is not None and callback_dial_left(campaign, _counts(done) + len(standing.earlier)),
        again=_again(work, done, finding, standing, campaign, given_up=given_up),
    )
    if standing.state in _WITH_THE_PLANNER:
        welcomed = finding.disposition is Disposition.WELCOMED
        work.outcomes.set_contact(done.contact_id, step.state, step.reason, step.not_before, now, welcomed=welcomed)
        if step.state is ContactState.DONE:
            work.outcomes.close_policies(done.contact_id, _opened_at(done), now)
    return step


def _standing_callback(
    work: UnitOfWork, done: Attempt, finding: Finding, standing: Standing, now: datetime, *, given_up: str | None
) -> Callback | None:
    """Settle the promises; return the one that the robot still has to keep, if there is one."""
    promise, wished = standing.promise, standing.wished
    if promise is not None and done.came_in:
        # Who rings first needs no call any more once all is said; hanging up at once takes nothing back.
        if wished is not None or finding.disposition in REACHED_FOR_GOOD:
            work.outcomes.settle_callback(promise.id, CallbackStatus.WITHDRAWN, now)
            promise = None
        promise = promise if given_up is None else None
    elif promise is not None:
        verdict = settle(promise, rang_at(done, finding.connect_result))
        if verdict is not promise.status:
            work.outcomes.settle_callback(promise.id, verdict, now)
            promise = replace(promise, status=verdict)
    if wished is not None:
        if finding.disposition not in NO_MORE_CALLS:
            return wished
        work.outcomes.settle_callback(wished.id, CallbackStatus.WITHDRAWN, now)
    still = promise is not None and promise.status is CallbackStatus.OPEN
    return promise if still and _dials_of(done, standing) < MOST_DIALS else None


def _counts(done: Attempt) -> bool:
    return not done.came_in and not is_taken_back(done.connect_result, done.disposition)


def _dials_of(done: Attempt, standing: Standing) -> int:
    return _counts(done) + sum(each.callback_id == done.callback_id for each in standing.earlier)


def _tell_a_person(
    work: UnitOfWork,
    done: Attempt,
    step: NextStep,
    standing: Standing,
    identifiers: Identifiers,
    now: datetime,
    *,
    people: PeoplesHours,
) -> None:
    """Put into the inbox what is left for a person, due while a wish can still be kept."""
    is_theirs = step.code is NextStepCode.PERSON
    wished = standing.wished if is_theirs else None
    _ensure_item(work, done, wished, people, identifiers, now)
    if wished is not None:
        work.desk.due_by(done.id, people.due_in(wished.window_start, wished.window_end))
    if is_theirs and step.reason == CALLBACK_NOT_REACHED and not done.came_in:
        _hand_over(work, done, people, identifiers, now)


def _ensure_item(
    work: UnitOfWork,
    done: Attempt,
    wished: Callback | None,
    people: PeoplesHours,
    identifiers: Identifiers,
    now: datetime,
) -> None:
    """Let a person know, unless the turn that brought it about did so already."""
    kind = _INBOX.get(done.disposition) if done.disposition else None
    if kind is None and wished is not None:
        kind = InboxKind.QUESTION if wished.reason == "question" else InboxKind.PERSON_REQUESTED
    if kind is None or work.outcomes.item_waits(done.id, *_ALREADY_RINGS.get(kind, (kind,))):
        return
    work.desk.add_item(
        NewItem(
            id=identifiers.new(),
            kind=kind,
            company_id=done.company_id,
            contact_id=done.contact_id,
            attempt_id=done.id,
            at=now,
            due_at=due_at(kind, now, people),
        )
    )


def _hand_over(work: UnitOfWork, done: Attempt, people: PeoplesHours, identifiers: Identifiers, now: datetime) -> None:
    kind = InboxKind.PERSON_REQUESTED
    if not work.outcomes.item_waits(done.id, *_ALREADY_RINGS[kind]):
        work.desk.add_item(
            not_reached_item(
                company_id=done.company_id,
                contact_id=done.contact_id,
                attempt_id=done.id,
                people=people,
                identifiers=identifiers,
                now=now,
            )
        )


def _people(done: Attempt, campaign: Campaign | None) -> PeoplesHours:
    """When people can call the contact, as far as a conversation tells where that is."""
    facts = (done.session or {}).get("facts") or {}
    return campaign.people(facts.get("zones") or ()) if campaign is not None else NOBODYS_HOURS


def _told_step(work: UnitOfWork, done: Attempt, step: NextStep, brought_about: Collection[str]) -> NextStepCode:
    """What follows, as the record tells it: who complains, and then wants no more calls, is still owed an answer.

    So is who refuses calls by a robot and asks for a person. One who was promised before is not: that promise falls.
    """
    if step.code is not NextStepCode.NONE:
        return step.code
    asked = "person_requested" in brought_about and work.inbound.person_waits(done.contact_id)
    return NextStepCode.PERSON if asked or not _WITH_A_PERSON.isdisjoint(brought_about) else step.code


def _record(
    work: UnitOfWork, done: Attempt, standing: Standing, step: NextStep, record_id: str, campaign: Campaign | None
) -> ServiceRecord:
    talk: dict[str, Any] = dict(done.session or {})
    answers, brought_about = dict(talk.get("answers") or {}), set(talk.get("done") or ())
    score, refused = answers.get("satisfaction"), talk.get("opted_out")
    if refused is None and "opted_out" in brought_about:
        refused = ALL_ROBOT_CALLS
    return ServiceRecord(
        record_id=record_id,
        attempt_id=done.id,
        call_sid=done.sid,
        policy_nos=standing.policy_nos,
        contact_id=done.contact_id,
        campaign=done.campaign_id,
        started_at=done.placed_at or done.reserved_at or done.planned_at,
        ended_at=done.ended_at or done.updated_at,
        attempt_number=done.attempt_number,
        connect_result=str(done.connect_result),
        disposition=str(done.disposition),
        verified=done.verified or bool(talk.get("verified")),
        script=done.script or talk.get("script"),
        script_version=done.script_version or talk.get("script_version"),
        language=done.language or talk.get("language"),
        answers=answers,
        nps=int(score) if score is not None else None,
        callback=standing.wished if done.disposition not in NO_MORE_CALLS else None,
        complaint="complaint_raised" in brought_about,
        opt_out=refused is not None and (campaign is None or refused in {ALL_ROBOT_CALLS, campaign.call_class}),
        opt_out_class=refused,
        next_step=_told_step(work, done, step, brought_about),
        receipt_id=done.receipt_id,
    )
