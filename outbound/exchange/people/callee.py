"""One callee in one call: whether he answers, and what he replies to what he has heard.

Every draw comes from a stream of its own, seeded by (seed, number, n-th dial of that number), so that other calls
never change what happens in this one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.exchange.people.population import (
    SAYS_NOTHING,
    Callee,
    Does,
    NumberState,
    Profile,
    Resident,
    Rule,
    Unanswered,
    Voicemail,
)


class Fate(StrEnum):
    """What a dial meets."""

    ANSWERED = "answered"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    UNALLOCATED = "unallocated"


_FATES = {
    Unanswered.NO_ANSWER: Fate.NO_ANSWER,
    Unanswered.BUSY: Fate.BUSY,
    Unanswered.DECLINED: Fate.DECLINED,
    Unanswered.VOICEMAIL: Fate.MACHINE,
}


class Encounter(Struct, frozen=True):
    """One dial as it will go: the fate, the seconds of ringing before it, who picks up, and the stream of draws."""

    fate: Fate
    ring_seconds: float
    resident: Resident | None
    voicemail: Voicemail
    stream: Random


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def meet(callee: Callee, zone: str, instant: datetime, stream: Random) -> Encounter:
    """Draw what a dial at `instant` meets at `callee`; `zone` holds where the profile names none."""
    profile = callee.profile
    if profile.number is NumberState.UNALLOCATED:
        return Encounter(Fate.UNALLOCATED, 0.0, None, profile.voicemail, stream)
    ring_seconds = stream.uniform(*profile.rings)
    local = instant.astimezone(_zone(profile.zone or zone))
    if callee.residents and stream.random() < chance_to_answer(profile, local):
        resident = stream.choices(callee.residents, [each.weight for each in callee.residents])[0]
        return Encounter(Fate.ANSWERED, ring_seconds, resident, profile.voicemail, stream)
    kinds = list(profile.unanswered)
    kind = stream.choices(kinds, [profile.unanswered[each] for each in kinds])[0]
    return Encounter(_FATES[kind], ring_seconds, None, profile.voicemail, stream)


def chance_to_answer(profile: Profile, local: datetime) -> float:
    """Return the chance of the first band that holds at the local time, or the profile's `otherwise`."""
    weekday, hour = local.isoweekday(), local.time()
    for band in profile.answers:
        if weekday in band.weekdays and band.start <= hour < band.end:
            return band.chance
    return profile.otherwise


class Reply(Struct, frozen=True):
    """What the callee does: `at` seconds from the beginning of the prompt."""

    does: Does
    value: str
    at: float


@dataclass(slots=True)
class Listener:
    """The person on the line: what he has heard since his last reply, and how often he used each rule."""

    resident: Resident
    heard: list[str] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    replies: int = 0
    late: tuple[Rule, datetime] | None = None

    def hears(self, text: str) -> None:
        """Remember what was said to him."""
        if text:
            self.heard.append(text)

    def reply(self, prompt_seconds: float, patience: float, now: datetime) -> Reply | None:
        """Return what he does about the question just put, or None if nothing before the question's time-out.

        `patience` is the question's time-out in seconds after the prompt. A reply that comes later than that is
        not lost: it falls into the next question, as in life.
        """
        if self.late is not None:
            (late, due), self.late = self.late, None
            return self._replied(late, max((due - now).total_seconds(), 0.2))
        rule = self._choose()
        at = rule.after if rule.interrupts else prompt_seconds + rule.after
        if rule.does is Does.SILENT:
            return None
        if at > prompt_seconds + patience:
            self.late = (rule, now + timedelta(seconds=at))
            return None
        return self._replied(rule, at)

    def _replied(self, rule: Rule, at: float) -> Reply:
        self.heard.clear()
        self.replies += 1
        value = rule.value.format_map(self.resident.facts) if "{" in rule.value else rule.value
        return Reply(rule.does, value, at)

    def _choose(self) -> Rule:
        person = self.resident.person
        if person.hangs_up_after_turns is not None and self.replies >= person.hangs_up_after_turns:
            return Rule(Does.HANGS_UP)
        text = "\n".join(self.heard)
        for index, rule in enumerate(person.replies):
            if rule.times is not None and self.used.get(index, 0) >= rule.times:
                continue
            if rule.hears is None or rule.hears.search(text):
                return self._unless_it_must_be_repeated(index, rule)
        return SAYS_NOTHING

    def _unless_it_must_be_repeated(self, index: int, rule: Rule) -> Rule:
        person = self.resident.person
        repeated = self.repeated.get(index, 0)
        if repeated < person.needs_repeats:
            self.repeated[index] = repeated + 1
            return person.repeat
        self.repeated[index] = 0
        self.used[index] = self.used.get(index, 0) + 1
        return rule
