"""What is said to callers with whom no conversation begins. It is the same for those whom we know and for strangers."""

from collections.abc import Mapping

from outbound.dialogue.said import HangUp, SaidItem, Say
from outbound.domain.company import Company

INFORMED: Mapping[str, str] = {
    "zh-TW": "您好，這裡是{company}的自動語音服務。這支號碼是我們聯絡客戶用的，目前沒有需要用語音和您談的事。"
    "要找專人，請撥{hotline}。謝謝您，再見。",
    "en-US": "Hello, this is the automated service of {company}. We use this number to reach our customers, and there "
    "is nothing that the automated service needs to talk about with you now. For a person, please call {hotline}. "
    "Thank you, and goodbye.",
}
PERSON_PROMISED: Mapping[str, str] = {
    "zh-TW": "您好，這裡是{company}的自動語音服務。很抱歉，現在沒辦法用語音為您服務，我們會請專人打電話給您。"
    "您也可以撥{hotline}。謝謝您，再見。",
    "en-US": "Hello, this is the automated service of {company}. I'm sorry, the automated service cannot help you "
    "right now, so one of our people will call you. You can also call {hotline}. Thank you, and goodbye.",
}
"""Whoever speaks it owes a person's call."""

OUT_OF_ORDER: Mapping[str, str] = {
    "zh-TW": "您好，這裡是{company}的自動語音服務。很抱歉，我們的系統出了一點問題，現在沒辦法為您服務。"
    "要找專人，請撥{hotline}。謝謝您，再見。",
    "en-US": "Hello, this is the automated service of {company}. I'm sorry, something is wrong on our side and I can't "
    "help you now. Please call {hotline} for a person. Thank you, and goodbye.",
}
NO_SERVICE: Mapping[str, str] = {
    "zh-TW": "很抱歉，這個號碼目前沒有提供服務。再見。",
    "en-US": "I'm sorry, there is no service on this number at present. Goodbye.",
}
"""For a number of which no company is known: a wrong name would be worse than none."""


def farewell(sentences: Mapping[str, str], company: Company | None, languages: tuple[str, ...]) -> tuple[SaidItem, ...]:
    """Return the sentence in each of `languages` that the company speaks, and the end of the call."""
    if company is None:
        return *(Say(text, tag) for tag, text in NO_SERVICE.items()), HangUp()
    spoken = [tag for tag in languages if tag in sentences and tag in company.spoken_name] or [next(iter(sentences))]
    says = (
        Say(
            sentences[tag].format(
                company=_in(company.spoken_name, tag),
                hotline=_in(company.hotline_spoken, tag),
            ),
            tag,
        )
        for tag in spoken
    )
    return *says, HangUp()


def _in(texts: Mapping[str, str], tag: str) -> str:
    return texts.get(tag) or next(iter(texts.values()))
