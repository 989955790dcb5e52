"""One grammar for both languages: which tokens together are one time, and which are two that contradict each other."""

import re

from msgspec.structs import replace

from outbound.dialogue.understanding.time_words.tokens import (
    Ahead,
    Clock,
    Day,
    Mention,
    Part,
    Parts,
    Relation,
    To,
    Token,
    Unclear,
)

_KIND = {Day: "D", Clock: "C", Parts: "P", Ahead: "A", To: "-", Unclear: "?"}
_RANGE_OF_DAYS = re.compile("D-D")
# In 下班後晚上 and 中午休息時間 the second name only makes the first narrower.
_NARROWER = {
    (Part.WORKING_HOURS, Part.MORNING): Part.MORNING,
    (Part.WORKING_HOURS, Part.AFTERNOON): Part.AFTERNOON,
    (Part.MORNING, Part.EARLY): Part.EARLY,
    (Part.AFTERNOON, Part.DUSK): Part.DUSK,
}


def mention(tokens: list[Token]) -> Mention | None:
    """Return the one time that the tokens name, or None where there is none, or more than one."""
    kinds = "".join(_KIND[type(each)] for each in tokens)
    if not kinds or "?" in kinds:
        return None
    if "A" in kinds:
        return _ahead(tokens)
    if kinds.startswith("-D"):
        # 打到明天, with an ending that is none.
        tokens, kinds = tokens[1:], kinds[1:]
    days = tuple(dict.fromkeys(each for each in tokens if isinstance(each, Day)))
    is_range = _RANGE_OF_DAYS.search(kinds) is not None
    if is_range and len(days) != 2:  # noqa: PLR2004 - from, to
        return None
    hours: list[Token] = [each for each in tokens if isinstance(each, Clock | Parts | To)]
    if is_range:
        hours = [each for each in hours if not isinstance(each, To)]
    said = _with_hours(hours)
    return replace(said, days=days, is_range=is_range) if said is not None else None


def _ahead(tokens: list[Token]) -> Mention | None:
    found = {each for each in tokens if isinstance(each, Ahead)}
    others = [each for each in tokens if not isinstance(each, Ahead | To) and each != Day(offset=0)]
    return Mention(minutes_ahead=found.pop().minutes) if len(found) == 1 and not others else None


def _with_hours(hours: list[Token]) -> Mention | None:
    first, second = _ends(_collapsed(hours))
    since, until = _point(first), _point(second)
    if since is None or until is None:
        return None
    (part, clock), (until_part, until_clock) = since, until
    if second and not first:
        return None
    return Mention(
        part=part.part if part else None,
        part_relation=part.relation if part else Relation.AT,
        until_part=until_part.part if until_part else None,
        clock=clock,
        until=until_clock,
    )


def _ends(hours: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return what stands before and after the one `to`; `三點以後五點以前` is such a range as well."""
    for index, each in enumerate(hours):
        if isinstance(each, To):
            return hours[:index], hours[index + 1 :] or [each]
        match hours[index : index + 2]:
            case [Clock(relation=Relation.AFTER), Clock(relation=Relation.BEFORE)]:
                return hours[: index + 1], hours[index + 1 :]
            case _:
                pass
    return hours, []


def _point(tokens: list[Token]) -> tuple[Parts | None, Clock | None] | None:
    """Return the part and the clock time at one end; None where there are two of a kind, or a second `to`."""
    parts = [each for each in tokens if isinstance(each, Parts)]
    clocks = [each for each in tokens if isinstance(each, Clock)]
    if len(parts) > 1 or len(clocks) > 1 or len(parts) + len(clocks) < len(tokens):
        return None
    return (parts[0] if parts else None), (clocks[0] if clocks else None)


def _collapsed(hours: list[Token]) -> list[Token]:
    """Return the tokens without those that only say the same again."""
    kept: list[Token] = []
    for each in hours:
        last = kept[-1] if kept else None
        if each == last:
            continue
        if isinstance(each, Parts) and isinstance(last, Parts):
            narrow = _NARROWER.get((last.part, each.part)) or _NARROWER.get((each.part, last.part))
            if narrow:
                kept[-1] = Parts(narrow, each.relation)
                continue
        kept.append(each)
    return kept
