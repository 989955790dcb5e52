"""Reads a population from a YAML or JSON file; the format stands in `population`."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outbound.exchange.people.population import (
    ASKS_AGAIN,
    DEFAULT_SENTENCES,
    DEFAULT_ZONE,
    Band,
    Callee,
    Does,
    NumberState,
    Person,
    Population,
    PopulationError,
    Profile,
    Resident,
    RingIn,
    RingsBack,
    Rule,
    Unanswered,
    Voicemail,
)
from outbound.exchange.reading import DocumentError, Node, located, read

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = re.compile(r"(?:[0-9*#]|\{\w+\})+")
_RULE = frozenset({"hears", "says", "presses", "hangs_up", "silent", "after", "times", "interrupts"})
_PERSON = frozenset({"replies", "language", "needs_repeats", "repeat", "hangs_up_after", "talks", "seems_machine"})
_PROFILE = frozenset({"answers", "otherwise", "rings", "unanswered", "voicemail", "number", "zone", "rings_back"})


def load(path: Path) -> Population:
    """Read a population file; raise `PopulationError` that names file, line, place and what is allowed."""
    try:
        return _population(read(path))
    except DocumentError as error:
        raise PopulationError(located(path, error) if error.place else error.message) from error


def _population(root: Node) -> Population:
    fields = root.fields({"zone", "sentences", "persons", "profiles", "callees", "rings_in"})
    persons = {name: _person(node) for name, node in fields["persons"].entries()} if "persons" in fields else {}
    profiles = {name: _profile(node) for name, node in fields["profiles"].entries()} if "profiles" in fields else {}
    callees: dict[str, Callee] = {}
    if "callees" in fields:
        for number, node in fields["callees"].entries():
            if not _E164.fullmatch(number):
                raise node.fail("the number is not in the form +886900000001")
            callees[number] = _callee(node, persons, profiles)
    sentences = tuple(node.text() for node in fields["sentences"].items()) if "sentences" in fields else None
    return Population(
        callees=callees,
        zone=_zone(fields["zone"]) if "zone" in fields else DEFAULT_ZONE,
        sentences=DEFAULT_SENTENCES if sentences is None else sentences,
        rings_in=tuple(_ring_in(each, persons, callees) for each in fields["rings_in"].items())
        if "rings_in" in fields
        else (),
    )


def _ring_in(node: Node, persons: Mapping[str, Person], callees: Mapping[str, Callee]) -> RingIn:
    fields = node.fields({"at", "to", "from", "person", "facts"})
    for name in ("at", "to"):
        if name not in fields:
            raise node.fail(f"`{name}` is missing")
    at, numbers = _instant(fields["at"]), {name: fields[name].text() for name in ("to", "from") if name in fields}
    for name, number in numbers.items():
        if not _E164.fullmatch(number):
            raise fields[name].fail("the number is not in the form +886900000001")
    if "person" in fields:
        return RingIn(at, numbers["to"], numbers.get("from", ""), _who(node, fields, persons))
    if not callees.get(numbers.get("from", ""), Callee(Profile())).residents:
        raise node.fail("nobody is at this number: give a `person`, or a `from` where people live under `callees`")
    return RingIn(at, numbers["to"], numbers["from"])


def _instant(node: Node) -> datetime:
    try:
        instant = datetime.fromisoformat(node.text())
    except ValueError:
        raise node.fail('an instant is written "2026-11-23T10:00:00+08:00"') from None
    if instant.tzinfo is None:
        raise node.fail("the instant has no offset; add one such as +08:00")
    return instant


def _callee(node: Node, persons: Mapping[str, Person], profiles: Mapping[str, Profile]) -> Callee:
    fields = node.fields({"profile", "people"})
    profile = Profile()
    if "profile" in fields:
        named = fields["profile"]
        profile = profiles[named.choice(profiles)] if isinstance(named.value, str) else _profile(named)
    people = fields["people"].items() if "people" in fields else []
    return Callee(profile, tuple(_resident(each, persons) for each in people))


def _resident(node: Node, persons: Mapping[str, Person]) -> Resident:
    return _who(node, node.fields({"person", "facts", "weight"}), persons)


def _who(node: Node, fields: Mapping[str, Node], persons: Mapping[str, Person]) -> Resident:
    if "person" not in fields:
        raise node.fail("`person` is missing: a name under `persons`, or a person written here")
    named = fields["person"]
    person = persons[named.choice(persons)] if isinstance(named.value, str) else _person(named)
    facts = {name: fact.text() for name, fact in fields["facts"].entries()} if "facts" in fields else {}
    weight = _positive(fields["weight"]) if "weight" in fields else 1.0
    try:
        return Resident(person, facts, weight)
    except PopulationError as error:
        raise node.fail(str(error)) from error


def _person(node: Node) -> Person:
    fields = node.fields(_PERSON)
    seconds, turns = _leaving(fields["hangs_up_after"]) if "hangs_up_after" in fields else (None, None)
    try:
        return Person(
            replies=tuple(_rule(each) for each in fields["replies"].items()) if "replies" in fields else (),
            language=fields["language"].text() if "language" in fields else "zh-TW",
            needs_repeats=fields["needs_repeats"].count() if "needs_repeats" in fields else 0,
            repeat=_rule(fields["repeat"]) if "repeat" in fields else ASKS_AGAIN,
            hangs_up_after_seconds=seconds,
            hangs_up_after_turns=turns,
            talks=_range(fields["talks"]) if "talks" in fields else Person().talks,
            seems_machine=fields["seems_machine"].number(0, 1) if "seems_machine" in fields else 0.0,
        )
    except PopulationError as error:
        raise node.fail(str(error)) from error


def _leaving(node: Node) -> tuple[float | None, int | None]:
    fields = node.fields({"seconds", "turns"})
    if not fields:
        raise node.fail("`seconds` or `turns` is expected")
    seconds = fields["seconds"].number() if "seconds" in fields else None
    return seconds, fields["turns"].count() if "turns" in fields else None


def _rule(node: Node) -> Rule:
    fields = node.fields(_RULE)
    actions = [each for each in Does if each.value in fields]
    if len(actions) != 1:
        raise node.fail("exactly one of says, presses, hangs_up and silent is expected")
    does = actions[0]
    action = fields[does]
    value = ""
    if does in (Does.SAYS, Does.PRESSES):
        value = action.text()
        if does is Does.PRESSES and not _KEYS.fullmatch(value):
            raise action.fail("`presses` takes the keys 0-9, * and #, and {names} of facts")
    elif not action.flag():
        raise action.fail("only `true` makes sense here")
    return Rule(
        does=does,
        value=value,
        hears=_pattern(fields["hears"]) if "hears" in fields else None,
        after=fields["after"].number() if "after" in fields else 1.0,
        times=fields["times"].count(1) if "times" in fields else None,
        interrupts=fields["interrupts"].flag() if "interrupts" in fields else False,
    )


def _pattern(node: Node) -> re.Pattern[str]:
    try:
        return re.compile(node.text(), re.IGNORECASE)
    except re.error as error:
        raise node.fail(f"not a regular expression: {error}") from error


def _profile(node: Node) -> Profile:
    fields = node.fields(_PROFILE)
    standard = Profile()
    return Profile(
        answers=tuple(_band(each) for each in fields["answers"].items()) if "answers" in fields else (),
        otherwise=fields["otherwise"].number(0, 1) if "otherwise" in fields else 0.0,
        rings=_range(fields["rings"]) if "rings" in fields else standard.rings,
        unanswered=_unanswered(fields["unanswered"]) if "unanswered" in fields else standard.unanswered,
        voicemail=_voicemail(fields["voicemail"]) if "voicemail" in fields else standard.voicemail,
        number=NumberState(fields["number"].choice(set(NumberState))) if "number" in fields else standard.number,
        zone=_zone(fields["zone"]) if "zone" in fields else None,
        rings_back=_rings_back(fields["rings_back"]) if "rings_back" in fields else None,
    )


def _rings_back(node: Node) -> RingsBack:
    fields = node.fields({"chance", "after"})
    if "chance" not in fields:
        raise node.fail("`chance` is missing")
    chance = fields["chance"].number(0, 1)
    return RingsBack(chance, _range(fields["after"])) if "after" in fields else RingsBack(chance)


def _unanswered(node: Node) -> Mapping[Unanswered, float]:
    if isinstance(node.value, str):
        return {Unanswered(node.choice(set(Unanswered))): 1.0}
    weights = {Unanswered(name): each.number() for name, each in node.fields(set(Unanswered)).items()}
    if sum(weights.values()) <= 0:
        raise node.fail("at least one weight above 0 is expected")
    return weights


def _voicemail(node: Node) -> Voicemail:
    fields = node.fields({"greeting_seconds", "beep", "records_seconds"})
    standard = Voicemail()
    return Voicemail(
        fields["greeting_seconds"].number() if "greeting_seconds" in fields else standard.greeting_seconds,
        fields["beep"].flag() if "beep" in fields else standard.beep,
        fields["records_seconds"].number() if "records_seconds" in fields else standard.records_seconds,
    )


def _band(node: Node) -> Band:
    fields = node.fields({"days", "hours", "chance"})
    for name in ("days", "hours", "chance"):
        if name not in fields:
            raise node.fail(f"`{name}` is missing")
    match = _HOURS.fullmatch(fields["hours"].text())
    numbers = [int(part) for part in match.groups()] if match else []
    if not match or numbers[0] > 23 or numbers[1] > 59 or numbers[2] > 24 or numbers[3] > 59:  # noqa: PLR2004
        raise fields["hours"].fail('hours are written "18:00-21:00"')
    # The day's last instant stands for 24:00, which `time` cannot say.
    end = time.max if numbers[2] == 24 else time(numbers[2], numbers[3])  # noqa: PLR2004
    start = time(numbers[0], numbers[1])
    if not start < end:
        raise fields["hours"].fail("hours end before they start; write two bands for a night")
    return Band(_weekdays(fields["days"]), start, end, fields["chance"].number(0, 1))


def _weekdays(node: Node) -> frozenset[int]:
    days: set[int] = set()
    for part in node.text().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise node.fail("days are written `mon-fri` or `sat,sun`")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        days.update((begin + step) % 7 + 1 for step in range((end - begin) % 7 + 1))
    return frozenset(days)


def _range(node: Node) -> tuple[float, float]:
    numbers = [each.number() for each in node.items()]
    if len(numbers) != 2 or numbers[0] > numbers[1]:  # noqa: PLR2004
        raise node.fail("two numbers are expected, the smaller one first")
    return numbers[0], numbers[1]


def _positive(node: Node) -> float:
    value = node.number()
    if value == 0:
        raise node.fail("a number above 0 is expected")
    return value


def _zone(node: Node) -> str:
    name = node.text()
    if not _is_zone(name):
        raise node.fail(f"{name!r} is not an IANA time zone such as Asia/Taipei")
    return name


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
