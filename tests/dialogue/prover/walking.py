"""A callee who says anything at all, and a listener who knows what must never be heard: no word of it from the prover.

What is proved over all paths is held against what the engine really says: every fact that not everybody may hear is
unmistakable, and whatever is promised, noted or asked is looked at turn by turn.
"""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance, begin, offer_again, offer_times
from outbound.dialogue.facts import Facts, PolicyFacts, VerifyBy
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.prompts import Prompt
from outbound.dialogue.prompts.wording import compile_prompt
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.said import Ask, HangUp, Play, Say, Transfer, spoken_texts
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Question, Script
from outbound.dialogue.session import Session, Sprint
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqAnswer, FaqHit, Slot, Understood
from outbound.dialogue.wanted_time import WantedTime
from outbound.domain.outcome.disposition import Disposition

NAME, PRODUCT, DIGITS, LAST_DAY = "歐陽哨兵", "暗號壽險", "8765", date(2027, 2, 17)
ABOUT_POLICY = "暗號解答"
POLICY = (PRODUCT, DIGITS, "二月十七", "February 17", ABOUT_POLICY)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def _window(day: int, hour: int) -> tuple[datetime, datetime]:
    return datetime(2026, 11, day, hour, tzinfo=UTC), datetime(2026, 11, day, hour + 2, tzinfo=UTC)


WINDOWS = (_window(24, 2), _window(25, 6), _window(26, 3))
FACTS = Facts(
    company_name={"zh-TW": "安心人壽", "en-US": "Anxin Life"},
    hotline_spoken={"zh-TW": "零八零零", "en-US": "0 8 0 0"},
    hotline_number="+886800000123",
    self_service_spoken={"zh-TW": "網站", "en-US": "the website"},
    full_name=NAME,
    birth_date=date(1948, 5, 22),
    policies=(PolicyFacts(PRODUCT, DIGITS, LAST_DAY),),
    zones=("Asia/Taipei",),
    id_digits="4455",
)

VALUES: Mapping[Slot, tuple[str | int | WantedTime, ...]] = {
    Slot.MONTH_DAY: ("0522", "0101"),
    Slot.FOUR_DIGITS: (DIGITS, "4455", "1111"),
    Slot.SCORE: tuple(range(11)),
    Slot.CHOICE: (1, 2, 3, 4),
    Slot.TIME: (1, 2, 3, 4, WantedTime(*_window(27, 4)), WantedTime(*_window(24, 2), exact=True)),
}


class Anything:
    """Understands what a text says of itself: whatever may be understood at all, sure or in doubt."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def understand(self, text: str, expected: Expected, now: datetime | None = None) -> Understood:
        """Return what stands behind the `=` signs of the text."""
        says = dict(each.split("=", 1) for each in text.split(";") if "=" in each)
        names = tuple(each for each in says.get("i", "").split(",") if each)
        value: Any = None
        if "v" in says and expected.slot is not None:
            values = VALUES[expected.slot]
            value = values[int(says["v"]) % len(values)]
        if not names and value is None:
            return NOT_UNDERSTOOD
        main, also = (None, names) if value is not None else (names[0], names[1:])
        return Understood(main, value, 0.6, "d" in says, also, "c" in says)

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return an answer for everybody, one for the policyholder alone, one that is not sure, or none."""
        return (None, FaqHit("open", 0.9, sure=True), FaqHit("own", 0.9, sure=True), FaqHit("open", 0.2, sure=False))[
            len(text) % 4
        ]

    def answer(self, faq_id: str, language: str) -> FaqAnswer | None:
        """Return the two answers that there are."""
        words = {"open": "公開。", "own": f"{ABOUT_POLICY}。"}[faq_id]
        prompt: Prompt = compile_prompt(words, "zh-TW")
        return FaqAnswer(prompt, faq_id == "own", ("link", "form", "hotline", "person", None)[len(language) % 5])

    def intents(self, language: str) -> frozenset[str]:
        """Return what the script can hear."""
        return self._script.understanding.intents(language)

    def hints(self, language: str, intents: tuple[str, ...]) -> tuple[str, ...]:
        """Listen for nothing."""
        return ()


class Listener(Struct):
    """What was heard of one call up to now, and everything in it that must not be."""

    script: Script
    limits: VoiceLimits
    facts: Facts
    faults: dict[str, str] = field(default_factory=dict)
    effects: list[fx.Effect] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    claims: dict[str, str] = field(default_factory=dict)
    verified: bool = False
    wrong: bool = False
    right: bool = False
    asked: bool = False

    def fault(self, code: str, text: str) -> None:
        """Note a fault; the first of its kind counts."""
        self.faults.setdefault(code, text)

    def listen(self, sprint: Sprint, heard: Heard | None) -> None:
        """Take one turn."""
        self._note(sprint)
        self._who_hears(sprint)
        self._first_words(sprint)
        self._words(sprint)
        self._after(sprint)
        if sprint.session.ended:
            self._ended(sprint, heard)

    def _note(self, sprint: Sprint) -> None:
        self.effects.extend(sprint.effects)
        for each in sprint.effects:
            self.verified = self.verified or isinstance(each, fx.Verified)
            if isinstance(each, fx.WrongParty | fx.DeathReported):
                self.wrong, self.right, self.verified = True, False, False
            self.right = self.right or (isinstance(each, fx.RightParty) and not self.wrong)
            if isinstance(each, fx.ScriptFailed):
                self.fault("script_failed", f"{each.step}: {each.kind}")
        if sprint.session.tries > self.limits.bounds.tries:
            self.fault("too_many_tries", sprint.session.step)

    def _who_hears(self, sprint: Sprint) -> None:
        step, texts = sprint.session.step, spoken_texts(sprint.said)
        whispered = [each.text for item in sprint.said if isinstance(item, Transfer) for each in item.whisper]
        if not self.verified and any(secret in text for text in texts for secret in POLICY):
            self.fault("policy_before_verification", step)
        if any(secret in text for text in whispered for secret in (*POLICY, NAME)):
            self.fault("whisper_tells", step)
        asks_who = self._can_note(step, "right_party")
        for item in sprint.said:
            inner = item.prompt if isinstance(item, Ask) else (item,)
            for index, each in enumerate(inner):
                if not isinstance(each, Say | Play) or NAME not in each.text:
                    continue
                is_question = isinstance(item, Ask) and index == len(inner) - 1 and asks_who
                if self.wrong:
                    self.fault("name_to_wrong_party", step)
                elif not (self.right or self.verified or is_question):
                    self.fault("name_before_right_party", step)

    def _first_words(self, sprint: Sprint) -> None:
        self.told.extend(spoken_texts(sprint.said))
        if self.asked or not any(isinstance(each, Ask) for each in sprint.said):
            return
        self.asked = True
        said, words = " ".join(self.told), self._patterns(sprint)
        if self.facts.company_name[sprint.session.language] not in said:
            self.fault("company_undisclosed", sprint.session.step)
        for code, kind in (("automated_undisclosed", words.automated), ("person_undisclosed", words.a_person)):
            if not _hit(kind, said):
                self.fault(code, sprint.session.step)

    def _words(self, sprint: Sprint) -> None:
        """Note what is claimed; whatever a question proposes is no claim."""
        words, step = self._patterns(sprint), sprint.session.step
        runs = any(each.free_look_last_day for each in self.facts.policies)
        for item in sprint.said:
            inner = item.prompt[:-1] if isinstance(item, Ask) else (item,)
            for text in (each.text for each in inner if isinstance(each, Say | Play)):
                self._claimed(words, step, text)
        if not runs and not self._did(fx.CancelWished):
            for text in spoken_texts(sprint.said):
                if _hit(words.free_look, text) and "暗號" not in text:
                    self.fault("free_look_unguarded", f"{step}: {text}")

    def _claimed(self, words: Any, step: str, text: str) -> None:
        for sentence in re.split(r"(?<=[。！？；!?;])|(?<=\.)\s", text):
            if not sentence.strip() or _hit(words.offered, sentence):
                continue
            for kind in ("promised_person", "promised_message", "promised_filing", "promised_silence"):
                if _hit(getattr(words, kind), sentence):
                    self.claims.setdefault(kind, f"{step}: {sentence.strip()}")

    def _after(self, sprint: Sprint) -> None:
        asks, step = any(isinstance(each, Ask) for each in sprint.said), sprint.session.step
        question = self.script.steps[step].question
        everything = any(isinstance(each, fx.OptedOut) and each.scope == fx.ALL_ROBOT_CALLS for each in self.effects)
        if asks and everything:
            self.fault("opt_out_lingers", step)
        serious = self._did(fx.CancelWished) or self._did(fx.ComplaintRaised)
        if asks and serious and question is not None and question.answer is not AnswerKind.CALLBACK_CHOICE:
            text = " ".join(spoken_texts(sprint.said))
            words = self._patterns(sprint)
            is_time = sprint.session.callback is not None or "callback" in step
            if not is_time and not _hit(words.opt_out, text) and sprint.session.doubt is None:
                self.fault("question_after_cancel", step)
        if sprint.said and not isinstance(sprint.said[-1], HangUp if sprint.session.ended else Ask | Transfer):
            self.fault("no_exit", step)
        if sprint.session.recording is not True and sprint.keep_words:
            self.fault("words_kept", step)

    def _ended(self, sprint: Sprint, heard: Heard | None) -> None:
        step = sprint.session.step
        disposed = [each.disposition for each in self.effects if isinstance(each, fx.Disposed)]
        if len(disposed) != 1:
            self.fault("dispositions", f"{step}: {disposed}")
            return
        if not isinstance(heard, HungUp):
            self._last_words(sprint)
        for kind, owed in _OWED.items():
            if kind in self.claims and not any(self._did(each) for each in owed):
                self.fault("promise_without_effect", f"{kind}: {self.claims[kind]}")
        for name, kept in self.limits.must_end.items():
            everything = name != "opted_out" or sprint.session.opted_out == fx.ALL_ROBOT_CALLS
            if name in sprint.session.done and everything and disposed[0] not in kept:
                self.fault("outcome_lost", f"{step}: {name} ends as {disposed[0]}")
        if disposed[0] is Disposition.WELCOMED and not self.verified:
            self.fault("welcomed_unverified", step)

    def _last_words(self, sprint: Sprint) -> None:
        texts = spoken_texts(sprint.said)
        if not texts:
            self.fault("silent_end", sprint.session.step)
        elif not self._did(fx.VoicemailLeft) and not _hit(self._patterns(sprint).goodbye, texts[-1]):
            self.fault("no_goodbye", f"{sprint.session.step}: {texts[-1]}")

    def _did(self, kind: type) -> bool:
        return any(isinstance(each, kind) for each in self.effects)

    def _patterns(self, sprint: Sprint) -> Any:
        return self.limits.words_for(sprint.session.language)

    def _can_note(self, step: str, effect: str) -> bool:
        question = self.script.steps[step].question
        return question is not None and any(s.name == effect for b in question.hear.values() for s in b.effects)


_OWED: Mapping[str, tuple[type, ...]] = {
    "promised_person": (
        fx.PersonRequested, fx.CallbackWished, fx.ComplaintRaised, fx.CancelWished, fx.DeathReported,
    ),
    "promised_message": (fx.MessageWished,),
    "promised_filing": (fx.ComplaintRaised,),
    "promised_silence": (fx.OptedOut, fx.WrongParty, fx.DeathReported),
}  # fmt: skip


def _hit(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.search(each, text, re.IGNORECASE) for each in patterns)


def _facts(chance: random.Random) -> Facts:
    runs, both = chance.random() < 0.6, [VerifyBy.BIRTH_DATE, VerifyBy.POLICY_DIGITS, VerifyBy.ID_DIGITS]
    chance.shuffle(both)
    return replace(
        FACTS,
        policies=(PolicyFacts(PRODUCT, DIGITS, LAST_DAY if runs else None),),
        callback_choices=WINDOWS[: chance.randrange(4)],
        person_choices=WINDOWS[: chance.randrange(4)],
        transfer_available=chance.random() < 0.4,
        person_can_call=chance.random() < 0.7,
        can_text=chance.random() < 0.7,
        verify_by=tuple(both[: chance.randrange(4)]),
        locked_out=chance.random() < 0.1,
        birth_date=FACTS.birth_date if chance.random() < 0.9 else None,
    )


def _any_heard(chance: random.Random, script: Script, session: Session, patience: float) -> Heard:
    """Return what is heard next: an answer that leads on by `patience`, else whatever is said, pressed, or happens."""
    step = script.steps[session.step]
    if step.transfer is not None:
        return TransferEnded(ok=chance.random() < 0.5)
    if step.question is None or chance.random() < 0.02:
        return chance.choice((Silence(), HungUp(), MachineDetected(), TransferEnded(ok=True), Keyed("12#9*")))
    if chance.random() < patience:
        return _an_answer(chance, step.question, session)
    if chance.random() < 0.15:
        return Silence()
    own, anywhere = [*step.question.meanings], [*script.universal]
    if chance.random() < 0.3:
        return Keyed(
            chance.choice([*step.question.keys, *script.universal_keys, "0522", "0101", DIGITS, "1", "2", "3"])
        )
    names = chance.choices([*own, *anywhere, "yes", "no", "thanks"], k=chance.choice((1, 1, 1, 2, 3)))
    marks = "".join(mark for mark, share in ((";d=1", 0.25), (";c=1", 0.2)) if chance.random() < share)
    value = f";v={chance.randrange(12)}" if chance.random() < 0.3 else ""
    text = f"i={','.join(names)}{value}{marks};" + "x" * chance.randrange(4)
    return Spoken(text, chance.choice((None, 0.9, 0.1)))


def _an_answer(chance: random.Random, question: Question, session: Session) -> Heard:
    if session.doubt is not None:
        return Keyed(chance.choice("12"))
    if question.answer in VERIFYING:
        return Keyed({AnswerKind.BIRTH_DATE: "0522", AnswerKind.POLICY_DIGITS: DIGITS}.get(question.answer, "4455"))
    if question.answer is AnswerKind.KEYS or chance.random() < 0.2:
        return Spoken(f"i={chance.choice([*question.meanings])}")
    if question.answer is AnswerKind.WORDS:
        return Spoken("x" * chance.randrange(12, 20))
    return Spoken(f"v={chance.randrange(12)}")


def _turns(script: Script, facts: Facts, chance: random.Random) -> Iterator[tuple[Heard | None, Sprint]]:
    ears, now = Anything(script), NOW
    patience = chance.choice((0.0, 0.5, 0.8, 0.9))
    sprint = begin(script, facts, chance.choice(script.languages), now=now)
    yield None, sprint
    for _ in range(script.limits.turns + 5):
        if sprint.session.ended:
            return
        heard = _any_heard(chance, script, sprint.session, patience)
        now += timedelta(seconds=chance.randrange(12))
        stored = Session.from_json(sprint.session.to_json())
        sprint = advance(script, stored, heard, ears, now=now)
        if sprint.wants is not None:
            found = WINDOWS[: chance.randrange(3)]
            sprint = offer_times(script, Session.from_json(sprint.session.to_json()), found, now=now)
        elif any(isinstance(each, fx.CallbackWished) for each in sprint.effects) and chance.random() < 0.3:
            sprint = offer_again(script, stored, WINDOWS[: chance.randrange(3)])
        yield heard, sprint


def faults_of(script: Script, limits: VoiceLimits, seed: int, calls: int) -> dict[str, str]:
    """Return by code what was heard in `calls` random calls that nobody may hear, with a call that shows it."""
    found: dict[str, str] = {}
    for number in range(calls):
        chance = random.Random(seed * 100_003 + number)  # noqa: S311 - a test that can be run again
        facts = _facts(chance)
        listener = Listener(script, limits, facts)
        way: list[str] = []
        for heard, sprint in _turns(script, facts, chance):
            way.append(f"{heard} -> {sprint.session.step} ({sprint.heard_as})")
            listener.listen(sprint, heard)
        if not sprint.session.ended:
            listener.fault("endless", sprint.session.step)
        for code, text in listener.faults.items():
            found.setdefault(code, "\n  ".join([text, *way]))
    return found
