"""What redaction yields, and what it keeps in mind between two turns."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class Kind(StrEnum):
    """What was taken out. `NUMBER`: digits that may be the beginning of a card number, said over several turns."""

    CARD = "card"
    EXPIRY = "expiry"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a kind of secret, not one
    IDENTITY = "identity"
    ACCOUNT = "account"
    NUMBER = "number"


MARKS: Mapping[str, Mapping[Kind, str]] = {
    "zh": {
        Kind.CARD: "[卡號]",
        Kind.EXPIRY: "[效期]",
        Kind.CODE: "[驗證碼]",
        Kind.PASSWORD: "[密碼]",
        Kind.IDENTITY: "[證件號碼]",
        Kind.ACCOUNT: "[帳號]",
        Kind.NUMBER: "[號碼]",
    },
    "en": {
        Kind.CARD: "[card number]",
        Kind.EXPIRY: "[expiry date]",
        Kind.CODE: "[code]",
        Kind.PASSWORD: "[password]",
        Kind.IDENTITY: "[identity number]",
        Kind.ACCOUNT: "[account number]",
        Kind.NUMBER: "[number]",
    },
}


class Carry(Struct, frozen=True):
    """What the next turn must know of a number that is perhaps said over several. It holds no digit of any number.

    `kind` and `digits`: what is being said, and how many digits of it so far. `sums` are the Luhn sums modulo 10 of
    those digits, were the last one at an odd or at an even place; with `lengths`, which its issuer allows, they tell
    whether the number is complete. Of n digits, 10 to the power of n - 2 rows have the same sums: what could be
    narrowed down are the four digits of a first group, which name the bank and may stand on any receipt.
    `awaits`: a word such as 驗證碼 was said and its number has not come. `after_card`: a card number was said, so that
    an expiry date may follow. `idle` counts turns in which nothing of it came; it is forgotten after two, and
    a number that is half said after more than four.
    """

    kind: Kind | None = None
    digits: int = 0
    sums: tuple[int, int] = (0, 0)
    lengths: tuple[int, ...] = ()
    awaits: Kind | None = None
    after_card: bool = False
    idle: int = 0


NOTHING = Carry()


class Redacted(Struct, frozen=True):
    """Words that may be stored: `found` counts what was taken out by kind (never what it was)."""

    text: str
    found: Mapping[str, int] = field(default_factory=dict)
    carry: Carry = NOTHING
