"""What one run of digits is, and what must go with it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from outbound.dialogue.redaction import identities
from outbound.dialogue.redaction.cards import SHORTEST, cards_in, is_card
from outbound.dialogue.redaction.contexts import Context, announced, is_counted, is_dictated
from outbound.dialogue.redaction.model import Kind
from outbound.dialogue.redaction.runs import Run, is_chatter, is_filler, units_blanked
from outbound.dialogue.understanding.digits import CHINESE

_EXPIRY_WORDS = re.compile("有效|到期|期限|效期|月年|exp|valid|good through|until", re.IGNORECASE)
_NUMBER = f"[{CHINESE}十廿0-9０-９]"
_MONTH_AND_YEAR = re.compile(rf"(?P<date>{_NUMBER}{{1,4}}\s*[月年/／]\s*{_NUMBER}{{1,4}}\s*[月年]?)")
_AFTER_WORD = re.compile(
    rf"(?:有效|到期|期限|效期)+[^{CHINESE}十廿0-9０-９]{{0,6}}(?P<date>{_NUMBER}[{CHINESE}十廿0-9０-９年月/／\s-]{{2,13}})"
)
_MONTH_BEFORE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?[\s,]*(?:of\s+)?$", re.IGNORECASE
)
_PASSWORD = re.compile(
    r"(?:密碼|pass ?word|pass ?code|pass ?phrase)\s*(?:是|就是|為|設成|設定為|is|was|=|:|：)[\s:：]*"
    r"(?P<words>[A-Za-z0-9!@#$%^&*_.\-]{2,}(?:\s+[A-Za-z0-9!@#$%^&*_\-]+){0,3})",
    re.IGNORECASE,
)
# Letters and digits in one word are no ordinary word beside 密碼.
_MIXED = re.compile(
    r"(?:密碼|驗證碼|認證碼|確認碼|簡訊碼|pass ?word|pass ?code|pass ?phrase|verification code|otp)[^。!?！？]{0,14}?"
    r"(?<![a-z0-9])"
    r"(?P<words>(?=[a-z!@#$%^&*_]*[0-9])(?=[0-9!@#$%^&*_]*[a-z])[a-z0-9!@#$%^&*_-]{4,})",
    re.IGNORECASE,
)
_NO_PASSWORD = frozenset(
    (  # noqa: SIM905 - read as a sentence
        "wrong not incorrect forgotten lost expired what the a an my your that this it too very so being reset changed "
        "secret private required needed to in on for dont don never something safe weak strong here there unknown "
        "correct right gone and but or because please i you we is are was ok okay invalid locked blocked blank empty "
        "still also"
    ).split()
)
_LETTER = re.compile("[a-z]", re.IGNORECASE)
_FARTHEST_GROUP = 14
_LEAST_EXPIRY, _MOST_EXPIRY, _NEAR_EXPIRY = 4, 8, 24


class Mark(Struct, frozen=True):
    """[start, end) of the text is to be replaced by the mark of a kind."""

    kind: Kind
    start: int
    end: int


def in_run(text: str, run: Run, contexts: list[Context]) -> list[Mark]:
    """Return what must go of one run: an identity number, cards with what follows them, or what a word announces."""
    return [*_identity(text, run)] or [*_cards(run)] or [*_announced(text, run, contexts)]


def _identity(text: str, run: Run) -> Iterator[Mark]:
    for start, letters in identities.letters_before(text[: run.start]):
        needed = identities.DIGITS if len(letters) == 1 else identities.DIGITS_OF_OLD
        if identities.is_valid(letters, run.digits[:needed]):
            kept = run.part(0, needed)
            yield Mark(Kind.IDENTITY, start, kept.end if kept else run.end)
            rest = run.part(needed, len(run.digits)) if len(run.digits) > needed else None
            if rest is not None:
                yield from _cards(rest)
            return


def _cards(run: Run) -> Iterator[Mark]:
    end = 0
    for first, last in cards_in(run.digits, run.bounds()):
        card = run.part(first, last)
        if card is not None:
            yield Mark(Kind.CARD, card.start, card.end)
        end = last
    rest = run.part(end, len(run.digits)) if 0 < end < len(run.digits) else None
    if rest is not None:
        yield from _beside_card(rest)


def _beside_card(rest: Run) -> Iterator[Mark]:
    """Digits that follow a card in one breath are its expiry date and its code; a longer number is something else."""
    if len(rest.digits) <= _MOST_EXPIRY:
        kind = Kind.EXPIRY if len(rest.digits) >= _LEAST_EXPIRY else Kind.CODE
        yield Mark(kind, rest.start, rest.end)


def _announced(text: str, run: Run, contexts: list[Context]) -> Iterator[Mark]:
    context = announced(text, run, contexts)
    if context is None:
        return
    start = run.start
    if context.kind is Kind.IDENTITY:
        start = min((place for place, _ in identities.letters_before(text[:start])), default=start)
    yield Mark(context.kind, start, run.end)


def beside_card(text: str, said: list[Run], marks: list[Mark], since: int) -> Iterator[Mark]:
    """Yield expiry dates and codes that follow a card which ended at `since` (0: in the turn before)."""
    taken = [each for each in marks if each.start >= since]
    for start, end in sorted(
        each.span("date") for form in (_AFTER_WORD, _MONTH_AND_YEAR) for each in form.finditer(text, since)
    ):
        if _may_follow(text, since, start) and not _overlaps(taken, start, end):
            taken.append(Mark(Kind.EXPIRY, start, end))
            yield taken[-1]
            since = end
    for run in said:
        # Digits alone in the turn after are the rest of a number whose first part happened to pass the check.
        is_rest = since == 0 and 1 < len(run.digits) <= _MOST_EXPIRY and is_dictated(text, run)
        if run.start < since or _overlaps(taken, run.start, run.end) or not (is_rest or len(run.digits) in {3, 4, 6}):
            continue
        if is_counted(text, run) or not _may_follow(text, since, run.start):
            continue
        month = _MONTH_BEFORE.search(text, since, run.start)
        kind = Kind.CODE if len(run.digits) < _LEAST_EXPIRY else Kind.EXPIRY
        yield Mark(kind, month.start() if month else run.start, run.end)
        since = run.end


def _may_follow(text: str, since: int, start: int) -> bool:
    between = text[since:start]
    if len(between) > _NEAR_EXPIRY:
        return False
    return _EXPIRY_WORDS.search(between) is not None or is_filler(between) or is_chatter(between)


def scattered(unmarked: list[Run]) -> Iterator[Mark]:
    """Yield card numbers whose groups have other words in between (`四一一一有嗎一一一一有嗎 ...`), and those words."""
    first = 0
    while first < len(unmarked):
        digits = ""
        for last in range(first, len(unmarked)):
            if last > first and unmarked[last].start - unmarked[last - 1].end > _FARTHEST_GROUP:
                break
            digits += unmarked[last].digits
            if last > first and len(digits) > SHORTEST and is_card(digits):
                yield Mark(Kind.CARD, unmarked[first].start, unmarked[last].end)
                first = last
                break
        first += 1


def passwords(text: str) -> Iterator[Mark]:
    """Yield words that were said as a password; not what is said about one, nor digits alone, which are a code."""
    for found in _PASSWORD.finditer(text):
        end = start = found.start("words")
        for word in re.finditer(r"\S+", found["words"]):
            if word.group().strip(".,-").lower() in _NO_PASSWORD:
                break
            end = start + word.end()
        if _LETTER.search(units_blanked(text[start:end])):
            yield Mark(Kind.PASSWORD, start, end)
            return
    for found in _MIXED.finditer(text):
        yield Mark(Kind.PASSWORD, *found.span("words"))


def _overlaps(marks: list[Mark], start: int, end: int) -> bool:
    return any(each.start < end and start < each.end for each in marks)
