"""Payment card numbers: whose they may be (ISO/IEC 7812 issuer ranges as the schemes publish them) and Luhn's check."""

from collections.abc import Iterator, Mapping

from stdnum import luhn

_BEYOND_SIXTEEN = (16, 17, 18, 19)
# First and last prefix of a range, and the lengths that the scheme issues; the narrower range first.
_RANGES: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14, 16, 19)),  # Diners Club
    ("3095", "3095", (14, 16, 19)),
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("3528", "3589", _BEYOND_SIXTEEN),  # JCB
    ("2221", "2720", (16,)),  # Mastercard
    ("51", "55", (16,)),
    ("4", "4", (16, 13, 19)),  # Visa
    ("6011", "6011", _BEYOND_SIXTEEN),  # Discover
    ("644", "649", _BEYOND_SIXTEEN),
    ("65", "65", _BEYOND_SIXTEEN),
    ("62", "62", _BEYOND_SIXTEEN),  # UnionPay, Discover
    ("81", "81", _BEYOND_SIXTEEN),  # UnionPay
)
SHORTEST, LONGEST = 13, 19
_DOUBLED: Mapping[str, int] = {str(value): value * 2 - (9 if value > 4 else 0) for value in range(10)}  # noqa: PLR2004


def lengths_of(digits: str) -> tuple[int, ...]:
    """Return how long a card number that begins with `digits` may be, the commonest first; () if it cannot be one."""
    for first, last, lengths in _RANGES:
        size = len(first)
        if len(digits) >= size and first <= digits[:size] <= last:
            return lengths
    return ()


def is_card(digits: str) -> bool:
    """Whether digits are one whole card number."""
    return len(digits) in lengths_of(digits) and luhn.is_valid(digits)


def cards_in(digits: str, bounds: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the card numbers in a run of digits, from left to right, none overlapping.

    `bounds` are the places where somebody paused: a number that begins and ends at one is the likelier one.
    """
    start = 0
    while (found := _first(digits, start, bounds)) is not None:
        yield found
        start = found[1]


def _first(digits: str, start: int, bounds: frozenset[int]) -> tuple[int, int] | None:
    places = range(start, len(digits) - SHORTEST + 1)
    candidates = [
        (begin, begin + length)
        for begin in places
        for length in lengths_of(digits[begin : begin + 6])
        if begin + length <= len(digits) and luhn.is_valid(digits[begin : begin + length])
    ]
    paused = [each for each in candidates if each[0] in bounds and each[1] in bounds]
    return next(iter(paused), None) or next((each for each in candidates if _is_likely(each, digits, bounds)), None)


def _is_likely(card: tuple[int, int], digits: str, bounds: frozenset[int]) -> bool:
    """Whether a valid number in the middle of a run is more than chance: every tenth row of digits passes the check."""
    begin, end = card
    if end - begin <= SHORTEST:
        return False
    return begin in bounds or (end in bounds and len(digits) > LONGEST) or len(digits) > 2 * LONGEST


def sums(digits: str, before: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Return Luhn's sums modulo 10 of digits that go on from others.

    The first for the case that the last of them is the last of the number (not doubled), the second for the other.
    """
    last, other = before
    for digit in digits:
        last, other = (other + int(digit)) % 10, (last + _DOUBLED[digit]) % 10
    return last, other
