"""The nouns of a script. `reading` makes them from data and proves them sound; the engine only walks."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from outbound.dialogue.prompts import Prompts
from outbound.dialogue.understanding.base import Expected, Slot, Understanding
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.disposition import Disposition


class AnswerKind(StrEnum):
    """What kind of answer a question takes; it decides the keys, the slot and the time to answer."""

    KEYS = "keys"
    WORDS = "words"
    SCORE = "score"
    CALLBACK_CHOICE = "callback_choice"
    BIRTH_DATE = "birth_date"
    POLICY_DIGITS = "policy_digits"
    ID_DIGITS = "id_digits"


VERIFYING = frozenset({AnswerKind.BIRTH_DATE, AnswerKind.POLICY_DIGITS, AnswerKind.ID_DIGITS})

SLOTS: Mapping[AnswerKind, Slot] = {
    AnswerKind.SCORE: Slot.SCORE,
    AnswerKind.CALLBACK_CHOICE: Slot.CHOICE,
    AnswerKind.BIRTH_DATE: Slot.MONTH_DAY,
    AnswerKind.POLICY_DIGITS: Slot.FOUR_DIGITS,
    AnswerKind.ID_DIGITS: Slot.FOUR_DIGITS,
}

TAKEN = "taken"

OUTCOMES_OF: Mapping[AnswerKind, frozenset[str]] = {
    AnswerKind.KEYS: frozenset(),
    AnswerKind.WORDS: frozenset({"words"}),
    AnswerKind.SCORE: frozenset({"score", "keyed_0", "keyed_9"}),
    AnswerKind.CALLBACK_CHOICE: frozenset({"chosen", "none_of_them", TAKEN}),
    AnswerKind.BIRTH_DATE: frozenset({"right", "wrong"}),
    AnswerKind.POLICY_DIGITS: frozenset({"right", "wrong"}),
    AnswerKind.ID_DIGITS: frozenset({"right", "wrong"}),
}
"""What may come of an answer besides intents: a script says for each of them where it goes.

`taken`, which leads to a step: the time that was chosen and confirmed had been given to somebody else meanwhile. What a
question may hear besides (`MAY_COME_OF`) a script need not name.
"""

MAY_COME_OF: Mapping[AnswerKind, frozenset[str]] = {AnswerKind.CALLBACK_CHOICE: frozenset({"named", "not_possible"})}
"""`named`: the callee named a time that was not on the list, and a call may be made then: `callback` holds it.
`not_possible`: no call may be made at the time that was named."""

REPEAT, SLOWER, LOUDER, BACK, OTHER_LANGUAGE = "repeat", "slower", "louder", "back", "other_language"
PREVIOUS = "previous"
RESERVED_TARGETS = frozenset({REPEAT, SLOWER, LOUDER, BACK, OTHER_LANGUAGE, PREVIOUS})
"""Where a branch may go besides steps: ask again (slower, louder), to the question that a digression left (`back`), to
the one before the open one (`previous`, which repeats the first one), or change the language."""


class Line(Struct, frozen=True):
    """Something to say: a prompt (in the other language of the script if `other_language`), or a pause in seconds."""

    prompt: str | None = None
    pause: int = 0
    other_language: bool = False


class EffectSpec(Struct, frozen=True):
    """An effect by name with its arguments, as the script notes it."""

    name: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)


class Branch(Struct, frozen=True):
    """Where it goes after something was heard, and what is said and noted on the way.

    `key` is what may be pressed, `also` further intents that mean the same. `outcome` is what the call would come to
    if it ended from here on; `reason` is kept for a callback. `urgent` (universal words only) beats the step's own.
    """

    go: str
    say: tuple[Line, ...] = ()
    effects: tuple[EffectSpec, ...] = ()
    key: str | None = None
    also: tuple[str, ...] = ()
    outcome: Disposition | None = None
    reason: str | None = None
    urgent: bool = False


class Question(Struct, frozen=True):
    """What is asked: the prompt, how it is rephrased, and the plainest form with keys; then what may be heard.

    `hear` maps intents and outcomes of the answer to branches; `keys` and `meanings` map a key, or an intent, to a name
    in `hear`; `expects` holds by language what may be said, in order of precedence. `silent` and `not_understood` are
    the steps after three failures. `hung_up` is what a hang-up means here.
    `offers_language` is a prompt, spoken in the other language when the question is asked again; who then changes the
    language is greeted anew. `timeout` is in seconds. At a question that `defers`, questions of the callee's wait until
    it is answered.
    """

    prompts: tuple[str, ...]
    answer: AnswerKind
    hear: Mapping[str, Branch]
    keys: Mapping[str, str]
    meanings: Mapping[str, str]
    expects: Mapping[str, Expected]
    silent: str
    not_understood: str
    hung_up: Branch | None = None
    timeout: int = 7
    offers_language: str | None = None
    defers: bool = False


class FaqExits(Struct, frozen=True):
    """Where it goes after the callee's question was answered, and where when there is no approved answer to it.

    `deferred` is the prompt that is spoken when the open question defers it; then it goes back there.
    """

    answered: str
    unanswered: str
    deferred: str | None = None


class Choice(Struct, frozen=True):
    """A guard: go there when the named condition holds (`not NAME` negates; None always holds)."""

    when: str | None
    go: str


class Step(Struct, frozen=True):
    """One step: says its lines, brings about its effects, then asks, chooses, transfers, ends or goes on.

    Exactly one of `question`, `choose`, `transfer`, `faq`, `ends`, `goes_on` is set. Lines that are not `interruptible`
    are spoken before the robot listens. `faq` answers what the callee asked. `whisper` are prompts for whoever takes
    the transfer.
    """

    name: str
    say: tuple[Line, ...] = ()
    interruptible: bool = True
    effects: tuple[EffectSpec, ...] = ()
    outcome: Disposition | None = None
    question: Question | None = None
    choose: tuple[Choice, ...] = ()
    transfer: Mapping[str, Branch] | None = None
    whisper: tuple[str, ...] = ()
    faq: FaqExits | None = None
    ends: bool = False
    goes_on: str | None = None


class Limits(Struct, frozen=True):
    """Where a conversation is cut short.

    Failures, turns and seconds a call, repeats a question (more of them count as failures), steps walked in one turn,
    and `choices`: how many times for a return call are offered at once.
    """

    failures: int = 6
    repeats: int = 5
    turns: int = 60
    steps_in_a_turn: int = 20
    seconds: int = 900
    choices: int = 3


class Script(Struct, frozen=True):
    """A script that passed every check. `version` is the hash of all its files (hex SHA-256).

    `leads` are spoken before a question is asked again, after `silence` or `not_understood`. `too_long` is the step for
    a call that exceeds its turns, `voicemail` the one for a machine. `universal` words are heard at every question.
    `unsure` are the three prompts (with the variable `meaning`) by which something doubtful is asked back; without them
    it counts as not understood. Languages that are `recorded` are played from files, and answered by keys alone. A
    `slow` one is spoken slowly from the first word, to whomever, and leaves more time to answer.
    """

    name: str
    version: str
    call_class: CallClass
    promotional: bool
    languages: tuple[str, ...]
    start: str
    voicemail: str
    too_long: str
    leads: Mapping[str, str]
    limits: Limits
    universal: Mapping[str, Branch]
    universal_keys: Mapping[str, str]
    steps: Mapping[str, Step]
    prompts: Prompts
    understanding: Understanding
    unsure: tuple[str, ...] = ()
    recorded: frozenset[str] = frozenset()
    slow: bool = False
