"""What a turn brought about, carried out in the turn's own transaction: one function an effect."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from outbound.dialogue import effects as fx
from outbound.dialogue.session import Session
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.conversation.kept.late_end import end_calls_late
from outbound.usecases.conversation.kept.refusals import DECEASED, opt_out, suppress, takes_back_promises
from outbound.usecases.conversation.kept.words import IN_THEIR_WORDS, kept_words, reason_answers
from outbound.usecases.conversation.scene import Scene
from outbound.usecases.intake.message import (
    AFTER_THE_CALL,
    CANCELLATION_FORM,
    WISHED,
    message_after_call,
    message_id,
)
from outbound.usecases.log_fields import about
from outbound.usecases.ports.stored.records import NewMessage
from outbound.usecases.ports.stored.voice import NewCallback, UnansweredQuestion

WORDS_NOT_KEPT = "未保留原話（客戶未同意錄音） / words not kept (the recording was not agreed to)"
CONNECTED = "通話中已轉接專人 / connected during the call"
MISSED = "轉接沒有人接聽，改列為未接轉接 / nobody took the transfer: see the missed transfer"

CALLS_REFUSED = (
    "客戶後來表示不要再打電話，已告知不會再打 / refused calls later in the same call, and was told that nobody rings"
)

CHANGED: Mapping[str, str] = {
    "address": "地址 / address",
    "phone": "電話號碼 / telephone number",
    "email": "電子郵件 / e-mail address",
    "name": "姓名 / name",
    "details": "聯絡資料 / contact details",
}
"""What a callee says has changed, as a person reads it."""

_KIND_OF_REASON: Mapping[str, InboxKind] = {
    "not_verified": InboxKind.NOT_VERIFIED,
    "question": InboxKind.QUESTION,
    "script_error": InboxKind.APOLOGY,
}
_PROMISES = (InboxKind.PERSON_REQUESTED, InboxKind.NOT_VERIFIED, InboxKind.APOLOGY)
_PROMISED_CALLS = (InboxKind.PERSON_REQUESTED, InboxKind.QUESTION, InboxKind.NOT_VERIFIED)
"""What falls when calls are refused later in the same call. Complaints, cancellations and corrections do not."""

_log = logging.getLogger(__name__)


def carry_out(scene: Scene, session: Session, effects: Iterable[fx.Effect]) -> None:
    """Carry out effects in their order, without committing; `session` is the conversation after the turn."""
    brought_about = tuple(effects)
    for effect in brought_about:
        handler = _HANDLERS.get(type(effect))
        if handler is not None:
            handler(scene, session, effect)
    if takes_back_promises(brought_about):
        for kind in _PROMISED_CALLS:
            scene.work.voice.close_items(scene.call.attempt_id, kind, CALLS_REFUSED, scene.now)


def miss_transfer(scene: Scene) -> None:
    """Nobody took the transferred call: it waits as such, and no longer as the plain wish for a person."""
    scene.work.voice.close_items(scene.call.attempt_id, InboxKind.PERSON_REQUESTED, MISSED, scene.now)
    scene.put_once(InboxKind.TRANSFER_MISSED, None)


def _recording(scene: Scene, _session: Session, effect: fx.RecordingChosen) -> None:
    """Who takes consent back takes it back for what was said since it was given."""
    before = scene.call.session
    if not effect.given and before is not None and before.recording is True:
        scene.work.voice.forget_words(scene.call.attempt_id, IN_THEIR_WORDS)
        scene.work.records.forget_answers(scene.call.attempt_id, IN_THEIR_WORDS)


def _answered(scene: Scene, _session: Session, effect: fx.Answered) -> None:
    scene.work.voice.save_answer(scene.call.attempt_id, effect.name, effect.value, None, scene.now)


def _satisfaction(scene: Scene, _session: Session, effect: fx.SatisfactionGiven) -> None:
    score = effect.score
    scene.work.voice.save_answer(scene.call.attempt_id, "satisfaction", score, float(score), scene.now)


def _question(scene: Scene, session: Session, effect: fx.QuestionAsked) -> None:
    scene.put(InboxKind.QUESTION, _words(session, effect.text))


def _complaint(scene: Scene, session: Session, effect: fx.ComplaintRaised) -> None:
    scene.put(InboxKind.COMPLAINT, _words(session, effect.text))
    end_calls_late(scene, Disposition.COMPLAINT)


def _cancel(scene: Scene, session: Session, effect: fx.CancelWished) -> None:
    """A person gets the wish with its instant; who is known to be the policyholder also learns where the form is."""
    if session.verified:
        _send(scene, session, CANCELLATION_FORM)
    scene.put(InboxKind.CANCELLATION, _words(session, effect.text))
    end_calls_late(scene, Disposition.WANTS_TO_CANCEL)


def _message(scene: Scene, session: Session, effect: fx.MessageWished) -> None:
    _send(scene, session, WISHED[effect.what])


def _send(scene: Scene, session: Session, template: str) -> None:
    """Let a text message go out after the call, one of each kind."""
    call = scene.call
    contact = scene.work.dialling.callee(call.contact_id, call.phone_id)
    if contact is None:
        return
    body = message_after_call(contact, call.phone_id, template, session.language)
    if body is None:
        _log.warning("no number takes the message", extra=about(call.token, cause=template))
        return
    scene.work.records.queue_message(
        NewMessage(
            id=message_id(call.attempt_id, template),
            company_id=call.company_id,
            contact_id=call.contact_id,
            attempt_id=call.attempt_id,
            body=body,
            at=scene.now,
            not_before=scene.now + AFTER_THE_CALL,
        )
    )


def _unanswered(scene: Scene, session: Session, effect: fx.QuestionUnanswered) -> None:
    call = scene.call
    scene.work.voice.save_unanswered(
        UnansweredQuestion(
            id=scene.identifiers.new(),
            company_id=call.company_id,
            campaign_id=call.campaign_id,
            attempt_id=call.attempt_id,
            turn=scene.turn,
            at=scene.now,
            language=session.language,
            words=kept_words(session, effect.text),
            nearest=effect.nearest,
            score=effect.score,
        )
    )


def _reason(scene: Scene, session: Session, effect: fx.ReasonGiven) -> None:
    for name, value in reason_answers(session, effect.text, scene.themes).items():
        scene.work.voice.save_answer(scene.call.attempt_id, name, value, None, scene.now)


def _correction(scene: Scene, _session: Session, effect: fx.CorrectionRequested) -> None:
    """What has changed, never to what: a person takes the new value and checks it."""
    scene.put(InboxKind.CORRECTION, CHANGED[effect.what])


def _death(scene: Scene, _session: Session, _effect: fx.DeathReported) -> None:
    """A person looks into it; until then no robot rings this contact, and nothing more is said or sent."""
    scene.put_once(InboxKind.DEATH, None)
    scene.work.records.drop_messages(scene.call.contact_id)
    evidence = f"attempt {scene.call.attempt_id} turn {scene.turn}"
    suppress(scene, evidence, contact_id=scene.call.contact_id, reason=DECEASED, by="whoever_answered")
    end_calls_late(scene, Disposition.DECEASED)


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
    """Who shall answer a question is told which, in the callee's words; each question waits once."""
    kind = _KIND_OF_REASON.get(effect.reason, InboxKind.PERSON_REQUESTED)
    asked = scene.work.voice.left_to_a_person(scene.call.attempt_id) if kind is InboxKind.QUESTION else ()
    if asked:
        scene.put(kind, "\n".join(words for words in asked if words) or WORDS_NOT_KEPT)
    else:
        scene.put_once(kind, effect.reason)


def _person_reached(scene: Scene, _session: Session, _effect: fx.PersonReached) -> None:
    for kind in _PROMISES:
        scene.work.voice.close_items(scene.call.attempt_id, kind, CONNECTED, scene.now)


def _not_verified(scene: Scene, _session: Session, _effect: fx.VerificationFailed) -> None:
    scene.put_once(InboxKind.NOT_VERIFIED, "not_verified")


def _language(scene: Scene, session: Session, _effect: fx.Verified | fx.LanguageChosen) -> None:
    """Who proved to be the contact, and spoke another language than expected, is greeted in it the next time."""
    if session.verified and session.language != session.facts.language:
        scene.work.voice.save_language(scene.call.contact_id, session.language, scene.now)


def _script_failed(scene: Scene, _session: Session, effect: fx.ScriptFailed) -> None:
    _log.error("the script failed at step %s", effect.step, extra=about(scene.call.token, cause=effect.kind))


def _words(session: Session, text: str | None) -> str:
    return kept_words(session, text) or WORDS_NOT_KEPT


_HANDLERS: Mapping[type[Any], Callable[[Scene, Session, Any], None]] = {
    fx.RecordingChosen: _recording,
    fx.Answered: _answered,
    fx.SatisfactionGiven: _satisfaction,
    fx.QuestionAsked: _question,
    fx.QuestionUnanswered: _unanswered,
    fx.ReasonGiven: _reason,
    fx.CorrectionRequested: _correction,
    fx.MessageWished: _message,
    fx.DeathReported: _death,
    fx.ComplaintRaised: _complaint,
    fx.CancelWished: _cancel,
    fx.CallbackWished: _callback,
    fx.PersonRequested: _person,
    fx.PersonReached: _person_reached,
    fx.VerificationFailed: _not_verified,
    fx.OptedOut: opt_out,
    fx.Verified: _language,
    fx.LanguageChosen: _language,
    fx.ScriptFailed: _script_failed,
}
"""The others (right party, voicemail, outcome) stand in the session alone."""
