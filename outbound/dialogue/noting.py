"""The effects that a script may name, and how each is made from the session and the words heard."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.choices import callback_reason, choices_of
from outbound.dialogue.script.model import EffectSpec
from outbound.dialogue.session import Session
from outbound.domain.call_class import CallClass

Arguments = Mapping[str, str | int]
Values = frozenset[str] | frozenset[int] | None
Maker = Callable[[Session, Arguments, str | None], tuple[Session, fx.Effect]]


def note(session: Session, spec: EffectSpec, words: str | None) -> tuple[Session, fx.Effect]:
    """Bring about one effect; `words` are the callee's, already None where they may not be kept."""
    changed, effect = NOTES[spec.name].make(session, spec.arguments, words)
    return replace(changed, done=(*changed.done, spec.name)), effect


def _recording(given: bool) -> Maker:
    return lambda session, _a, _w: (replace(session, recording=given), fx.RecordingChosen(given))


def _right_party(session: Session, _a: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    return replace(session, right_party=True), fx.RightParty()


def _wrong_party(session: Session, _a: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    return replace(session, right_party=False, verified=False), fx.WrongParty()


def _verified(session: Session, _a: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    return replace(session, verified=True), fx.Verified()


def _answered(session: Session, arguments: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    name, value = str(arguments["name"]), arguments["value"]
    return replace(session, answers={**session.answers, name: value}), fx.Answered(name, value)


def _satisfaction(session: Session, arguments: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    score = int(arguments["score"]) if "score" in arguments else session.score
    if score is None:
        raise LookupError("satisfaction is noted before a score was heard")
    return replace(session, score=score, answers={**session.answers, "satisfaction": score}), fx.SatisfactionGiven(
        score
    )


def _callback(session: Session, _a: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    if session.callback is None:
        raise LookupError("a callback is noted before a time was chosen")
    start, end = choices_of(session)[session.callback]
    return session, fx.CallbackWished(start, end, callback_reason(session))


def _person(session: Session, arguments: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    reason = str(arguments["reason"])
    return replace(session, person_for=reason), fx.PersonRequested(reason)


def _opted_out(session: Session, arguments: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    named = arguments.get("scope")
    scope = CallClass(str(named)) if named else fx.ALL_ROBOT_CALLS
    kept = session.opted_out if session.opted_out == fx.ALL_ROBOT_CALLS else str(scope)
    return replace(session, opted_out=kept), fx.OptedOut(scope)


class Note(Struct, frozen=True):
    """How an effect is made, and what it takes: by argument the values that are allowed (None: any)."""

    make: Maker
    needs: Mapping[str, Values] = {}
    may_take: Mapping[str, Values] = {}


_SCORES = frozenset(range(11))
_DETAILS = frozenset({"address", "phone", "email", "name", "details"})
_SENT = frozenset({"link", "form", "hotline"})

NOTES: Mapping[str, Note] = {
    "recording_given": Note(_recording(given=True)),
    "recording_refused": Note(_recording(given=False)),
    "right_party": Note(_right_party),
    "wrong_party": Note(_wrong_party),
    "verified": Note(_verified),
    "verification_failed": Note(lambda session, _a, _w: (session, fx.VerificationFailed())),
    "answered": Note(_answered, needs={"name": None, "value": None}),
    "satisfaction": Note(_satisfaction, may_take={"score": _SCORES}),
    "reason_given": Note(lambda session, _a, words: (session, fx.ReasonGiven(words))),
    "question_asked": Note(lambda session, _a, words: (session, fx.QuestionAsked(words))),
    "callback_wished": Note(_callback),
    "person_requested": Note(_person, needs={"reason": None}),
    "person_reached": Note(lambda session, _a, _w: (session, fx.PersonReached())),
    "opted_out": Note(_opted_out, may_take={"scope": frozenset(CallClass)}),
    "complaint_raised": Note(lambda session, _a, words: (session, fx.ComplaintRaised(words))),
    "cancel_wished": Note(lambda session, _a, words: (session, fx.CancelWished(words))),
    "correction_requested": Note(
        lambda session, arguments, _w: (session, fx.CorrectionRequested(str(arguments["what"]))),
        needs={"what": _DETAILS},
    ),
    "message_wished": Note(
        lambda session, arguments, _w: (session, fx.MessageWished(str(arguments["what"]))), needs={"what": _SENT}
    ),
    "death_reported": Note(lambda session, _a, _w: (replace(session, right_party=False), fx.DeathReported())),
    "voicemail_left": Note(lambda session, _a, _w: (session, fx.VoicemailLeft())),
}
"""What a script may note, by name."""
