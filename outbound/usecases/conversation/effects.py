"""What a turn brought about, carried out in the turn's own transaction: one function an effect."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from outbound.dialogue import effects as fx
from outbound.dialogue.session import Session
from outbound.domain.inbox import InboxKind
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.intake.message import cancellation_form_message
from outbound.usecases.log_fields import about
from outbound.usecases.ports.desk import NewSuppression
from outbound.usecases.ports.intake import IntakeWrites
from outbound.usecases.ports.voice import NewCallback

WORDS_NOT_KEPT = "未保留原話（客戶未同意錄音） / words not kept (the recording was not agreed to)"
CONNECTED = "通話中已轉接專人 / connected during the call"
MISSED = "轉接沒有人接聽，改列為未接轉接 / nobody took the transfer: see the missed transfer"

_KIND_OF_REASON: Mapping[str, InboxKind] = {
    "not_verified": InboxKind.NOT_VERIFIED,
    "question": InboxKind.QUESTION,
    "script_error": InboxKind.APOLOGY,
}
_PROMISES = (InboxKind.PERSON_REQUESTED, InboxKind.NOT_VERIFIED, InboxKind.APOLOGY)

_log = logging.getLogger(__name__)


def carry_out(scene: Scene, session: Session, effects: Iterable[fx.Effect]) -> None:
    """Carry out effects in their order, without committing; `session` is the conversation after the turn."""
    for effect in effects:
        handler = _HANDLERS.get(type(effect))
        if handler is not None:
            handler(scene, session, effect)


def miss_transfer(scene: Scene) -> None:
    """Nobody took the transferred call: it waits as such, and no longer as the plain wish for a person."""
    scene.work.voice.close_items(scene.call.attempt_id, InboxKind.PERSON_REQUESTED, MISSED, scene.now)
    scene.put_once(InboxKind.TRANSFER_MISSED, None)


def _answered(scene: Scene, _session: Session, effect: fx.Answered) -> None:
    scene.work.voice.save_answer(scene.call.attempt_id, effect.name, effect.value, None, scene.now)


def _satisfaction(scene: Scene, _session: Session, effect: fx.SatisfactionGiven) -> None:
    score = effect.score
    scene.work.voice.save_answer(scene.call.attempt_id, "satisfaction", score, float(score), scene.now)


def _question(scene: Scene, session: Session, effect: fx.QuestionAsked) -> None:
    scene.put(InboxKind.QUESTION, _words(session, effect.text))


def _complaint(scene: Scene, session: Session, effect: fx.ComplaintRaised) -> None:
    scene.put(InboxKind.COMPLAINT, _words(session, effect.text))


def _cancel(scene: Scene, session: Session, effect: fx.CancelWished) -> None:
    """A person gets the wish with its instant; who is known to be the policyholder also learns where the form is."""
    if session.verified and not scene.work.outcomes.item_waits(scene.call.attempt_id, InboxKind.CANCELLATION):
        _send_form(scene, session.language)
    scene.put(InboxKind.CANCELLATION, _words(session, effect.text))


def _send_form(scene: Scene, language: str) -> None:
    call = scene.call
    contact = scene.work.dialling.callee(call.contact_id, call.phone_id)
    body = cancellation_form_message(contact, call.phone_id, language) if contact is not None else None
    if contact is not None and body is not None:
        writes = IntakeWrites(messages=[(scene.identifiers.new(), contact, body, scene.now)])
        scene.work.intake.write(call.company_id, "", writes, scene.now)


def _callback(scene: Scene, _session: Session, effect: fx.CallbackWished) -> None:
    scene.work.voice.save_callback(
        NewCallback(
            id=scene.identifiers.new(),
            contact_id=scene.call.contact_id,
            attempt_id=scene.call.attempt_id,
            asked_at=scene.now,
            window_start=effect.start,
            window_end=effect.end,
            reason=effect.reason,
        )
    )


def _person(scene: Scene, _session: Session, effect: fx.PersonRequested) -> None:
    kind = _KIND_OF_REASON.get(effect.reason, InboxKind.PERSON_REQUESTED)
    scene.put_once(kind, effect.reason)


def _person_reached(scene: Scene, _session: Session, _effect: fx.PersonReached) -> None:
    for kind in _PROMISES:
        scene.work.voice.close_items(scene.call.attempt_id, kind, CONNECTED, scene.now)


def _not_verified(scene: Scene, _session: Session, _effect: fx.VerificationFailed) -> None:
    scene.put_once(InboxKind.NOT_VERIFIED, "not_verified")


def _opted_out(scene: Scene, session: Session, effect: fx.OptedOut) -> None:
    """Suppress the contact at once, and the number too where somebody else may have spoken for it."""
    call = scene.call
    call_class = None if effect.scope == fx.ALL_ROBOT_CALLS else str(effect.scope)
    evidence = f"attempt {call.attempt_id} turn {scene.turn}"
    targets: list[tuple[str | None, str | None]] = [(None, call.contact_id)]
    if session.right_party is not True:
        targets.append((call.number_index, None))
    for number_index, contact_id in targets:
        scene.work.desk.suppress(
            NewSuppression(
                id=scene.identifiers.new(),
                number_index=number_index,
                contact_id=contact_id,
                call_class=call_class,
                reason="opted_out",
                evidence=evidence,
                by="callee",
                at=scene.now,
            )
        )
        scene.work.desk.cancel_planned(
            number_index=number_index, contact_id=contact_id, cause="opted_out", now=scene.now
        )


def _language(scene: Scene, session: Session, _effect: fx.Verified | fx.LanguageChosen) -> None:
    """Who proved to be the contact, and spoke another language than expected, is greeted in it the next time."""
    if session.verified and session.language != session.facts.language:
        scene.work.voice.save_language(scene.call.contact_id, session.language, scene.now)


def _script_failed(scene: Scene, _session: Session, effect: fx.ScriptFailed) -> None:
    _log.error("the script failed at step %s", effect.step, extra=about(scene.call.token, cause=effect.kind))


def _words(session: Session, text: str | None) -> str:
    """The callee's words where they may be kept. The engine leaves them out already; this is the last gate."""
    return text if text and session.recording is True else WORDS_NOT_KEPT


_HANDLERS: Mapping[type[Any], Callable[[Scene, Session, Any], None]] = {
    fx.Answered: _answered,
    fx.SatisfactionGiven: _satisfaction,
    fx.QuestionAsked: _question,
    fx.ComplaintRaised: _complaint,
    fx.CancelWished: _cancel,
    fx.CallbackWished: _callback,
    fx.PersonRequested: _person,
    fx.PersonReached: _person_reached,
    fx.VerificationFailed: _not_verified,
    fx.OptedOut: _opted_out,
    fx.Verified: _language,
    fx.LanguageChosen: _language,
    fx.ScriptFailed: _script_failed,
}
"""The others (recording, right party, voicemail, outcome) stand in the session alone."""
