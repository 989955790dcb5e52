"""The fields that a prompt may speak, who may hear each, and what they are in a call."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from outbound.dialogue.choices import choices_of
from outbound.dialogue.facts import Facts, Label, PolicyFacts, label_of
from outbound.dialogue.free_look import FreeLooks, free_looks_of
from outbound.dialogue.session import Session

FIELDS: Mapping[str, Label] = {
    "company": label_of(Facts, "company_name"),
    "hotline": label_of(Facts, "hotline_spoken"),
    "self_service": label_of(Facts, "self_service_spoken"),
    "callback_choices": label_of(Facts, "callback_choices"),
    "callback": label_of(Facts, "callback_choices"),
    "wanted": Label.PUBLIC,
    "score": Label.PUBLIC,
    "meaning": Label.PUBLIC,
    "reason_spoken": Label.PUBLIC,
    "verified": Label.PUBLIC,
    "full_name": label_of(Facts, "full_name"),
    "free_looks": label_of(PolicyFacts, "free_look_last_day"),
}
"""Every variable that a prompt may use, and who may hear it.

`meaning` is a short phrase for what was perhaps meant (the prompt `means_INTENT`), `reason_spoken` one for why
somebody is put through (`reason_NAME`); `reason_spoken` and `verified` (true or false) are for the whisper alone.
`wanted` is the time that was named for a return call, `callback` the one that was chosen.
"""

OF_COMPANY = frozenset({"company", "hotline", "self_service"})
"""Variables that are the same in every call of a company."""

PHRASES = ("means_", "reason_")
"""How the names of prompts begin that are short phrases for `meaning` and `reason_spoken`: they have no fields."""


def context_of(session: Session, voice: str | None = None) -> dict[str, Any]:
    """Return the variables that a prompt may use now; `voice` is the language that facts are said in (the session's).

    Policy fields are absent before verification, so that a script which would speak them fails instead.
    """
    facts, language = session.facts, voice or session.language
    context: dict[str, Any] = {
        "company": facts.company_name[language],
        "hotline": facts.hotline_spoken[language],
        "self_service": facts.self_service_spoken[language],
        "callback_choices": choices_of(session),
    }
    if session.right_party is not False:
        context["full_name"] = facts.full_name
    if session.callback is not None:
        context["callback"] = choices_of(session)[session.callback]
    if session.wanted is not None:
        context["wanted"] = (session.wanted.start, session.wanted.end)
    if session.score is not None:
        context["score"] = session.score
    looks = free_looks_of(facts.policies) if session.verified else None
    if looks is not None:
        context["free_looks"] = looks
    return context


_ZONE = timezone(timedelta(hours=8))
_WINDOW = (datetime(2026, 11, 23, 14, tzinfo=_ZONE), datetime(2026, 11, 23, 16, tzinfo=_ZONE))

SAMPLE: Mapping[str, Any] = {
    "company": "安心人壽",
    "hotline": "零八零零，零零零，一二三",
    "self_service": "安心人壽的網站",
    "callback_choices": tuple((_WINDOW[0].replace(day=day), _WINDOW[1].replace(day=day)) for day in (23, 24, 25)),
    "callback": _WINDOW,
    "wanted": _WINDOW,
    "score": 9,
    "meaning": "以後都不要再打電話給您",
    "reason_spoken": "客戶想找專人",
    "verified": True,
    "full_name": "王小明",
    "free_looks": FreeLooks(((date(2026, 12, 2), ("安心終身壽險",)),), policies=1),
}
"""What every prompt is tried with when it is loaded."""
