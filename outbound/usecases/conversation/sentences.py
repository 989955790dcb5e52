"""Sentences outside any script: for a call that should not go on, though somebody answered it."""

from collections.abc import Mapping

from outbound.dialogue.apologies import in_language
from outbound.dialogue.said import HangUp, SaidItem, Say
from outbound.domain.company import Company

# It says who calls and nothing about whom or why: a family in mourning may be listening.
_NO_NEED: Mapping[str, str] = {
    "zh-TW": "您好，這裡是{company}的自動語音電話。很抱歉打擾您，這通電話不需要再占用您的時間。謝謝您，再見。",
    "en-US": "Hello, this is an automated call from {company}. I'm sorry to disturb you: we don't need to take any "
    "more of your time. Thank you, and goodbye.",
}
_OVER: Mapping[str, str] = {
    "zh-TW": "很抱歉打擾您，這通電話就到這裡。謝謝您，再見。",
    "en-US": "I'm sorry to disturb you. This call ends here. Thank you, and goodbye.",
}


def neutral_goodbye(company: Company, language: str) -> tuple[SaidItem, ...]:
    """Return a goodbye for a contact who was withdrawn, or opted out, between dial and answer."""
    name = company.spoken_name.get(language) or next(iter(company.spoken_name.values()))
    return spoken_goodbye({tag: text.format(company=name) for tag, text in _NO_NEED.items()}, language)


def over_goodbye(language: str) -> tuple[SaidItem, ...]:
    """Return a goodbye for a call that has ended on our side."""
    return spoken_goodbye(_OVER, language)


def spoken_goodbye(sentences: Mapping[str, str], language: str) -> tuple[SaidItem, ...]:
    """Return one sentence, in `language` or the default one, and the end of the call."""
    return Say(*in_language(sentences, language)), HangUp()
