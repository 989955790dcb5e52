"""The guards that a script may name. A closed set, so that every path can be proved."""

from collections.abc import Callable, Mapping

from outbound.dialogue.choices import choices_of
from outbound.dialogue.facts import Facts, VerifyBy
from outbound.dialogue.session import Session

_KNOWN: Mapping[VerifyBy, Callable[[Facts], bool]] = {
    VerifyBy.BIRTH_DATE: lambda facts: facts.birth_date is not None,
    VerifyBy.POLICY_DIGITS: lambda facts: any(policy.last_digits for policy in facts.policies),
    VerifyBy.ID_DIGITS: lambda facts: facts.id_digits is not None,
}


MOST_TRIES = 2
"""Wrong answers to who they are, in one call."""


def may_verify(session: Session) -> bool:
    """Whether they may still prove who they are; after two wrong answers, now or not long ago, a person goes on."""
    return not session.facts.locked_out and session.tries < MOST_TRIES


def _verifies_by(fact: VerifyBy) -> Callable[[Session], bool]:
    """Whether this is the first known fact of those that are asked for; nobody is asked who may not verify any more."""

    def holds_now(session: Session) -> bool:
        facts = session.facts
        known = (each for each in facts.verify_by if _KNOWN[each](facts))
        return may_verify(session) and next(known, None) is fact

    return holds_now


_IN_ENGLISH = "in_english"

CONDITIONS: Mapping[str, Callable[[Session], bool]] = {
    "verified": lambda session: session.verified,
    "right_party": lambda session: session.right_party is True,
    "recording_given": lambda session: session.recording is True,
    "transfer_available": lambda session: session.facts.transfer_available,
    "callback_choices_given": lambda session: bool(choices_of(session)),
    "person_can_call": lambda session: session.facts.person_can_call,
    "asked_for_later": lambda session: session.reason in {"later", "not_available"},
    "callback_wished": lambda session: "callback_wished" in session.done,
    "person_requested": lambda session: "person_requested" in session.done,
    "complaint_raised": lambda session: "complaint_raised" in session.done,
    "cancel_wished": lambda session: "cancel_wished" in session.done,
    "free_look_runs": lambda session: any(each.free_look_last_day for each in session.facts.policies),
    _IN_ENGLISH: lambda session: session.language.startswith("en"),
    "verify_by_birth_date": _verifies_by(VerifyBy.BIRTH_DATE),
    "verify_by_policy_digits": _verifies_by(VerifyBy.POLICY_DIGITS),
    "verify_by_id_digits": _verifies_by(VerifyBy.ID_DIGITS),
    "can_text": lambda session: session.facts.can_text,
    "question_asked": lambda session: bool(session.asked),
    "answer_offers_link": lambda session: session.offer == "link",
    "answer_offers_form": lambda session: session.offer == "form",
    "answer_offers_hotline": lambda session: session.offer == "hotline",
    "answer_offers_person": lambda session: session.offer == "person",
    "message_wished": lambda session: "message_wished" in session.done,
}


def holds(condition: str | None, session: Session) -> bool:
    """Whether a guard holds; `not NAME` negates, None always holds; KeyError for an unknown name."""
    if condition is None:
        return True
    name = condition.removeprefix("not ")
    return CONDITIONS[name](session) is (name == condition)


def holds_in(language: str, condition: str | None) -> bool | None:
    """Whether a guard holds in every call of a language; None where that depends on the call."""
    if condition is None:
        return True
    name = condition.removeprefix("not ")
    return language.startswith("en") is (name == condition) if name == _IN_ENGLISH else None


def is_known(condition: str) -> bool:
    """Whether a script may name this guard."""
    return condition.removeprefix("not ") in CONDITIONS
