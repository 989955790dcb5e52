"""Sentences that must be speakable even when no script is: by language tag, without variables."""

from collections.abc import Mapping

BROKEN_TURN: Mapping[str, str] = {
    "zh-TW": "很抱歉，我們的系統出了一點問題，這通電話沒辦法繼續。我們會請專人打電話給您。謝謝您，再見。",
    "en-US": "I'm sorry, something went wrong on our side and I can't go on. One of our people will call you. "
    "Thank you, and goodbye.",
}
"""An apology and the promise of a human: whoever speaks it owes a `PersonRequested`."""

SECOND_CALL: Mapping[str, str] = {
    "zh-TW": "很抱歉打擾您，我們已經在另一通電話上與您聯絡，這通電話就先掛斷。謝謝您，再見。",
    "en-US": "I'm sorry to disturb you. We are already speaking with you on another call, so I will hang up this one. "
    "Goodbye.",
}
"""The goodbye of a second call that should never have rung."""

DEFAULT_LANGUAGE = "zh-TW"


def in_language(sentences: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return a sentence and the language that it is in: `language`, or the default one.

    A language without a voice has none of these: nobody has recorded them.
    """
    known = language if language in sentences else DEFAULT_LANGUAGE
    return sentences[known], known
