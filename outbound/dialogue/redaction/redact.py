"""Takes out of one utterance what must never be stored or logged.

What goes: payment card numbers and what follows them, one-time codes, passwords, identity and bank account numbers.
What stays: the numbers that are ours (`known`), ages, amounts, dates, times, scores, and telephone numbers and e-mail
addresses: those are personal, but a correction of them needs them, so they are sealed with the transcript instead.

Where a card number begins and does not end, its digits are taken out at once, before anybody knows whether it is one:
the turns before it could not be mended any more when its last group comes.
"""

from collections import Counter
from functools import lru_cache

from outbound.dialogue.redaction.contexts import awaited, contexts_in, with_short_codes
from outbound.dialogue.redaction.found import Mark, beside_card, in_run, passwords, scattered
from outbound.dialogue.redaction.model import MARKS, NOTHING, Carry, Kind, Redacted
from outbound.dialogue.redaction.runs import Run, ends_known, runs, without_known
from outbound.dialogue.redaction.turns import begun, going_on, left_over
from outbound.dialogue.redaction.unannounced import is_code


def redact(
    text: str,
    language: str,
    known: frozenset[str] = frozenset(),
    carry: Carry = NOTHING,
    *,
    digits_expected: bool = False,
) -> Redacted:
    """Return `text` with marks in place of what must not be stored, what was found, and what the next turn needs.

    `known` are numbers that are ours, in any spelling (policy numbers or their last digits, telephone numbers). Digits
    may be written or spoken, in Chinese, English or both, with pauses and fillers. Give the `carry` of the turn before;
    never raises. Where digits were asked for (`digits_expected`: a fact, a score), unnamed ones are no code.
    """
    said = [piece for run in runs(text) for piece in without_known(run, _forms(known))]
    own = contexts_in(text)
    if not said and not own and carry == NOTHING:
        return Redacted(text)
    contexts = [*([awaited(carry.awaits)] if carry.awaits else []), *own]
    gone_on = going_on(text, said, carry)
    marks, left = gone_on or ([], None)
    marks = [*passwords(text), *marks]
    for run in _unmarked(said, marks):
        beside = carry.after_card or any(each.kind is Kind.CARD for each in marks)
        marks += in_run(text, run, with_short_codes(contexts) if beside else contexts)
    marks += scattered(_unmarked(said, marks))
    marks += _beside(text, said, marks, carry)
    open_runs = [run for run in _unmarked(said, marks) if contexts or not ends_known(run, _forms(known))]
    if left is None and (beginning := begun(text, open_runs, contexts)) is not None:
        marks, left = [*marks, beginning[0]], beginning[1]
    if not digits_expected and carry.kind is None:
        free = (run for run in _unmarked(said, marks) if not ends_known(run, _forms(known)))
        marks += [Mark(Kind.CODE, run.start, run.end) for run in free if is_code(text, run)]
    return _marked(text, language, marks, left or left_over(text, said, marks, own, carry))


def _beside(text: str, said: list[Run], marks: list[Mark], carry: Carry) -> list[Mark]:
    ends = [each.end for each in marks if each.kind is Kind.CARD]
    return list(beside_card(text, said, marks, max(ends, default=0))) if ends or carry.after_card else []


def _unmarked(said: list[Run], marks: list[Mark]) -> list[Run]:
    return [run for run in said if not any(each.start < run.end and run.start < each.end for each in marks)]


def _marked(text: str, language: str, marks: list[Mark], carry: Carry) -> Redacted:
    words = MARKS.get(language.split("-", maxsplit=1)[0], MARKS["en"])
    parts, place = [], 0
    found: Counter[str] = Counter()
    for each in sorted(marks, key=lambda mark: mark.start):
        if each.start < place:
            continue
        parts += [text[place : each.start], words[each.kind]]
        found[each.kind.value] += 1
        place = each.end
    return Redacted("".join([*parts, text[place:]]), dict(found), carry)


@lru_cache(maxsize=256)
def _forms(known: frozenset[str]) -> frozenset[str]:
    """Return the digits of our numbers, telephone numbers of Taiwan also as they are said at home."""
    digits = {"".join(each for each in number if each in "0123456789") for number in known}
    return frozenset(digits | {"0" + each.removeprefix("886") for each in digits if each.startswith("886")}) - {""}
