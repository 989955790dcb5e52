"""What figures are called in the report, for people who read Chinese and English."""

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "contacts": "聯絡人 contacts",
    "rung": "響鈴 rung",
    "answered": "接聽 answered",
    "right_party": "本人 right party",
    "verified": "核對身分 verified",
    "welcomed": "完成迎新 welcomed",
    "partly_welcomed": "部分完成 partly",
    "callback_requested": "約定回電 callback",
    "person_requested": "找專人 a person",
    "wrong_party": "打錯電話 wrong party",
    "not_available": "不在 not available",
    "not_verified": "未能核對 not verified",
    "refused": "婉拒 refused",
    "opted_out": "拒絕來電 opted out",
    "complaint": "申訴 complaint",
    "wants_to_cancel": "想撤銷 wants to cancel",
    "voicemail_left": "留言 voicemail",
    "abandoned": "掛斷 abandoned",
    "no_response": "沒有回應 no response",
    "busy": "忙線 busy",
    "no_answer": "未接 no answer",
    "number_unusable": "空號 bad number",
    "carrier_failed": "線路失敗 carrier failed",
    "do_not_call": "要求勿打 do not call",
    "no_usable_number": "沒有可用號碼 no number",
    "pack_missing": "當地規則未備 no rule pack",
    "place_unknown": "地區不明 place unknown",
    "policy_cancelled": "保單已撤銷 cancelled",
    "policy_deceased": "保戶身故 deceased",
    "privacy_notice_missing": "未告知個資 no notice",
    "deadline_passed": "已過期限 too late",
    "65_plus": "65 歲以上 65+",
    "under_65": "未滿 65 歲 under 65",
    "zh-TW": "中文 zh-TW",
    "en-US": "英文 en-US",
    "one_live_call_a_number": "一支號碼一通電話 one live call a number",
    "inside_lawful_hours": "只在合法時段響鈴 inside lawful hours",
    "attempt_cap": "不超過次數上限 attempt cap",
    "one_outcome_a_call": "每通電話一個結果 one outcome a call",
    "one_record_an_outcome": "每個結果一筆紀錄 one record an outcome",
    "nothing_personal_before_verification": "核對前不談個資 nothing personal before verification",
    "opt_out_is_final": "拒絕就不再打 opt-out is final",
}


def label(name: str) -> str:
    """Return the label of a name, or the name itself where none is known."""
    return LABELS.get(name, name)
