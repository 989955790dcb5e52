"""Evaluate a stored decision again, from its receipt and the history of the rules alone."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from outbound.compliance.evidence.archive import RulesDenyError, RulesMissingError
from outbound.compliance.evidence.question import question_of
from outbound.compliance.evidence.receipt import FORMAT
from outbound.compliance.gate import decide
from outbound.compliance.rules.rulebook import Rulebook

NOT_COMPARED = frozenset({"next_allowed", "open_until", "time_zone_data"})
_MOST_DIFFERENCES = 20
_LONGEST = 80
_MISSING = "(nothing)"


class Standing(StrEnum):
    """What a second evaluation shows. Unprovable is what cannot be evaluated: rules or format are not known here."""

    PROVED = "proved"
    DIFFERING = "differing"
    UNPROVABLE = "unprovable"


class Difference(Struct, frozen=True):
    """A value of the receipt, by its path in the body, that a second evaluation does not give."""

    key: str
    kept: str
    found: str


class Verdict(Struct, frozen=True):
    """Whether a receipt holds; `why` names what is missing where that cannot be told."""

    standing: Standing
    differences: tuple[Difference, ...] = ()
    why: str = ""


def replay(body: Mapping[str, Any], rulebook_of: Callable[[Mapping[str, Any]], Rulebook]) -> Verdict:
    """Ask the gate once more what a receipt says that it was asked, and compare everything that was evaluated.

    `rulebook_of` finds the rules that the receipt names (see `Archive.rulebook_of`). Of age the receipt keeps the
    segment only, so a birth date that gives that segment on the days looked at stands in. For the same reason
    `next_allowed` and `open_until` are not compared: they look weeks ahead, over a birthday and over years of
    calendars that the receipt does not name, and nothing that was or was not done rests on them being re-evaluated.
    Another release of the time zone data is no difference by itself; where there are differences, `why` names both.
    Never raises for what the body says: what is no receipt is unprovable.
    """
    if body.get("format") != FORMAT:
        why = f"format {body.get('format')!r} cannot be evaluated again; this version reads format {FORMAT}"
        return Verdict(Standing.UNPROVABLE, why=why)
    try:
        rulebook = rulebook_of(body)
        question = question_of(body)
        decision = decide(
            question.contact, question.call_class, question.instant, question.history, rulebook, question.options
        )
        found = decision.receipt.body()
    except RulesMissingError as missing:
        return Verdict(Standing.UNPROVABLE, why=str(missing))
    except RulesDenyError as denial:
        return Verdict(Standing.DIFFERING, (Difference("manifest", str(denial), _MISSING),))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return Verdict(Standing.UNPROVABLE, why=f"the body is no receipt of format {FORMAT} ({type(error).__name__})")
    # who put the rules together again did so from these two: the manifest was checked against both
    found |= {"manifest": body["manifest"]}
    differences = tuple(_differences(body, found))
    if not differences:
        return Verdict(Standing.PROVED)
    return Verdict(Standing.DIFFERING, differences, _why_apart(body.get("time_zone_data"), found["time_zone_data"]))


def _why_apart(then: Any, now: Any) -> str:
    return "" if then == now else f"decided with time zone data {_short(then)}, evaluated with {now}"


def _differences(kept: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    left = _MOST_DIFFERENCES
    for key in sorted({*kept, *found} - NOT_COMPARED):
        for difference in _compare(key, kept.get(key, _MISSING), found.get(key, _MISSING)):
            yield difference
            left -= 1
            if not left:
                return


def _compare(path: str, kept: Any, found: Any) -> Iterator[Difference]:
    if type(kept) is type(found) and kept == found:
        return
    if isinstance(kept, Mapping) and isinstance(found, Mapping):
        for key in sorted({*kept, *found}):
            yield from _compare(f"{path}.{key}", kept.get(key, _MISSING), found.get(key, _MISSING))
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for index, pair in enumerate(zip(kept, found, strict=True)):
            yield from _compare(f"{path}[{index}]", *pair)
    else:
        yield Difference(path, _short(kept), _short(found))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
