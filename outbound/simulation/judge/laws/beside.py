"""The law of what is told beside a conversation: by text message after it, and to whoever takes a transfer."""

from collections import Counter
from collections.abc import Iterator

from outbound.simulation.judge.calls import Call, Leg, Message
from outbound.simulation.judge.case import Case
from outbound.simulation.judge.laws.hours import person_of
from outbound.simulation.judge.laws.privacy import secrets_of
from outbound.simulation.judge.violation import Violation, shown

_LAW = "discreet_beside_the_call"
_UNASKED = ("您有一張新的保單", "you have a new policy")
"""What is sent without a call, in every language of the messages: that another policy was issued."""


def discreet_beside_the_call(case: Case) -> Iterator[Violation]:
    """A text message names nobody and nothing of a policy, comes by day, and once for each call, after it.

    What whoever takes a transfer is told holds nothing of a policy, and is never said to the callee.
    """
    sent: Counter[tuple[str, str]] = Counter()
    for message in case.messages:
        sent[message.number, message.text] += 1
        expected = _wrong_of_message(case, message, sent[message.number, message.text])
        if expected is not None:
            yield Violation(_LAW, message.sid, shown(message.at), expected)
    calls = {call.sid: call for call in case.calls}
    for leg in case.legs:
        expected = _wrong_of_whisper(case, leg, calls.get(leg.parent_sid))
        if expected is not None:
            yield Violation(_LAW, leg.sid, shown(leg.at), expected)


def _wrong_of_message(case: Case, message: Message, number_of_it: int) -> str | None:
    holders = case.people.get(message.number, ())
    if not holders:
        return "no message to a number that belongs to nobody"
    if any(secret in message.text for each in holders for secret in secrets_of(each, names=True)):
        return "a message that names nobody and nothing of a policy"
    if any(case.hours.is_night(person_of(each, message.number), message.at) for each in holders):
        return "a message between eight in the morning and nine in the evening where its recipient is"
    if any(words in message.text for words in _UNASKED):
        return None
    talks = sum(_had_been_talked(call, message) for call in case.calls)
    return f"one message of its kind a call, after it; {talks} had ended" if number_of_it > talks else None


def _had_been_talked(call: Call, message: Message) -> bool:
    if call.number != message.number or call.ended is None or call.ended > message.at:
        return False
    return any(event.get("event") == "answered" for event in call.events)


def _wrong_of_whisper(case: Case, leg: Leg, call: Call | None) -> str | None:
    if call is None:
        return "a transfer of a call that the exchange knows"
    if any(secret in leg.said for each in case.meant(call) for secret in secrets_of(each, names=False)):
        return "nothing of a policy to whoever takes a transfer"
    heard = {str(event.get("text")) for event in call.events if event.get("event") == "said"}
    return "words that the callee does not hear" if leg.said and leg.said in heard else None
