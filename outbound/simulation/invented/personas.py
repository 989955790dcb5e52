"""How invented people answer the welcome call. They react to words in the questions, as people do."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from outbound.exchange.people.population import Does, Person, Rule
from outbound.simulation.invented.questions import (
    BIRTH,
    CALLBACK_CONFIRM,
    CALLBACK_TIME,
    CARED_FOR,
    EXPLAINED,
    FREE_LOOK,
    HOUSEHOLD,
    NINE_OR_TEN,
    NOW_OR_LATER,
    OFFERED,
    OPT_OUT,
    POLICY_DIGITS,
    QUESTION,
    QUESTION_WORDS,
    REASON,
    RECORDING,
    RIGHT_PARTY,
    SATISFACTION,
    SELF_SERVICE,
    SERVICE,
    SERVICE_PERSON,
    WAITING,
    WELL,
    WISH,
    ZERO_OR_PERSON,
)

SAY, PRESS = Does.SAYS, Does.PRESSES


class Trait(Struct, frozen=True):
    """A kind of person: `share` of all, per mille, among people under 65 and among older ones."""

    name: str
    share: int
    share_senior: int


TRAITS: Sequence[Trait] = (
    Trait("cooperative", 330, 264),
    Trait("presses_keys", 200, 60),
    Trait("needs_repeats", 20, 220),
    Trait("refuses_recording", 60, 60),
    Trait("asks_a_question", 50, 70),
    Trait("asks_for_callback", 60, 50),
    Trait("someone_else_picks_up", 50, 70),
    Trait("wrong_person", 30, 20),
    Trait("refuses", 40, 20),
    Trait("opts_out", 15, 10),
    Trait("hangs_up", 45, 25),
    Trait("complains", 8, 10),
    Trait("wants_to_cancel", 8, 5),
    Trait("wants_a_person", 8, 30),
    Trait("forgets_birth_date", 4, 15),
    Trait("says_nothing", 2, 5),
    Trait("asks_in_between", 20, 25),
    Trait("names_a_time", 10, 10),
    Trait("corrects_herself", 8, 8),
    Trait("wants_a_link", 10, 5),
    Trait("has_moved", 6, 6),
    Trait("screens_calls", 10, 4),
    Trait("says_two_things", 6, 8),
)


def _rule(hears: str, does: Does, value: str = "", *, after: float = 1.0, times: int | None = None) -> Rule:
    return Rule(does, value, re.compile(hears) if hears else None, after=after, times=times)


def _keys(*, score: str = "{score}", ten: str = "{ten}") -> tuple[Rule, ...]:
    return (
        _rule(NINE_OR_TEN, PRESS, ten),
        _rule(ZERO_OR_PERSON, PRESS, "1"),
        _rule(SATISFACTION, PRESS, score, after=2.0),
        _rule(OPT_OUT, PRESS, "1"),
        _rule(CALLBACK_CONFIRM, PRESS, "1"),
        _rule(CALLBACK_TIME, PRESS, "1", after=1.5),
        _rule(RECORDING, PRESS, "1"),
        _rule(NOW_OR_LATER, PRESS, "1"),
        _rule(HOUSEHOLD, PRESS, "2"),
        _rule(RIGHT_PARTY, PRESS, "1"),
        _rule(BIRTH, PRESS, "{birth}", after=3.0),
        _rule(POLICY_DIGITS, PRESS, "{tail}", after=6.0),
        _rule(SERVICE_PERSON, PRESS, "2"),
        _rule(SERVICE, PRESS, "1"),
        _rule(CARED_FOR, PRESS, "2"),
        _rule(WELL, PRESS, "1"),
        _rule(EXPLAINED, PRESS, "1"),
        _rule(FREE_LOOK, PRESS, "1"),
        _rule(SELF_SERVICE, PRESS, "2"),
        _rule(OFFERED, PRESS, "2"),
        _rule(QUESTION, PRESS, "2"),
        _rule(WISH, PRESS, "2"),
        _rule(QUESTION_WORDS, PRESS, "2"),
        _rule(REASON, PRESS, "2"),
        _rule(WAITING, PRESS, "1"),
    )


def _speech(language: str) -> tuple[Rule, ...]:
    yes, no, is_me, happy = (
        ("可以", "沒有", "是，我是", "滿意") if language == "zh-TW" else ("yes", "no", "yes, speaking", "yes, I am")
    )
    return (
        _rule(RECORDING, SAY, yes),
        _rule(HOUSEHOLD, PRESS, "2"),
        _rule(RIGHT_PARTY, SAY, is_me),
        _rule(SERVICE_PERSON, PRESS, "2"),
        _rule(SERVICE, SAY, happy),
        _rule(FREE_LOOK, SAY, "清楚" if language == "zh-TW" else "yes"),
        _rule(QUESTION, SAY, no),
        _rule(REASON, SAY, _WORDS[language]["why"], after=2.0),
        *_keys(),
    )


_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-TW": {
        "refuse": "不用了，謝謝",
        "opt_out": "不要再打電話來了",
        "complain": "我要申訴，你們的業務員講的跟保單不一樣",
        "cancel": "我想取消這張保單",
        "person": "我要找真人客服",
        "wrong": "你打錯了，沒有這個人",
        "out": "他不在",
        "later": "我現在不方便，晚一點再打",
        "question": "請問理賠要準備什麼文件",
        "again": "蛤？請再說一次",
        "in_between": "要怎麼改受益人",
        "time": "明天下午三點",
        "corrects": "不滿意，啊不對，我是說滿意",
        "link": "好，傳簡訊給我",
        "moved": "我搬家了，地址要改",
        "screens": "您好，請說出您的姓名和來電原因",
        "picks_up": "喂，你好",
        "two": "是，我是，不過請說慢一點",
        "why": "服務人員很親切，說明也清楚",
    },
    "en-US": {
        "refuse": "no thank you, I'm not interested",
        "opt_out": "don't call me again",
        "complain": "I want to make a complaint about your agent",
        "cancel": "I want to cancel my policy",
        "person": "I want to talk to a person",
        "wrong": "you have the wrong number",
        "out": "no, she is out",
        "later": "I'm busy, please call me later",
        "question": "what papers do I need for a claim",
        "again": "sorry, could you repeat that",
        "in_between": "can I change my beneficiary",
        "time": "tomorrow afternoon at three",
        "corrects": "no, I mean yes",
        "link": "yes, text me the link",
        "moved": "I have moved, my address has changed",
        "screens": "please state your name and the reason for your call",
        "picks_up": "hello",
        "two": "yes, speaking, but please speak slower",
        "why": "your people were friendly and explained things well",
    },
}


def _first_words(trait: str, language: str) -> tuple[Rule, ...]:
    """What a person of this kind does differently from somebody who simply answers."""
    words = _WORDS[language]
    return {
        "refuses_recording": (_rule(RECORDING, PRESS, "2"),),
        "asks_a_question": (
            _rule(QUESTION_WORDS, SAY, words["question"], after=2.0, times=1),
            _rule(QUESTION, PRESS, "1", times=1),
        ),
        "asks_for_callback": (
            _rule(NOW_OR_LATER, PRESS, "2", times=1),
            _rule(RIGHT_PARTY, SAY, words["later"], times=1),
        ),
        "someone_else_picks_up": (_rule(RIGHT_PARTY, SAY, words["out"]), _rule(HOUSEHOLD, PRESS, "1")),
        "wrong_person": (_rule(RIGHT_PARTY + "|" + HOUSEHOLD, SAY, words["wrong"]),),
        "refuses": (_rule(RIGHT_PARTY + "|" + RECORDING, SAY, words["refuse"], times=1),),
        "opts_out": (_rule(RIGHT_PARTY + "|" + RECORDING, SAY, words["opt_out"], times=1),),
        "complains": (_rule(SERVICE, SAY, words["complain"], after=1.5),),
        "wants_to_cancel": (_rule(FREE_LOOK + "|" + QUESTION, SAY, words["cancel"], after=1.5),),
        "wants_a_person": (_rule(BIRTH + "|" + SERVICE + "|" + NOW_OR_LATER, SAY, words["person"]),),
        "forgets_birth_date": (_rule(BIRTH, PRESS, "0101", after=4.0),),
        "asks_in_between": (
            _rule(BIRTH, SAY, words["in_between"], after=1.5, times=1),
            _rule(SERVICE, SAY, words["question"], after=1.5, times=1),
        ),
        "names_a_time": (
            _rule(RIGHT_PARTY, SAY, words["later"], times=1),
            _rule(CALLBACK_TIME, SAY, words["time"], after=1.5, times=1),
        ),
        "corrects_herself": (_rule(SERVICE, SAY, words["corrects"], after=1.5, times=1),),
        "wants_a_link": (_rule(SELF_SERVICE, SAY, words["link"], times=1),),
        "has_moved": (_rule(SERVICE, SAY, words["moved"], after=1.5, times=1),),
        "screens_calls": (
            _rule(RECORDING, SAY, words["screens"], times=1),
            _rule(WAITING, SAY, words["picks_up"], after=6.0, times=1),
        ),
        "says_two_things": (_rule(RIGHT_PARTY, SAY, words["two"], times=1),),
    }.get(trait, ())


def person(trait: str, language: str) -> Person:
    """How somebody of this kind behaves; the facts that his replies name are birth, tail, score and ten."""
    ordinary = _keys() if trait in {"presses_keys", "refuses_recording"} else _speech(language)
    again = Rule(SAY, _WORDS[language]["again"])
    return Person(
        replies=() if trait == "says_nothing" else (*_first_words(trait, language), *ordinary),
        language=language,
        needs_repeats=1 if trait == "needs_repeats" else 0,
        repeat=again,
        hangs_up_after_seconds=25.0 if trait == "hangs_up" else None,
    )


def named(name: str, language: str) -> Person:
    """One of several people at a number: it is him only when his own name is asked for."""
    me, other = (
        ("是，我是", _WORDS["zh-TW"]["out"]) if language == "zh-TW" else ("yes, speaking", _WORDS["en-US"]["out"])
    )
    asked = rf"{re.escape(name)}[^。]*本人|(speaking with|looking for) {re.escape(name)}"
    return Person(
        replies=(
            _rule(asked, SAY, me),
            # Who rings back is not asked for by name.
            _rule(r"客戶本人|with our customer|for our customer", SAY, me),
            _rule(RIGHT_PARTY, SAY, other),
            _rule(HOUSEHOLD, PRESS, "1"),
            *_speech(language),
        ),
        language=language,
    )
