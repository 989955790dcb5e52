"""Words that tell what the digits beside them are."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.redaction.model import Kind
from outbound.dialogue.redaction.runs import Run, is_chatter
from outbound.dialogue.understanding.digits import lowered

_NOT_MEANT = (
    "郵遞區號|區碼|優惠碼|折扣碼|忘記密碼|(?:保單|手機|電話|訂單|要保書)(?:號碼)?的?[末後]的?[三四五六]碼"
    r"|\b(?:zip|postal|post|area|country|promo|policy|discount|dress|qr)[\s-]?code"
)
_CVV = (
    "安全碼|安全代碼|檢查碼|檢核碼|(?:最後|[末後背]面?)的?三(?:個?號?碼|個數字|位數字|位)|背面的?(?:數字|號碼|碼)|cvv2?|cvc2?|cvn"
    "|security (?:code|number|digits)|(?:three|3) (?:digits|numbers) (?:on|at) the back|back of (?:the|my) card"
)
_CODE = (
    "(?:驗證|驗証|認證|確認|動態|授權|啟用|登入|交易|開卡|識別|解鎖)(?:用?的)?(?:碼|密碼|代碼|數字|號碼)"
    "|簡訊碼|簡訊[^0-9,，。]{0,6}(?:數字|號碼|碼)|(?<![末後面])(?<![末後面]的)(?:[四六]|4|6)位數字?"
    r"|otp|(?<![a-z])pin(?:碼)?(?![a-z])|one[\s-]time|(?:four|six|4|6)[\s-]digit"
    r"|(?:verification|access|authentication|sms|text|log ?in|confirmation)[\s-](?:code|number)|\bcodes?\b"
    r"|\b(?:the|a|your) text(?: message)?\b|\btoken\b|\bpass ?key\b"
)
_WORD = "密碼|pass ?code|password|pass ?phrase"
_IDENTITY = (
    "身分證|身份證|居留證|統一證號|證件號碼|健保卡|護照|passport|national id|identity|identification"
    "|\\bid\\b|\\bsocial\\b|\\bssn\\b"
    "|resident certificate|residence permit|\\barc\\b"
)
_ACCOUNT = (
    "帳號|賬號|局號|\\brouting|帳戶|戶頭|存摺|轉帳到|匯到|匯款到|(?:bank )?account|\\biban\\b|transfer (?:it )?to"
)
_CARD = (
    "卡號|信用卡|金融卡|簽帳卡|簽帳金融卡|提款卡|刷卡|visa|master ?card|\\bjcb\\b|amex|american express|銀聯|union ?pay"
    "|(?:credit|debit|bank) card|card(?: number)?"
)
# No word begins within an English one: to skip those places halves the time.
_WORDS = re.compile(
    f"(?:(?<![a-z])|(?![a-z]))(?:(?P<none>{_NOT_MEANT})|(?P<cvv>{_CVV})|(?P<code>{_CODE})|(?P<password>{_WORD})|(?P<identity>{_IDENTITY})"
    f"|(?P<account>{_ACCOUNT})|(?P<card>{_CARD}))"
)
_KINDS = {
    "cvv": Kind.CODE,
    "code": Kind.CODE,
    "password": Kind.CODE,
    "identity": Kind.IDENTITY,
    "account": Kind.ACCOUNT,
    "card": Kind.CARD,
}
_LENGTHS: Mapping[str, tuple[int, int]] = {
    "cvv": (3, 6),
    "code": (4, 8),
    "password": (4, 12),
    "identity": (7, 12),
    "account": (6, 19),
    # With its date and code, and a digit misheard, so that no check digit is right.
    "card": (12, 30),
}
_AWAITED_CODE = (3, 12)
_BESIDE, _NEAR, _FAR = 8, 22, 40
_TELEPHONE = re.compile(r"09\d{8}|0[2-8]\d{7,8}|8869\d{8}")
_SENTENCE = re.compile(
    "[。!?！？]|但|不過|所以|我今年|電話|手機|打(?!算)|撥|\\b(?:but|because|phone|call)\\b", re.IGNORECASE
)
_BEHIND = re.compile(
    r"[\s,，]*(?:這|這個|那)?(?:是|就是|為|is|was|are|that'?s)[\s]*(?:[我你們那個剛收到傳寄給的]{1,8}|my|the|your|a)?[\s]*",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*(?:歲|元|塊|萬|千|百|十|個?月|[日天]|號(?!碼)|點|分(?!機)|年|樓|張|次|折|%|percent|years?|dollars?|o'?clock|[ap]\.?m\b"
    r"|hours?|minutes?|times)",
    re.IGNORECASE,
)
_ORDINARY = re.compile(
    r"(?:電話|手機|分機|傳真|打|撥|保單|要保|統編|發票|編號|單號|序號|案號|\+|policy|order|tracking|reference|ticket|serial|phone|mobile|cell|fax|extension"
    r"|(?:call|ring|reach) me(?: back)?(?: at| on)?)[^0-9]{0,12}$",
    re.IGNORECASE,
)
_ENDS_WITH_IT = re.compile(r"\s*(?:是|就是|為|有|is|was|[:：,，.。…]|嗯|呃|喔|um|uh|的話|number|\s)*", re.IGNORECASE)
_LAST_FOUR = re.compile("[末後]面?的?[三四五六]個?(?:碼|位|數字)|last (?:three|four|five|six|[3-6])", re.IGNORECASE)


class Context(Struct, frozen=True):
    """A telling word at [start, end): what it announces, and how many digits that has."""

    kind: Kind
    start: int
    end: int
    shortest: int
    longest: int

    def fits(self, digits: str) -> bool:
        """Whether a number is what the word announces, by its length; a telephone number is no code or identity."""
        if self.kind in {Kind.CODE, Kind.IDENTITY} and _TELEPHONE.fullmatch(digits):
            return False
        return self.shortest <= len(digits) <= self.longest


def contexts_in(text: str) -> list[Context]:
    """Return the telling words of an utterance, in order."""
    found: list[Context] = []
    for each in _WORDS.finditer(lowered(text)):
        kind = _KINDS.get(each.lastgroup or "")
        if kind is not None:
            found.append(Context(kind, each.start(), each.end(), *_LENGTHS[each.lastgroup or ""]))
    return found


def awaited(kind: Kind) -> Context:
    """Return the word of the turn before, as though it stood before this one."""
    return Context(kind, 0, 0, *(_AWAITED_CODE if kind is Kind.CODE else _LENGTHS[kind.value]))


def with_short_codes(contexts: list[Context]) -> list[Context]:
    """Return the words as they are meant beside a card, whose code has three digits."""
    return [replace(each, shortest=_AWAITED_CODE[0]) if each.kind is Kind.CODE else each for each in contexts]


def announced(text: str, run: Run, contexts: list[Context]) -> Context | None:
    """Return the nearest word that tells what a run is, before it or behind it, or None."""
    if is_counted(text, run):
        return None
    for each in reversed(contexts):
        between = text[each.end : run.start]
        near = each.end <= run.start and len(between) <= _NEAR
        near = near and (_TELEPHONE.fullmatch(run.digits) is None or len(between) <= _BESIDE)
        if near and each.fits(run.digits) and _SENTENCE.search(between) is None:
            return each
    for each in contexts:
        if run.end <= each.start and each.fits(run.digits) and _BEHIND.fullmatch(text[run.end : each.start]):
            return each
    return None


def is_counted(text: str, run: Run) -> bool:
    """Whether what follows shows an age, an amount, a date or a time."""
    most = 8
    return len(run.digits) <= most and _COUNTED.match(text, run.end) is not None


def is_ordinary(text: str, run: Run) -> bool:
    """Whether a run is a telephone number or one of an order, by its form or by what stands before it."""
    longest = 16
    if _TELEPHONE.fullmatch(run.digits):
        return True
    return len(run.digits) <= longest and _ORDINARY.search(text[max(0, run.start - _FAR) : run.start]) is not None


def is_excerpt(text: str, run: Run) -> bool:
    """Whether only the last digits of a number are given."""
    return _LAST_FOUR.search(text[max(0, run.start - _FAR) : run.start]) is not None


def still_awaited(text: str, contexts: list[Context]) -> Kind | None:
    """Return what was announced at the end of an utterance whose number has not come."""
    if contexts and _ENDS_WITH_IT.fullmatch(text, contexts[-1].end):
        return contexts[-1].kind
    return None


def is_date(text: str, run: Run) -> bool:
    """Whether a run is written as a date or a time."""
    return any(each in text[run.start : run.end] for each in "/:／：")


def is_dictated(text: str, run: Run) -> bool:
    """Whether an utterance is nothing but this run of digits."""
    return is_chatter(text[: run.start]) and is_chatter(text[run.end :])
