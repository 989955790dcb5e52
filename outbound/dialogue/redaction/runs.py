"""Digits as they stand in an utterance, joined over the little words that people say between groups."""

import re

from msgspec import Struct

from outbound.dialogue.understanding.digits import Unit, units

_FILLER = (
    r"[\s\-–—－−‐‑_＿.．,、，。…/／:：;；()（）*＊|]|然後|再來|接著|接下來|下面|後面|還有|空格|空白|嗯|呃|啊|喔|哦|那個|就是|再|是|槓|橫線|減|點"
    r"|(?<![a-z])(?:dash|space|hyphen|slash|then|and|u+m+|u+h+|er+|next|it'?s|is|dot|so)(?![a-z])"
)
_GAP = re.compile(f"(?:{_FILLER})*", re.IGNORECASE)
_CHATTER = re.compile(
    f"(?:{_FILLER}|好|對|欸|嘿|請|記|一下|我|說|聽到|有|了|嗎|吧|呢|the|ok(?:ay)?|yes|my|got it|right|[!?！？])*",
    re.IGNORECASE,
)
_LONGEST_GAP = 30
# `第一組`, `後四碼`, `the next four are`: they count digits and are none.
_COUNTING = re.compile(
    r"第[一二三四五六1-6][組段排次個]|(?:最後|前面|後面|中間|接下來|[前後末中])的?[二三四五六3-6]個?(?:碼|數字|位數字|位)"
    r"|(?<![a-z])(?:the )?(?:first|next|last|other) (?:two|three|four|five|six|[3-6])"
    r"(?: digits| numbers)?(?: are)?(?![a-z])",
    re.IGNORECASE,
)


class Run(Struct, frozen=True):
    """Digits that belong together: `digits` said by `units` one after the other."""

    units: tuple[Unit, ...]
    digits: str

    @property
    def start(self) -> int:
        """Return where its first digit stands."""
        return self.units[0].start

    @property
    def end(self) -> int:
        """Return where its last digit ends."""
        return self.units[-1].end

    def part(self, first: int, last: int) -> "Run | None":
        """Return the units that say any of the digits [first, last)."""
        kept: list[Unit] = []
        place = 0
        for each in self.units:
            if place < last and place + len(each.digits) > first:
                kept.append(each)
            place += len(each.digits)
        return run_of(kept) if kept else None

    def bounds(self) -> frozenset[int]:
        """Return the places among its digits where something was said or a space left in between, and both ends."""
        found, place = {0, len(self.digits)}, 0
        for each, after in zip(self.units, self.units[1:], strict=False):
            place += len(each.digits)
            if after.start > each.end:
                found.add(place)
        return frozenset(found)


def run_of(said: list[Unit]) -> Run:
    """Return a run of these units."""
    return Run(tuple(said), "".join(each.digits for each in said))


def runs(text: str) -> list[Run]:
    """Return the runs of digits in an utterance, from left to right."""
    found: list[Run] = []
    group: list[Unit] = []
    text = _without_counting(text)
    for each in units(text):
        if group and not is_filler(text[group[-1].end : each.start]):
            found.append(run_of(group))
            group = []
        group.append(each)
    if group:
        found.append(run_of(group))
    return found


def _without_counting(text: str) -> str:
    return _COUNTING.sub(lambda counting: " " * len(counting.group()), text)


def units_blanked(text: str) -> str:
    """Return a text with spaces in place of the digits that are said in it."""
    for each in units(text):
        text = text[: each.start] + " " * (each.end - each.start) + text[each.end :]
    return text


def is_filler(between: str) -> bool:
    """Whether nothing is said between two groups of digits but what leaves them one number."""
    return not between or (len(between) <= _LONGEST_GAP and _GAP.fullmatch(between) is not None)


def is_chatter(text: str) -> bool:
    """Whether words say nothing but that somebody is dictating."""
    return _CHATTER.fullmatch(_without_counting(text)) is not None


def without_known(run: Run, known: frozenset[str]) -> list[Run]:
    """Return what is left of a run without the numbers that are ours, whole or the last digits of one."""
    shortest = 4
    if not known:
        return [run]
    if len(run.digits) >= shortest and any(run.digits in each for each in known):
        return []
    for each in known:
        place = run.digits.find(each) if len(each) > shortest else -1
        if place >= 0:
            rest = [run.part(0, place) if place else None, run.part(place + len(each), len(run.digits))]
            return [kept for piece in rest if piece is not None for kept in without_known(piece, known)]
    return [run]


def ends_known(run: Run, known: frozenset[str]) -> bool:
    """Whether a number ends as one of ours does: it is that one rather than the beginning of a card."""
    shortest = 4
    return any(len(each) >= shortest and run.digits.endswith(each) for each in known)
