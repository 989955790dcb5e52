"""A last word that reaches us after the call is over (a webhook that was held up on its way): wishes still count."""

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance
from outbound.dialogue.heard import Heard, Keyed, Spoken
from outbound.dialogue.said import spoken_texts
from outbound.usecases.conversation.effects import carry_out
from outbound.usecases.conversation.keeping import KINDS, keep_answer, keep_session
from outbound.usecases.conversation.kept.words import with_words_redacted
from outbound.usecases.conversation.last_words.late_promise import keep_late_promise
from outbound.usecases.conversation.promise import with_named_time
from outbound.usecases.conversation.scene import Webhook
from outbound.usecases.conversation.sentences import over_goodbye
from outbound.usecases.conversation.versions import script_of

# The record of the call is filed; what was answered, protects the person or waits for a human is not bound to it.
_STILL_COUNT = (
    fx.Answered,
    fx.SatisfactionGiven,
    fx.OptedOut,
    fx.ComplaintRaised,
    fx.CancelWished,
    fx.QuestionAsked,
    fx.PersonRequested,
    fx.CallbackWished,
    fx.QuestionUnanswered,
    fx.ReasonGiven,
    fx.CorrectionRequested,
    fx.MessageWished,
    fx.DeathReported,
)


def honour_last_word(scene: Webhook, heard: Heard | None) -> bytes | None:
    """Carry out the wishes in the answer to the question that was open when the call ended; return the answer.

    The outcome of the call stays as it was filed. None when there is nothing to take in.
    """
    call = scene.call
    if call.session is None or scene.turn != call.turn or not isinstance(heard, Keyed | Spoken):
        return None
    session = call.session
    script = script_of(scene.work, scene.context.scripts, session)
    step = script.steps.get(session.step) if script is not None else None
    if script is None or step is None or step.question is None:
        return None
    sprint = advance(script, replace(session, ended=False), heard, now=scene.now)
    sprint = with_named_time(scene, script, sprint)
    effects = [effect for effect in sprint.effects if _still_counts(effect)]
    carry_out(scene, sprint.session, effects)
    for effect in effects:
        if isinstance(effect, fx.CallbackWished):
            keep_late_promise(scene, effect)
    if session.recording is True and sprint.session.recording is False:
        # Consent to a record is taken back: what was said is forgotten in the conversation as it was stored, too.
        keep_session(scene, with_words_redacted(replace(session, recording=False)), scene.turn)
    said = over_goodbye(session.language)
    answer = scene.render(said)
    keep_answer(scene, f"late_{KINDS[type(heard)]}", sprint.heard_as, spoken_texts(said), answer)
    return answer


def _still_counts(effect: fx.Effect) -> bool:
    if isinstance(effect, fx.RecordingChosen):
        return not effect.given
    return isinstance(effect, _STILL_COUNT)
