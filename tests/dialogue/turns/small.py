"""A small script with everything that a conversation can do, and an understanding that knows a few sentences."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, meta
from msgspec.structs import replace

from outbound.dialogue.engine import advance, begin
from outbound.dialogue.facts import Facts, PolicyFacts
from outbound.dialogue.heard import Heard, Keyed, Silence, Spoken
from outbound.dialogue.prompts import Prompt, Prompts
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.script.model import (
    SLOTS,
    AnswerKind,
    Branch,
    Choice,
    EffectSpec,
    FaqExits,
    Limits,
    Line,
    Question,
    Script,
    Step,
)
from outbound.dialogue.session import Session, Sprint
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqAnswer, FaqHit, Slot, Understood
from outbound.dialogue.wanted_time import WantedTime
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.disposition import Disposition

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 23, 10, tzinfo=TAIPEI)
ZH, EN = "zh-TW", "en-US"


def at(day: int, hour: int) -> datetime:
    """An instant in November 2026, in Taipei."""
    return datetime(2026, 11, day, hour, tzinfo=TAIPEI)


TUESDAY = (at(24, 10), at(24, 12))
FRIDAY = (at(27, 15), at(27, 16))

FACTS = Facts(
    company_name={ZH: "安心人壽", EN: "Anxin Life"},
    hotline_spoken={ZH: "零八零零", EN: "0 8 0 0"},
    hotline_number="+886800000123",
    self_service_spoken={ZH: "網站", EN: "website"},
    full_name="王小明",
    birth_date=datetime(1948, 5, 22, tzinfo=TAIPEI).date(),
    policies=(PolicyFacts("機密壽險", "8765", None),),
    callback_choices=((at(23, 14), at(23, 16)), TUESDAY),
    person_choices=((at(23, 14), at(23, 16)), TUESDAY),
    person_can_call=True,
    zones=("Asia/Taipei",),
    id_digits="4455",
)

SENTENCES: Mapping[str, Understood] = {
    "好": Understood("yes"),
    "不要": Understood("no"),
    "滿意": Understood("satisfied", confidence=0.93),
    "不滿意": Understood("not_satisfied"),
    "好像可以吧": Understood("satisfied", confidence=0.5, doubtful=True),
    "不太好說": Understood("not_satisfied", confidence=0.5, doubtful=True),
    "我覺得你們有問題": Understood("complaint", confidence=0.5, doubtful=True),
    "不滿意，你們有問題": Understood("complaint", doubtful=True, also=("not_satisfied",)),
    "不是，我很滿意": Understood("no", also=("satisfied",)),
    "廣告就別了": Understood("no_marketing", doubtful=True),
    "別再吵了": Understood("opt_out", confidence=0.5, doubtful=True),
    "那個保險喔，怎麼繳保費": Understood("cancel_policy", confidence=0.5, doubtful=True, also=("question",)),
    "那個保險喔": Understood("cancel_policy", confidence=0.5, doubtful=True),
    "蛤你說啥": Understood("repeat", doubtful=True),
    "那先這樣吧": Understood("goodbye", doubtful=True),
    "我要申訴": Understood("complaint"),
    "不要再打來": Understood("opt_out", also=("no",)),
    "不滿意，我要申訴": Understood("not_satisfied", also=("complaint",)),
    "滿意，不過我想問怎麼繳保費": Understood("satisfied", also=("question",)),
    "滿意，再見": Understood("satisfied", also=("goodbye", "thanks")),
    "滿意，講慢一點": Understood("satisfied", also=("slower",)),
    "不要，不用了": Understood("no", also=("refuse",)),
    "不用麻煩": Understood("refuse"),
    "是我，但我沒興趣": Understood("yes", also=("refuse",)),
    "怎麼繳保費": Understood("question"),
    "繳費的事": Understood("question", doubtful=True),
    "我的保單保什麼": Understood("question"),
    "股票會漲嗎": Understood("question"),
    "怎麼繳保費，股票會漲嗎": Understood("question"),
    "說錯了，是不滿意": Understood("not_satisfied", corrects=True),
    "不對，是不要": Understood("no", corrects=True),
    "不對，是不滿意": Understood("not_satisfied", also=("no",), corrects=True),
    "不是，星期二早上": Understood("later", also=("no",)),
    "不是，我說星期二": Understood("no", corrects=True),
    "不是星期一": Understood("no"),
    "謝謝": Understood("thanks"),
    "你好": Understood("hello"),
    "上一題": Understood("previous"),
    "慢一點": Understood("slower"),
    "再說一次": Understood("repeat"),
    "說英文": Understood("other_language"),
    "English": Understood("other_language"),
    "你是誰": Understood("who"),
    "找專人": Understood("person"),
    "再見": Understood("goodbye"),
    "晚點再打": Understood("later"),
    "請留言": Understood("machine"),
    "請問您是哪位，我是來電過濾助理": Understood("call_screening"),
    "目前所有專員忙線中請稍候": Understood("hold_music"),
    "你好歡迎來電請直撥分機號碼": Understood("hello"),
    "請問你是哪一間公司的小姐啊": Understood("who"),
    "你說的我聽不清楚請再說一次好不好": Understood("repeat"),
    "我要申訴，不要再打來": Understood("complaint", also=("opt_out",)),
    "滿意，我要申訴": Understood("satisfied", also=("complaint",)),
    "不對，我不是他": Understood("no", corrects=True),
    "對": Understood("right"),
    "怪": Understood("nonsense"),
}
VALUES: Mapping[str, Mapping[Slot, str | int | WantedTime]] = {
    "五月二十二日": {Slot.MONTH_DAY: "0522"},
    "一月一日": {Slot.MONTH_DAY: "0101"},
    "五月二十二日，我的保單保什麼": {Slot.MONTH_DAY: "0522"},
    "九分": {Slot.SCORE: 9},
    "第二個": {Slot.CHOICE: 2, Slot.TIME: 2},
    "星期五下午": {Slot.TIME: WantedTime(at(27, 12), at(27, 18))},
    "不是，星期二早上": {Slot.TIME: WantedTime(at(24, 6), at(24, 12))},
    "星期二早上": {Slot.TIME: WantedTime(at(24, 6), at(24, 12))},
    "星期二早上十點": {Slot.TIME: WantedTime(at(24, 10), at(24, 11), exact=True)},
    "半夜三點": {Slot.TIME: WantedTime(at(25, 3), at(25, 4), exact=True)},
}
HITS: Mapping[str, FaqHit] = {
    "怎麼繳保費": FaqHit("pay", 0.9, sure=True),
    "滿意，不過我想問怎麼繳保費": FaqHit("pay", 0.8, sure=True),
    "繳費的事": FaqHit("pay", 0.7, sure=True),
    "我的保單保什麼": FaqHit("cover", 0.9, sure=True),
    "五月二十二日，我的保單保什麼": FaqHit("cover", 0.9, sure=True),
    "股票會漲嗎": FaqHit("pay", 0.2, sure=False),
}


class SmallUnderstanding:
    """Knows the sentences above, among what is expected; keeps no state."""

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return what the sentence means here."""
        value = VALUES.get(text, {}).get(expected.slot) if expected.slot is not None else None
        if value is not None and (now is not None or not isinstance(value, WantedTime)):
            also = ("question",) if "我的保單" in text else ()
            return Understood(value=value, also=also)
        known = (*expected.urgent, *expected.intents, *expected.universal, "right", "nonsense")
        found = SENTENCES.get(text, NOT_UNDERSTOOD)
        intents = [each for each in (found.intent, *found.also) if each in known]
        return replace(found, intent=intents[0] if intents else None, also=tuple(intents[1:]))

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return the nearest answer, whatever the language."""
        return HITS.get(text)

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Return an approved answer."""
        texts = {"pay": "可以到{{ self_service }}繳費。", "cover": "保單內容請看保單條款。"}
        offer = "link" if faq_id == "pay" else None
        return FaqAnswer(prompt(texts[faq_id]), faq_id == "cover", offer) if faq_id in texts else None

    def intents(self, language: str) -> frozenset[str]:
        """Return no list: nobody asks here."""
        return frozenset()

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Return the intents themselves."""
        return intents[:3]


_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - sentences, no pages


def prompt(source: str) -> Prompt:
    """A prompt, with whatever variables it names."""
    names = frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(source)))
    return Prompt(_ENVIRONMENT.from_string(source), names, None if names else source)


def question(name: str, hear: Mapping[str, Branch], answer: AnswerKind = AnswerKind.KEYS, **more: Any) -> Question:
    """A question whose three prompts are named after it."""
    keys = {branch.key: each for each, branch in hear.items() if branch.key}
    meanings = {meaning: each for each, branch in hear.items() for meaning in (each, *branch.also)}
    others = [each for each in UNIVERSAL if each not in meanings]
    urgent = tuple(each for each in others if UNIVERSAL[each].urgent)
    calm = tuple(each for each in others if not UNIVERSAL[each].urgent)
    expects = {tag: Expected(tag, urgent, tuple(meanings), calm, SLOTS.get(answer)) for tag in (ZH, EN)}
    asked = (name, f"{name}_again", f"{name}_keys")
    leads = {"silent": "silent_goodbye", "not_understood": "give_to_person"} | more
    return Question(asked, answer, hear, keys, meanings, expects, **leads)


def noted(effect: str, /, **arguments: str | int) -> tuple[EffectSpec, ...]:
    """One effect of a branch or step."""
    return (EffectSpec(effect, arguments),)


UNIVERSAL: Mapping[str, Branch] = {
    "opt_out": Branch("opt_out", key="7", urgent=True),
    "complaint": Branch("person", effects=noted("complaint_raised"), outcome=Disposition.COMPLAINT, urgent=True),
    "cancel_policy": Branch("person", effects=noted("cancel_wished"), outcome=Disposition.WANTS_TO_CANCEL, urgent=True),
    "no_marketing": Branch("unadvertised", effects=noted("opted_out", scope="telemarketing"), urgent=True),
    "machine": Branch("voicemail"),
    "call_screening": Branch("screened"),
    "hold_music": Branch("robot_goodbye"),
    "person": Branch(
        "person", effects=noted("person_requested", reason="asked"), outcome=Disposition.PERSON_REQUESTED, key="0"
    ),
    "later": Branch("callback_time", reason="later"),
    "refuse": Branch("refused", outcome=Disposition.REFUSED),
    "goodbye": Branch("silent_goodbye", key="9"),
    "who": Branch("who_calls"),
    "question": Branch("answer"),
    "slower": Branch("slower"),
    "louder": Branch("louder"),
    "repeat": Branch("repeat", key="6"),
    "previous": Branch("previous", key="*"),
    "hello": Branch("repeat"),
    "other_language": Branch("other_language", key="8"),
}


def _answers(name: str, value: str, go: str, key: str, *also: str) -> Branch:
    return Branch(go, effects=noted("answered", name=name, value=value), key=key, also=also)


def _steps() -> dict[str, Step]:
    verifying = {"answer": AnswerKind.BIRTH_DATE, "defers": True}
    right = Branch("welcome", effects=noted("verified"), say=(Line("checked"),))
    listed = [
        Step("greeting", say=(Line("greeting"),), interruptible=False, goes_on="recording"),
        Step("recording", question=question("recording", {
            "yes": Branch("right_party", effects=noted("recording_given"), key="1"),
            "no": Branch("right_party", effects=noted("recording_refused"), key="2")})),
        Step("right_party", question=question("right_party", {
            "yes": Branch("how_to_verify", effects=noted("right_party"), key="1"),
            "no": Branch("wrong_party", key="2")})),
        Step("how_to_verify", choose=(
            Choice("verify_by_birth_date", "birth_date"),
            Choice("verify_by_id_digits", "id_digits"),
            Choice(None, "not_verified"))),
        Step("birth_date", question=question("birth_date", {
            "right": right, "wrong": Branch("birth_date_second", say=(Line("checked"),))}, **verifying)),
        Step("birth_date_second", question=question("birth_date_second", {
            "right": right, "wrong": Branch("not_verified", say=(Line("checked"),))}, **verifying)),
        Step("id_digits", question=question("id_digits", {
            "right": right, "wrong": Branch("not_verified", say=(Line("checked"),))},
            AnswerKind.ID_DIGITS, defers=True)),
        Step("not_verified", effects=(*noted("verification_failed"), *noted("person_requested", reason="not_verified")),
             outcome=Disposition.NOT_VERIFIED, say=(Line("not_verified"),), goes_on="person"),
        Step("welcome", say=(Line("welcome"),), choose=(
            Choice("question_asked", "answer_later"), Choice(None, "service"))),
        Step("answer_later", faq=FaqExits("service", "unanswered_later")),
        Step("unanswered_later", say=(Line("unanswered"),), goes_on="service"),
        Step("service", question=question("service", {
            "yes": _answers("service", "satisfied", "clear", "1", "satisfied"),
            "no": _answers("service", "not_satisfied", "why", "2", "not_satisfied")})),
        Step("why", question=question("why", {
            "words": Branch("clear", effects=noted("reason_given"))}, AnswerKind.WORDS)),
        Step("clear", question=question("clear", {
            "yes": _answers("clear", "yes", "satisfaction", "1"),
            "no": _answers("clear", "no", "satisfaction", "2")})),
        Step("satisfaction", question=question("satisfaction", {
            "score": Branch("goodbye", effects=noted("satisfaction")),
            "keyed_9": Branch("goodbye", effects=noted("satisfaction")),
            "keyed_0": Branch("person", effects=noted("person_requested", reason="asked"))}, AnswerKind.SCORE)),
        Step("callback_time", question=question("callback_time", {
            "chosen": Branch("callback_confirm"),
            "named": Branch("callback_confirm"),
            "not_possible": Branch("callback_time", say=(Line("not_possible"),)),
            "none_of_them": Branch("silent_goodbye"),
            "taken": Branch("callback_time", say=(Line("taken"),)),
            "no": Branch("silent_goodbye")}, AnswerKind.CALLBACK_CHOICE)),
        Step("callback_confirm", question=question("callback_confirm", {
            "yes": Branch("goodbye", effects=noted("callback_wished"), outcome=Disposition.CALLBACK_REQUESTED, key="1"),
            "no": Branch("callback_time", key="2")})),
        Step("opt_out", question=question("opt_out", {
            "yes": Branch("opted_out", key="1", also=("opt_out",)), "no": Branch("back", key="2")},
            silent="opted_out", not_understood="opted_out",
            hung_up=Branch("", effects=noted("opted_out"), outcome=Disposition.OPTED_OUT))),
        Step("opted_out", effects=noted("opted_out"), say=(Line("opted_out"),), outcome=Disposition.OPTED_OUT,
             ends=True),
        Step("screened", question=question("screened", {"yes": Branch("recording"), "call_screening": Branch("repeat")},
                                           timeout=25)),
        Step("who_calls", say=(Line("who_calls"),), goes_on="back"),
        Step("answer", faq=FaqExits("back", "unanswered", "deferred")),
        Step("unadvertised", goes_on="back"),
        Step("unanswered", say=(Line("unanswered"),), goes_on="back"),
        Step("person", choose=(Choice("transfer_available", "connect"), Choice(None, "person_calls"))),
        Step("connect", transfer={"connected": Branch("silent_goodbye", effects=noted("person_reached")),
                                  "not_connected": Branch("person_calls")}, whisper=("whisper",)),
        Step("person_calls", say=(Line("person_calls"),), ends=True),
        Step("give_to_person", effects=noted("person_requested", reason="not_understood"),
             outcome=Disposition.PERSON_REQUESTED, goes_on="person"),
        Step("silent_goodbye", say=(Line("silent_goodbye"),), ends=True),
        Step("robot_goodbye", say=(Line("silent_goodbye"),), outcome=Disposition.NO_RESPONSE, ends=True),
        Step("refused", say=(Line("silent_goodbye"),), outcome=Disposition.REFUSED, ends=True),
        Step("wrong_party", effects=noted("wrong_party"), say=(Line("silent_goodbye"),),
             outcome=Disposition.WRONG_PARTY, ends=True),
        Step("voicemail", effects=noted("voicemail_left"), say=(Line("voicemail"),),
             outcome=Disposition.VOICEMAIL_LEFT, ends=True),
        Step("goodbye", say=(Line("goodbye"),), outcome=Disposition.WELCOMED, ends=True),
    ]  # fmt: skip
    return {each.name: each for each in listed}


def _sentences(steps: Mapping[str, Step]) -> dict[str, dict[str, Prompt]]:
    plain = [
        "greeting", "checked", "not_verified", "welcome", "unanswered", "deferred", "not_possible", "taken",
        "opted_out", "who_calls", "person_calls", "silent_goodbye", "voicemail", "goodbye", "silence", "did_not_catch",
    ]  # fmt: skip
    asked = [each for step in steps.values() if step.question is not None for each in step.question.prompts]
    special = {
        "right_party": "找{{ full_name }}",
        "callback_confirm": "{{ callback[0].strftime('%d %H') }}?",
        "unsure": "您是說{{ meaning }}嗎",
        "unsure_again": "是不是{{ meaning }}",
        "unsure_keys": "{{ meaning }}請按 1",
        "means_satisfied": "滿意",
        "means_complaint": "要申訴",
        "means_no_marketing": "不要廣告",
        "means_goodbye": "再見",
        "means_opt_out": "以後都不要再打",
        "means_cancel_policy": "要取消保單",
        "whisper": "{{ company }}：{{ reason_spoken }}，{% if verified %}已核對{% else %}未核對{% endif %}",
        "reason_asked": "客戶找專人",
        "reason_complaint": "客戶要申訴",
    }
    texts = {name: name for name in (*plain, *asked)} | special
    english = {name: text if "{" in text else f"en {text}" for name, text in texts.items()}
    return {tag: {name: prompt(text) for name, text in each.items()} for tag, each in ((ZH, texts), (EN, english))}


STEPS = _steps()
SENTENCES_OF = _sentences(STEPS)


def make_script(**changes: Any) -> Script:
    """The small script, with changes."""
    values: dict[str, Any] = {
        "name": "small", "version": "v", "call_class": CallClass.SERVICE, "promotional": False, "languages": (ZH, EN),
        "start": "greeting", "voicemail": "voicemail", "too_long": "give_to_person",
        "leads": {"silence": "silence", "not_understood": "did_not_catch"}, "limits": Limits(), "universal": UNIVERSAL,
        "universal_keys": {branch.key: name for name, branch in UNIVERSAL.items() if branch.key},
        "steps": STEPS, "prompts": Prompts(SENTENCES_OF), "understanding": SmallUnderstanding(),
        "unsure": ("unsure", "unsure_again", "unsure_keys"),
    }  # fmt: skip
    return Script(**(values | changes))


SCRIPT = make_script()
TO_SERVICE = ("1", "1", "0522")
"""Keys to the first question after verification."""


def heard_of(each: str | Heard | None) -> Heard:
    """A key, a sentence, or silence (None)."""
    if each is None:
        return Silence()
    if not isinstance(each, str):
        return each
    return Keyed(each) if each.strip("*#").isdigit() or each in {"*", "#"} else Spoken(each, 0.9)


def play(*turns: str | Heard | None, script: Script = SCRIPT, facts: Facts = FACTS, now: datetime = NOW) -> Sprint:
    """Play a call from its first word, stored and read back between all turns; return the last turn."""
    sprint = begin(script, facts, now=now)
    return go_on(sprint, *turns, script=script, now=now)


def go_on(sprint: Sprint, *turns: str | Heard | None, script: Script = SCRIPT, now: datetime = NOW) -> Sprint:
    """Go on with a call."""
    for each in turns:
        stored = Session.from_json(sprint.session.to_json())
        assert stored == sprint.session
        sprint = advance(script, stored, heard_of(each), now=now)
    return sprint


def said(sprint: Sprint) -> str:
    """Everything that a turn says."""
    return " | ".join(spoken_texts(sprint.said))


def of_kind(sprint: Sprint, *kinds: type) -> list[Any]:
    """The effects of some kinds."""
    return [each for each in sprint.effects if isinstance(each, kinds)]


def all_said(sprints: Iterable[Sprint]) -> str:
    """Everything that several turns say."""
    return " | ".join(map(said, sprints))
