"""Codes that nobody calls a code: digits beside words of receiving, seeing or reading out.

A price, a year, a time, a room, a count or a number that is named as something else stays.
"""

import re

from outbound.dialogue.redaction.contexts import is_counted, is_date, is_excerpt
from outbound.dialogue.redaction.runs import Run
from outbound.dialogue.understanding.digits import lowered

_SHORTEST, _LONGEST, _FOUR = 4, 8, 4
_FAR = 30
_SEEN = (
    "收到|跳(?!樓|舞|票)|跑出|冒出|出現|顯示|傳(?:來|過來|給|了|送|的)|發(?:來|給|過來|了)|寄(?:來|給)|寫(?:著|的|說)?|看到|看見|[唸念報讀]給"
    "|叫我[唸念]|[唸念]|跟[你您]們?[講說]|告訴[你您]|抄下來?|記下來?|簡訊|嗶|叮|震|嗡|剛傳|又來|過來|打開來?看|(?<!打)給我|說是|給別人|這組|這串"
    "|訊息|螢幕|畫面|一則|通知|進來|數字"
    r"|\b(?:text(?:s|ed)?|sent|got|gets?|received?|says?|said|reads?|read|shows?|showing|showed"
    r"|popped|(?:just|it) came|came (?:in|through|up)"
    r"|screen|see|message[ds]?|notification|gave me|get|beep(?:ed)?|buzz(?:ed)?|wrote (?:it|that"
    r"|this)? ?down|opened|tell you|arrived|reading|here|has)\b"
)
_BEFORE = re.compile(rf"(?:{_SEEN})(?P<between>[^。!?！？0-9]{{0,{_FAR}}})$")
_BEHIND = re.compile(
    r"[\s,，]*(?:這是|就是|是(?!郵遞)|這個是|is what|that'?s what|is the one)[\s]*[^,，。0-9]{0,6}"
    r"(?:收到|跳出|看到|傳來|傳給|發來|顯示|got|received|see|sent|texted)"
)
_SOMETHING_ELSE = re.compile(
    "[保月年季]費|保額|保單|金額|費用|價|帳單|繳費|總共|一共|共|[繳扣付賠賺花領匯存]了?|餘額|電費|元|塊|民國|西元|年|郵遞區號|區號|[樓房室路街巷弄]"
    r"|(?:電話|手機|門號|分機|專線|市話|傳真)(?:號碼)?(?:是|為|[:：])?\s*$|打(?!開)|撥|(?:保單|要保書?|統編|發票|訂單|編號|單號|序號|案號|掛號"
    r"|車號|股號|員工)[^,，]{0,6}"
    r"|[$]|\b(?:premium|bill|cost|costs|price|amount|pay|paid|total|balance|worth|about|over|nearly"
    r"|almost|around|room|floor|zip|postal|suite|unit"
    r"|apartment|flat|year|in|since|until|by|at|born|call|dial|ring|extension|phone number|policy"
    r"|order|tracking|reference|ticket|serial"
    r"|invoice|take|deduct|charge|公車|flight|train|channel|page)\b"
)
_SO_MANY = re.compile(
    r"[\s]*(?:(?:就?是|為)郵遞|[元塊歲年樓號房室人個件筆份本張班站期巷弄路街里鄰坪度趴%％萬千百]|公|小時|分鐘|毫"
    r"|[\w ]{0,20}\b(?:street|road"
    r"|avenue|lane|drive|boulevard)\b"
    r"|(?:dollars?|people|persons|copies|years?|days|bucks|ntd?|nt|percent|points|steps|a quarter"
    r"|homes|houses|members|kilometers|kilometres|miles|students|in the mail|on (?:my|the) (?:car"
    r"|meter)|bus|a year|a month|per)\b)"
)
_MONEY = re.compile(
    "存摺|帳戶|戶頭|薪水|退休金|年金|退稅|股票|紅利|利息|捐|水費|瓦斯"
    r"|\b(?:refund|statement|account|salary|pension|savings|interest|tax|rent|cheque|check for)\b"
)
_ROUND = re.compile("[1-9][0-9]{1,2}00|[0-9]+000")
_CLOCK = re.compile("(?:[01]?[0-9]|2[0-3])(?:00|15|30|45)")
_YEAR = re.compile("19[0-9]{2}|20[0-4][0-9]")


def is_code(text: str, run: Run) -> bool:
    """Whether a run of four to eight digits is a code by what is said beside it, though nothing names it."""
    if not _SHORTEST <= len(run.digits) <= _LONGEST:
        return False
    if any(each(text, run) for each in (is_counted, is_date, is_excerpt)) or _is_when(run):
        return False
    words = lowered(text)
    if _MONEY.search(words) is not None or _is_amount(text, run):
        return False
    if _SO_MANY.match(words, run.end) is not None:
        return False
    before = _BEFORE.search(words[: run.start])
    if before is not None:
        return _SOMETHING_ELSE.search(before["between"]) is None
    return _BEHIND.match(words, run.end) is not None


def _is_amount(text: str, run: Run) -> bool:
    """Whether digits are written in one piece and round, as sums of money are."""
    return run.end - run.start == len(run.digits) and text[run.start].isascii() and bool(_ROUND.fullmatch(run.digits))


def _is_when(run: Run) -> bool:
    """Whether four digits are a year of somebody's life or a time on the clock, as they are said."""
    return len(run.digits) == _FOUR and bool(_YEAR.fullmatch(run.digits) or _CLOCK.fullmatch(run.digits))
