"""Who can be called: numbers, when they are answered, and what the people who pick up say and press.

A population is made from Python objects (`Population({...})`) or from a YAML or JSON file (`population_file.load`):

    zone: Asia/Taipei                  # whose local time the bands below are in (default Asia/Taipei)
    sentences: [是的, 謝謝]            # what numbers ending in 0000107 say, question by question
    persons:
      customer:
        language: zh-TW
        needs_repeats: 1               # every question has to be put once more (default 0)
        repeat: {says: 蛤？請再說一次} # what he does instead, the first times (default: this)
        hangs_up_after: {seconds: 40}  # or {turns: 3}: he is gone when the next question comes after three replies
        talks: [40, 120]               # seconds that he talks when a call is put through to him
        seems_machine: 0.02            # chance that machine detection takes him for a machine (default 0)
        replies:                       # the first rule that fits what he heard since his last reply
          - {hears: 出生|birth, presses: "{birth}", after: 2}     # seconds after the prompt's end
          - {hears: 打擾, says: 不要再打來了, times: 1}            # at most once a call
          - {hears: 語言, presses: "2", interrupts: true, after: 1} # seconds after the prompt's beginning
          - {hears: 滿意, silent: true}
          - {hears: 再見, hangs_up: true}
          - {presses: "1"}             # no `hears`: fits everything
    profiles:
      office:
        zone: Asia/Taipei
        answers:                       # chance to answer, by local weekday and half-open hours
          - {days: mon-fri, hours: "18:00-21:00", chance: 0.7}
        otherwise: 0.1                 # chance outside of these (default 0)
        rings: [3, 15]                 # seconds of ringing before he picks up
        unanswered: {no_answer: 0.7, busy: 0.1, declined: 0.05, voicemail: 0.15}   # weights (default no_answer)
        voicemail: {greeting_seconds: 6, beep: true, records_seconds: 120}
        rings_back: {chance: 0.3, after: [60, 7200]}   # who missed a call rings the number shown, seconds later
      gone: {number: unallocated}      # or `refused`: the create is answered with 21211
    callees:
      "+886900000001":
        profile: office                # a name, or a profile written here
        people:                        # who may pick up; `weight` of each (default 1)
          - {person: customer, facts: {birth: "0528"}, weight: 3}
          - {person: spouse}
    rings_in:                          # calls that somebody makes to a number of ours at an instant
      - {at: "2026-11-23T10:00:00+08:00", to: "+886255550000", from: "+886900000001"}
      - {at: "2026-11-23T11:00:00+08:00", to: "+886255550000", person: spouse}   # without `from`: number withheld

A call was missed when nobody picked up, it was declined or busy, or a machine took it. The resident who rings back is
drawn by `weight`; a call of `rings_in` without a `person` is made by one of the residents of `from`. Calls come in
where the exchange knows an address for the number that is rung (`ExchangeConfig.incoming`).

`{name}` in `says` and `presses` is filled from the resident's `facts`. A number that is not listed rings until the
time-out and nobody answers. JSON is read ten times as fast as YAML (100,000 callees in two or three seconds). Numbers
whose last seven digits stand in `ALWAYS` behave so in every population.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from enum import StrEnum
from string import Formatter
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import force_setattr

DEFAULT_ZONE = "Asia/Taipei"
DEFAULT_SENTENCES = ("是的", "我是本人", "謝謝")


class PopulationError(ValueError):
    """A population that cannot be used: says where, what, and what is allowed."""


class Does(StrEnum):
    """What a callee may do when a question has been put."""

    SAYS = "says"
    PRESSES = "presses"
    HANGS_UP = "hangs_up"
    SILENT = "silent"


class Unanswered(StrEnum):
    """What the caller meets when nobody picks up. `declined` rings first and ends as busy."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    VOICEMAIL = "voicemail"


class NumberState(StrEnum):
    """Whether a number can be reached at all; `refused`: the create is answered with error 21211."""

    IN_SERVICE = "in_service"
    UNALLOCATED = "unallocated"
    REFUSED = "refused"


class Rule(Struct, frozen=True):
    """One reply: `after` seconds from the prompt's end (its beginning, if it `interrupts`), `times` a call at most."""

    does: Does
    value: str = ""
    hears: re.Pattern[str] | None = None
    after: float = 1.0
    times: int | None = None
    interrupts: bool = False


ASKS_AGAIN = Rule(Does.SAYS, "蛤？不好意思，請再說一次")
SAYS_NOTHING = Rule(Does.SILENT)


class Person(Struct, frozen=True):
    """How somebody behaves on the telephone; shared by any number of residents."""

    replies: tuple[Rule, ...] = ()
    language: str = "zh-TW"
    needs_repeats: int = 0
    repeat: Rule = ASKS_AGAIN
    hangs_up_after_seconds: float | None = None
    hangs_up_after_turns: int | None = None
    talks: tuple[float, float] = (40.0, 120.0)
    seems_machine: float = 0.0
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        force_setattr(self, "names", frozenset(_names_in((*self.replies, self.repeat))))


class Resident(Struct, frozen=True):
    """A person who may pick up at a number, with the facts that his replies name."""

    person: Person
    facts: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0

    def __post_init__(self) -> None:
        missing = self.person.names - self.facts.keys()
        if missing:
            raise PopulationError(f"replies name facts that are not given: {', '.join(sorted(missing))}")


class Band(Struct, frozen=True):
    """Chance to answer on ISO weekdays (1 = Monday) within the half-open local hours [start, end)."""

    weekdays: frozenset[int]
    start: time
    end: time
    chance: float


class Voicemail(Struct, frozen=True):
    """A machine: seconds of greeting, whether it beeps, how long it records before it hangs up."""

    greeting_seconds: float = 8.0
    beep: bool = True
    records_seconds: float = 120.0


class RingsBack(Struct, frozen=True):
    """Whoever missed a call rings the number that was shown, with this chance, `after` so many seconds."""

    chance: float
    after: tuple[float, float] = (60.0, 7200.0)


class Profile(Struct, frozen=True):
    """When a number is answered, and what happens when it is not; shared by any number of callees."""

    answers: tuple[Band, ...] = ()
    otherwise: float = 0.0
    rings: tuple[float, float] = (3.0, 15.0)
    unanswered: Mapping[Unanswered, float] = field(default_factory=lambda: {Unanswered.NO_ANSWER: 1.0})
    voicemail: Voicemail = Voicemail()
    number: NumberState = NumberState.IN_SERVICE
    zone: str | None = None
    rings_back: RingsBack | None = None


class Callee(Struct, frozen=True):
    """What is at the other end of one number. Nobody answers where there are no residents."""

    profile: Profile
    residents: tuple[Resident, ...] = ()


NOBODY = Callee(Profile())


class RingIn(Struct, frozen=True):
    """A call to a number of ours `at` an instant; `from_` empty is a withheld number.

    `caller` None: one of the residents at `from_` makes it.
    """

    at: datetime
    to: str
    from_: str = ""
    caller: Resident | None = None


class Population(Struct, frozen=True):
    """Callees by E.164 number; every other number rings and is not answered, but for the endings in `ALWAYS`."""

    callees: Mapping[str, Callee] = field(default_factory=dict)
    zone: str = DEFAULT_ZONE
    sentences: tuple[str, ...] = DEFAULT_SENTENCES
    rings_in: tuple[RingIn, ...] = ()

    def callee(self, number: str) -> Callee:
        """Return who is at `number`."""
        ending = number[-7:]
        if ending == SAYS_SENTENCES:
            return _always(Person(tuple(Rule(Does.SAYS, text, times=1) for text in self.sentences)))
        return ALWAYS.get(ending) or self.callees.get(number, NOBODY)


def _names_in(rules: Iterable[Rule]) -> Iterable[str]:
    for rule in rules:
        if "{" in rule.value or "}" in rule.value:
            try:
                yield from (name for _, name, _, _ in Formatter().parse(rule.value) if name is not None)
            except ValueError as error:
                raise PopulationError(f"{rule.does} has a lone brace; write names as {{name}}") from error


def _always(person: Person, rings: float = 3.0) -> Callee:
    return Callee(Profile(otherwise=1.0, rings=(rings, rings)), (Resident(person),))


def _never(unanswered: Unanswered, voicemail: Voicemail | None = None) -> Callee:
    return Callee(Profile(rings=(3.0, 3.0), unanswered={unanswered: 1.0}, voicemail=voicemail or Voicemail()))


SAYS_SENTENCES = "0000107"
ALWAYS: Mapping[str, Callee] = MappingProxyType(
    {
        "0000100": _always(Person()),
        "0000101": _never(Unanswered.BUSY),
        "0000102": _never(Unanswered.NO_ANSWER),
        "0000103": _never(Unanswered.VOICEMAIL, Voicemail(greeting_seconds=6.0)),
        "0000104": Callee(Profile(number=NumberState.UNALLOCATED)),
        "0000105": _always(Person((Rule(Does.PRESSES, "1"),))),
        "0000106": _always(Person(hangs_up_after_seconds=2.0)),
        "0000108": Callee(Profile(number=NumberState.REFUSED)),
    }
)
"""Last seven digits, and the callee that they mean in every population (0000107 says the population's sentences)."""
