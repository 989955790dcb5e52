"""What takes an earlier answer back: the question before the open one is answered anew."""

from msgspec.structs import replace

from outbound.dialogue.script.model import PREVIOUS, AnswerKind
from outbound.dialogue.turns.choosing import by_words
from outbound.dialogue.turns.doubting import AGREEING
from outbound.dialogue.turns.recognition import BARE, NAMED, NOTHING, Ear, Recognition, expected_at, meant, understand
from outbound.dialogue.turns.valuing import chosen, spoken_value


def answered_anew(ear: Ear, text: str, own: str | None, *, corrects: bool) -> Recognition | None:
    """Return the answer to the question before that this corrects, where `own` is what it would answer here, or None.

    Another time than the one that is read back corrects it however it is said. Words that answer here correct nothing,
    unless they say more there than the yes or no that they are here.
    """
    confirms_time = _confirms_time(ear) and own not in AGREEING
    earlier = _corrected(ear, text) if corrects or confirms_time else None
    if earlier is None:
        return None
    if confirms_time and earlier.name in {"chosen", NAMED}:
        return earlier
    says_more = own is None or (own in BARE and earlier.intent is not None and earlier.intent not in BARE)
    return earlier if corrects and says_more else None


def _corrected(ear: Ear, text: str) -> Recognition | None:
    """Return what the utterance means at the question before the open one, or None."""
    name = ear.session.previous[-1] if ear.session.previous else None
    question = ear.script.steps[name].question if name is not None else None
    if question is None:
        return None
    understood = understand(ear, text, expected_at(question, ear))
    if understood.doubtful:
        return None
    found, intents = spoken_value(ear.session, question, text, understood), (understood.intent, *understood.also)
    if found is None and question.answer is AnswerKind.CALLBACK_CHOICE and "no" in intents:
        found = chosen(ear.session, question, by_words(ear.session, text))
    if found is not None and found.name == "chosen" and found.value == ear.session.callback:
        return None  # "not Tuesday" where Tuesday was read back is a no, no other choice
    own = next((each for each in intents if each in question.meanings), None)
    if (found is None or found == NOTHING) and own is not None:
        found = replace(meant(ear.script, question, own), intent=own)
    return replace(found, at=name) if found is not None and found != NOTHING else None


def may_mean_the_one_before(ear: Ear, bare: str) -> bool:
    """Whether "no, I meant yes", at a question that nobody tried yet, takes back the answer before.

    Nobody can tell, so that question is asked again, and nothing is noted on a guess.
    """
    session = ear.session
    before = ear.script.steps[session.previous[-1]].question if session.previous else None
    is_fresh = not session.failures and not session.repeats and session.doubt is None
    return is_fresh and before is not None and bare in before.meanings and PREVIOUS in ear.script.universal


def _confirms_time(ear: Ear) -> bool:
    """Whether the open question reads a time back: to name another one there corrects the choice."""
    session = ear.session
    before = ear.script.steps[session.previous[-1]].question if session.previous else None
    return session.callback is not None and before is not None and before.answer is AnswerKind.CALLBACK_CHOICE
