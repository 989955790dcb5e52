"""Why a call may not start: one code each, said in Traditional Chinese and in English."""

import re
from collections.abc import Mapping

from msgspec import Struct

from outbound.compliance.rules.pack import Layer

TEXTS: Mapping[str, tuple[str, str]] = {
    "instant_without_offset": ("時間沒有標明時差，無法判斷。", "The instant has no offset, so nothing can be judged."),
    "instant_out_of_range": (
        "時間超出可以判斷的範圍（1970 年到 9000 年）。",
        "The instant lies outside the years that can be judged (1970 to 9000).",
    ),
    "place_unknown": (
        "不知道客戶在哪裡（{place}），請補上地區。",
        "It is not known where the customer is ({place}); add the region.",
    ),
    "place_too_wide": (
        "{place} 橫跨太多時區，沒有任何時刻處處合法；請補上地區或時區。",
        "{place} spans too many time zones for any hour to be lawful everywhere; add the region or the time zone.",
    ),
    "jurisdiction_unknown": (
        "{place} 不是認得的地區代碼，請更正。",
        "{place} is no region code that the rules know; correct it.",
    ),
    "pack_missing": (
        "{place} 的撥號規則尚未備妥，不能撥打。",
        "There is no rule pack for {place} yet, so nobody there is called.",
    ),
    "pack_unsigned": (
        "{place} 的撥號規則（版本 {version}）沒有有效簽署，或簽署後被更改。",
        "The rule pack of {place} (version {version}) bears no valid signature, or was changed since.",
    ),
    "zone_unknown": ("不認得時區 {zone}，請更正。", "{zone} is no time zone; correct it."),
    "zone_outside": (
        "時區 {zone} 不屬於 {place}，請確認客戶目前在哪裡。",
        "Time zone {zone} does not belong to {place}; find out where the customer is.",
    ),
    "outside_hours": (
        "當地時間 {local}（{zone}）不在可撥打時段（{hours}）。",
        "The local time {local} ({zone}) is outside the hours for calls ({hours}).",
    ),
    "day_closed": (
        "{date}（{zone}）這一天不打電話。",
        "No calls are made on {date} ({zone}).",
    ),
    "public_holiday": (
        "{date} 是當地的國定或地方假日（{zone}），{hours}。",
        "{date} is a public holiday ({zone}): {hours}.",
    ),
    "closing_soon": (
        "離可撥打時段結束（{closes}，{zone}）只剩 {guard} 秒或更短，通話可能講不完。",
        "No more than {guard} s are left before closing time ({closes}, {zone}); the call might not end in time.",
    ),
    "calendar_missing": (
        "{place} 沒有 {year} 年的假日曆，不能撥打。",
        "There is no holiday calendar of {year} for {place}.",
    ),
    "attempt_limit": (
        "{per}{period}最多撥打 {count} 次，目前已撥 {made} 次。",
        "Attempts {period} per {per} are limited to {count}; made so far: {made}.",
    ),
    "after_refusal": (
        "客戶拒絕過這類電話（共 {made} 次），{period}不得再撥。",
        "Such calls were refused ({made} on record): no further one {period}.",
    ),
    "consent_missing": (
        "自動語音撥打{line}需要事先同意（{consent}），沒有紀錄。",
        "A robot's call to this line ({line}) needs consent ({consent}), and none is on record.",
    ),
    "marketing_consent_missing": (
        "{why}需要客戶同意行銷，沒有紀錄。",
        "{why} needs the customer's consent to marketing, and none is on record.",
    ),
    "caller_hidden": (
        "必須顯示來電號碼，不能隱藏。",
        "The caller's number must be shown.",
    ),
    "caller_foreign": (
        "來電號碼必須以 {prefix} 開頭。",
        "The caller's number must begin with {prefix}.",
    ),
    "caller_forbidden": (
        "來電號碼不得使用 {prefix} 開頭的號碼。",
        "The caller's number must not begin with {prefix}.",
    ),
    "area_blocked": (
        "{area} 目前暫停撥打（例如停班停課）。",
        "Calls to {area} are suspended (a typhoon, for instance).",
    ),
    "privacy_notice_missing": (
        "沒有告知個人資料蒐集事項的紀錄，不能撥打。",
        "There is no record that the privacy notice was given.",
    ),
    "do_not_call": ("客戶要求不要來電。", "The customer asked not to be called."),
    "suppressed": ("此客戶或號碼在拒撥名單上（{scope}）。", "The customer or number is suppressed ({scope})."),
    "number_live": ("這個號碼正在通話或響鈴中。", "A call to this number may be ringing or talking now."),
    "quiet_days": (
        "客戶不久前才接過我們的電話，{until} 以前不再打擾。",
        "The customer was called lately: quiet until {until}.",
    ),
}
"""Code -> (zh-TW, en)."""


WORDS: Mapping[str, tuple[str, str]] = {
    "?": ("未填", "not given"),
    "closed": ("全天不打電話", "no calls that day"),
    "day": ("每天", "a day"),
    "calendar_week": ("每週", "a week"),
    "calendar_month": ("每月", "a month"),
    "campaign": ("在同一檔活動期間", "in a campaign"),
    "after_refusal": ("往後都", "ever"),
    "called_number": ("同一號碼", "called number"),
    "residential_line": ("同一市話", "residential line"),
    "contact": ("同一位客戶", "contact"),
    "debt": ("同一筆債務", "debt"),
    "mobile": ("手機", "mobile"),
    "landline": ("市話", "landline"),
    "unknown": ("不明線路", "unknown"),
    "automated_voice": ("自動語音", "automated voice"),
    "marketing": ("行銷", "marketing"),
    "marketing_call": ("行銷電話", "A marketing call"),
    "promotion": ("電話內容含有推銷，視同行銷電話，", "A call that promotes anything counts as marketing, which"),
    "service": ("服務電話", "service calls"),
    "everything": ("一切來電", "every call"),
}
"""How a detail that is a code is said; (zh-TW, en)."""

_UNITS: Mapping[str, tuple[str, str, str]] = {"days": ("天", "days", "day"), "hours": ("小時", "hours", "hour")}
_SPANS = (
    (re.compile(r"rolling_(\d+)_(days|hours)"), ("連續 {} {}內", "in {} {}")),
    (re.compile(r"(\d+)_(days|hours)_after_refusal"), ("拒絕後 {} {}內", "within {} {} of a refusal")),
)
"""Names of periods with a length, and how they are said."""


def _say(value: str, *, chinese: bool) -> str:
    column = 0 if chinese else 1
    for pattern, said in _SPANS:
        found = pattern.fullmatch(value)
        if found:
            alone = 2 if found[1] == "1" and not chinese else column
            return said[column].format(found[1], _UNITS[found[2]][alone])
    words = (WORDS[word][column] if word in WORDS else word for word in value.split(", "))
    return ("、" if chinese else ", ").join(words)


class Reason(Struct, frozen=True):
    """One reason against a call. `jurisdiction` is empty where no pack speaks; `details` fill the text."""

    code: str
    layer: Layer
    jurisdiction: str
    details: tuple[tuple[str, str], ...] = ()

    def text_in(self, language: str) -> str:
        """Return the reason as a sentence: Traditional Chinese for tags that begin with zh, else English."""
        chinese = language.startswith("zh")
        words = {name: _say(value, chinese=chinese) for name, value in self.details}
        return TEXTS[self.code][0 if chinese else 1].format(**words)

    @property
    def text(self) -> str:
        """The reason as a sentence in English."""
        return self.text_in("en")


def reason(code: str, layer: Layer = Layer.HOUSE, jurisdiction: str = "", **details: object) -> Reason:
    """Build a reason; details become text."""
    return Reason(code, layer, jurisdiction, tuple((name, str(value)) for name, value in details.items()))
