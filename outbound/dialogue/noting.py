"""The effects that a script may name, and how each is made from the session and the words heard."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.choices import DEFAULT_REASON, choices_of
from outbound.dialogue.script.model import EffectSpec
from outbound.dialogue.session import Session

Arguments = Mapping[str, str | int]
Maker = Callable[[Session, Arguments, str | None], tuple[Session, fx.Effect]]


def note(session: Session, spec: EffectSpec, words: str | None) -> tuple[Session, fx.Effect]:
    """Bring about one effect; `words` are the callee's, already None where they may not be kept."""
    changed, effect = NOTES[spec.name][0](session, spec.arguments, words)
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
    return session, fx.CallbackWished(start, end, session.reason or DEFAULT_REASON)


def _person(session: Session, arguments: Arguments, _w: str | None) -> tuple[Session, fx.Effect]:
    return session, fx.PersonRequested(str(arguments["reason"]))


NOTES: Mapping[str, tuple[Maker, frozenset[str]]] = {
    "recording_given": (_recording(given=True), frozenset()),
    "recording_refused": (_recording(given=False), frozenset()),
    "right_party": (_right_party, frozenset()),
    "wrong_party": (_wrong_party, frozenset()),
    "verified": (_verified, frozenset()),
    "verification_failed": (lambda session, _a, _w: (session, fx.VerificationFailed()), frozenset()),
    "answered": (_answered, frozenset({"name", "value"})),
    "satisfaction": (_satisfaction, frozenset({"score"})),
    "question_asked": (lambda session, _a, words: (session, fx.QuestionAsked(words)), frozenset()),
    "callback_wished": (_callback, frozenset()),
    "person_requested": (_person, frozenset({"reason"})),
    "person_reached": (lambda session, _a, _w: (session, fx.PersonReached()), frozenset()),
    "opted_out": (lambda session, _a, _w: (session, fx.OptedOut(fx.ALL_ROBOT_CALLS)), frozenset()),
    "complaint_raised": (lambda session, _a, words: (session, fx.ComplaintRaised(words)), frozenset()),
    "cancel_wished": (lambda session, _a, words: (session, fx.CancelWished(words)), frozenset()),
    "voicemail_left": (lambda session, _a, _w: (session, fx.VoicemailLeft()), frozenset()),
}
"""By name: how the effect is made, and the arguments that the script must give (`satisfaction` may take `score`)."""
