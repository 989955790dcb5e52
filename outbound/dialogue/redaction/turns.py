"""Numbers that are said over several turns: how one begins, goes on and ends, without a digit of it being kept."""

from msgspec.structs import replace

from outbound.dialogue.redaction import identities
from outbound.dialogue.redaction.cards import LONGEST, SHORTEST, is_card, lengths_of, sums
from outbound.dialogue.redaction.contexts import (
    Context,
    is_counted,
    is_date,
    is_dictated,
    is_excerpt,
    is_ordinary,
    still_awaited,
)
from outbound.dialogue.redaction.found import Mark
from outbound.dialogue.redaction.model import NOTHING, Carry, Kind
from outbound.dialogue.redaction.runs import Run, is_chatter

_LEAST, _LEAST_UNANNOUNCED, _LEAST_MORE = 4, 8, 2
_MOST_IDLE, _MOST_IDLE_BEGUN = 2, 5


def going_on(text: str, said: list[Run], carry: Carry) -> tuple[list[Mark], Carry] | None:
    """Return what must go because it goes on with the turn before, and what the next one needs; None if nothing."""
    if carry.kind is None or not said:
        return None
    run = next((each for each in said if len(each.digits) >= _LEAST_MORE), None)
    if run is None or is_counted(text, run) or is_ordinary(text, run):
        return None
    if len(run.digits) < _LEAST and not is_dictated(text, run):
        return None
    if carry.kind is Kind.IDENTITY:
        total = carry.digits + len(run.digits)
        left = Carry(Kind.IDENTITY, total) if total < identities.DIGITS else NOTHING
        return [Mark(Kind.IDENTITY, run.start, run.end)], left
    if is_card(run.digits):
        return None
    return _card_going_on(run, carry)


def _card_going_on(run: Run, carry: Carry) -> tuple[list[Mark], Carry]:
    for length in carry.lengths:
        missing = length - carry.digits
        if 0 < missing <= len(run.digits) and sums(run.digits[:missing], carry.sums)[0] == 0:
            end, rest = run.part(0, missing) or run, run.part(missing, len(run.digits))
            after = [Mark(Kind.EXPIRY, rest.start, rest.end)] if rest and missing < len(run.digits) else []
            return [Mark(Kind.CARD, run.start, end.end), *after], Carry(after_card=True)
    total = carry.digits + len(run.digits)
    if total >= max(carry.lengths, default=LONGEST):
        # As long as a card and its check digit wrong: one group was misheard.
        return [Mark(Kind.CARD, run.start, run.end)], Carry(after_card=True)
    left = replace(carry, digits=total, sums=sums(run.digits, carry.sums), idle=0)
    return [Mark(Kind.NUMBER, run.start, run.end)], left


def begun(text: str, unmarked: list[Run], contexts: list[Context]) -> tuple[Mark, Carry] | None:
    """Return the digits at the end of an utterance that may be the beginning of a card or an identity number."""
    run = unmarked[-1] if unmarked else None
    if run is None or any(each(text, run) for each in (is_ordinary, is_excerpt, is_counted, is_date)):
        return None
    if not contexts and not is_chatter(text[run.end :]):
        return None
    return _identity_begun(text, run, contexts) or _card_begun(text, run, contexts)


def _identity_begun(text: str, run: Run, contexts: list[Context]) -> tuple[Mark, Carry] | None:
    if not _LEAST <= len(run.digits) < identities.DIGITS:
        return None
    named = any(each.kind is Kind.IDENTITY for each in contexts)
    for start, letters in identities.letters_before(text[: run.start]):
        alone = is_chatter(text[:start]) and run.digits[0] in identities.SEX_OR_STATUS
        if len(letters) == 1 and (named or alone):
            return Mark(Kind.IDENTITY, start, run.end), Carry(Kind.IDENTITY, len(run.digits))
    return (Mark(Kind.IDENTITY, run.start, run.end), Carry(Kind.IDENTITY, len(run.digits))) if named else None


def _card_begun(text: str, run: Run, contexts: list[Context]) -> tuple[Mark, Carry] | None:
    lengths = lengths_of(run.digits)
    if not lengths or not _LEAST <= len(run.digits) < max(lengths):
        return None
    named = any(each.kind is Kind.CARD for each in contexts)
    unannounced = _LEAST_UNANNOUNCED <= len(run.digits) < SHORTEST
    if not (named or unannounced or is_dictated(text, run)):
        return None
    left = Carry(Kind.CARD, len(run.digits), sums(run.digits), lengths)
    return Mark(Kind.NUMBER, run.start, run.end), left


def left_over(text: str, said: list[Run], marks: list[Mark], contexts: list[Context], carry: Carry) -> Carry:
    """Return what the next turn must know when no number is left open."""
    found = {each.kind for each in marks}
    awaits = still_awaited(text, contexts)
    awaits = None if awaits in found else awaits
    if awaits is not None or Kind.CARD in found or (carry.after_card and found):
        return Carry(awaits=awaits, after_card=carry.after_card or Kind.CARD in found)
    # Who looks for the other half of a number says this and that meanwhile.
    most = _MOST_IDLE if carry.kind is None else _MOST_IDLE_BEGUN
    if carry == NOTHING or carry.idle + 1 >= most:
        return NOTHING
    if not said:
        return replace(carry, idle=carry.idle + 1)
    return Carry(after_card=True, idle=carry.idle + 1) if carry.after_card else NOTHING
