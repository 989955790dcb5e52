"""Small vocabularies of a policies file: standing, flags, consents, the hours that a person prefers."""

import re
from datetime import date
from functools import lru_cache

from outbound.adapters.sources.contract import UnreadableError
from outbound.adapters.sources.values.dates import parse_date
from outbound.domain.policy import Consent, PolicyStatus

_STATUS = {
    PolicyStatus.IN_FORCE: ("in force", "inforce", "active", "有效", "有效中", "生效", "正常"),
    PolicyStatus.CANCELLED: (
        "cancelled", "canceled", "rescinded", "surrendered", "契撤", "撤銷", "契約撤銷", "已撤銷", "解約",
        "取消", "終止",
    ),
    PolicyStatus.LAPSED: ("lapsed", "suspended", "停效", "失效"),
    PolicyStatus.DECEASED: ("deceased", "dead", "death", "身故", "死亡", "歿"),
}  # fmt: skip
_STATUS_WORDS = {word: status for status, words in _STATUS.items() for word in words}
_NO = frozenset({"", "n", "no", "0", "0.0", "false", "f", "否", "無", "沒有"})
PURPOSES = ("service_call", "automated_voice", "marketing", "recording")
_SEPARATORS = re.compile(r"[;|、,]")
_DAY_PARTS = {
    "morning": "09:00-12:00", "上午": "09:00-12:00", "早上": "09:00-12:00", "noon": "12:00-14:00",
    "中午": "12:00-14:00", "afternoon": "12:00-18:00", "下午": "12:00-18:00", "evening": "18:00-21:00",
    "晚上": "18:00-21:00", "傍晚": "18:00-21:00", "晚間": "18:00-21:00",
}  # fmt: skip
_ANY_TIME = frozenset({"any", "anytime", "any time", "皆可", "都可以", "不限", "均可"})
_HOURS = re.compile(r"(\d{1,2})(?::?([0-5]\d))? ?(?:-|~|–|—|到|至|to) ?(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
_DAY_MINUTES = 24 * 60


@lru_cache(maxsize=1_024)
def parse_status(text: str) -> PolicyStatus:
    """Return a policy's standing from the company's word for it; raises UnreadableError."""
    if status := _STATUS_WORDS.get(" ".join(re.split(r"[\s_-]+", text.lower()))):
        return status
    raise UnreadableError(
        "status_unknown",
        "is no standing of a policy that is known",
        "Write in force, cancelled, lapsed or deceased (有效, 契撤, 停效, 身故).",
    )


def parse_do_not_call(text: str) -> bool:
    """Return False only for a plain no or nothing: a mark that cannot be read forbids the call as a yes does."""
    return text.lower() not in _NO


@lru_cache(maxsize=16_384)
def parse_consents(text: str) -> tuple[Consent, ...]:
    """Read `service_call;recording=2026-11-20` into consents ordered by purpose; raises UnreadableError."""
    found: dict[str, Consent] = {}
    for part in filter(None, map(str.strip, _SEPARATORS.split(text))):
        name, _, when = part.partition("=")
        purpose = name.strip().lower().replace(" ", "_").replace("-", "_")
        if purpose not in PURPOSES:
            raise UnreadableError("consent_unknown", "names a purpose that is not known", f"Use {', '.join(PURPOSES)}.")
        consent = Consent(purpose, parse_date(when.strip()) if when.strip() else None)
        found[purpose] = max(found.get(purpose, consent), consent, key=lambda one: one.given_on or date.min)
    return tuple(found[purpose] for purpose in sorted(found))


@lru_cache(maxsize=2_048)
def parse_window(text: str) -> str | None:
    """Return preferred hours as HH:MM-HH:MM (24 h, the end not included), None for any time; raises UnreadableError."""
    word = text.lower()
    if word in _ANY_TIME:
        return None
    if window := _DAY_PARTS.get(word):
        return window
    if match := _HOURS.fullmatch(word):
        start = int(match[1]) * 60 + int(match[2] or 0)
        end = int(match[3]) * 60 + int(match[4] or 0)
        if start < end <= _DAY_MINUTES:
            return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    raise UnreadableError(
        "window_unreadable",
        "is no span of hours within a day",
        "Write 09:00-12:00, or morning, afternoon, evening (上午, 下午, 晚上).",
    )
