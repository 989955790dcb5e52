"""What states, reasons and results are called when people ask why; Traditional Chinese and English."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

STATES: Words = {
    "open": ("等待安排", "waiting to be planned"),
    "planned": ("已排定", "planned"),
    "in_a_call": ("通話中", "in a call"),
    "in_doubt": ("通話結果查證中", "a call whose fate is being looked into"),
    "unwanted": ("不致電", "not to be called"),
    "done": ("已結束", "closed"),
    "withdrawn": ("已撤回，不再致電", "withdrawn: no call any more"),
}

REASONS: Words = {
    # what the gate says, in short; its receipts hold the particulars
    "instant_without_offset": ("時間沒有標明時差", "an instant without offset"),
    "instant_out_of_range": ("時間超出可判斷範圍", "an instant that cannot be judged"),
    "place_unknown": ("不知道客戶在哪裡", "it is not known where the customer is"),
    "place_too_wide": ("只知道國家，不知道在哪個地區", "only the country is known, not the part"),
    "jurisdiction_unknown": ("地區代碼無法辨識", "the region's code is not known"),
    "pack_missing": ("當地撥號規則尚未備妥", "there is no rule pack for the place"),
    "pack_unsigned": ("當地撥號規則沒有有效簽署", "the rule pack of the place bears no valid signature"),
    "zone_unknown": ("時區無法辨識", "the time zone is not known"),
    "zone_outside": ("時區與地區不符", "the time zone is not the place's"),
    "outside_hours": ("不在可撥打時段", "outside the hours for calls"),
    "day_closed": ("當天不打電話", "no calls are made on that day"),
    "public_holiday": ("國定假日", "a public holiday"),
    "closing_soon": ("離可撥打時段結束太近", "too close to closing time"),
    "calendar_missing": ("缺少假日曆", "there is no holiday calendar"),
    "attempt_limit": ("已達撥打次數上限", "a limit of attempts is reached"),
    "consent_missing": ("缺少自動語音同意", "consent to a robot's call is missing"),
    "marketing_consent_missing": ("缺少行銷同意", "consent to marketing is missing"),
    "caller_hidden": ("來電號碼未顯示", "the caller's number would be hidden"),
    "caller_foreign": ("來電號碼不是規定的號碼", "the caller's number is not of the required kind"),
    "caller_forbidden": ("來電號碼屬於禁用號段", "the caller's number is of a forbidden kind"),
    "area_blocked": ("該地區暫停撥打", "calls to the area are suspended"),
    "privacy_notice_missing": ("沒有個資告知紀錄", "there is no record of the privacy notice"),
    "do_not_call": ("客戶要求不要來電", "the customer asked not to be called"),
    "suppressed": ("在拒撥名單上", "the customer or number is suppressed"),
    "number_live": ("號碼正在通話或響鈴", "a call to the number may be ringing"),
    "quiet_days": ("不久前才通過話", "the customer was called lately"),
    # the planner's and the dialler's own
    "no_usable_number": ("沒有可用的電話號碼", "there is no number that leads to this customer"),
    "no_capacity": ("時段已滿，等候空檔", "every slot is full; it waits for room"),
    "no_slot": ("規劃期間內沒有合法時段", "there is no lawful slot within the planning horizon"),
    "already_planned": ("已經排定", "it is planned already"),
    "deadline_passed": ("已超過致電期限", "the last day for the call has passed"),
    "attempts_exhausted": ("已用完嘗試次數", "all attempts of the campaign were made"),
    "nothing_due": ("沒有需要致電的保單", "no policy is due to be welcomed"),
    "window_passed": ("排定的時段已過", "the planned window passed before it was dialled"),
    "closing_time": ("時段即將結束，從電信業者佇列撤回", "taken back from the carrier's queue at closing time"),
    "closes_while_ringing": (
        "響鈴結束前時段就會結束，沒有撥出",
        "the time for calls would have ended while it rang, so it was not dialled",
    ),
    "stop_order": ("停撥指令，從電信業者佇列撤回", "taken back from the carrier's queue for a stop order"),
    "campaign_unknown": ("專案設定已移除", "the campaign is no longer configured"),
    "contact_closed": ("聯絡已結束", "the contact was closed meanwhile"),
    "waiting_for_retry": ("等待再次嘗試", "it waits for the next try"),
    "waiting_for_callback": ("等待約定的回電時間", "it waits for the time that was promised"),
    "rang_back": ("客戶自己回電，不必再打", "the customer rang us meanwhile"),
    "callback_not_reached": ("約定回電未接通，轉由專人處理", "the promised call reached nobody; a person takes over"),
    "carrier_failed": ("線路失敗", "the carrier failed"),
    "number_unusable": ("空號或無法接通的號碼", "the number does not work"),
    "carrier_forgot": ("電信業者已無此通話的紀錄", "the carrier knows this call no longer"),
    "sid_taken": ("電信業者重複使用通話識別碼", "the carrier gave this call the name of another one"),
    "never_found": ("電信業者查無此通話", "the carrier never had the call"),
    "evidence_of_token": ("由通話本身證實", "the call itself is the evidence"),
    "policy_cancelled": ("保單已撤銷", "the policy was cancelled"),
    "policy_lapsed": ("保單已停效", "the policy lapsed"),
    "policy_deceased": ("保戶身故", "the policyholder died"),
    "policy_moved": ("保單已轉移", "the policy moved to another contact"),
    "number_replaced": ("電話號碼已更換，重新安排", "the number was replaced; it is planned anew"),
    "details_changed": ("影響時段的資料已變更，重新安排", "details that decide the hours changed; it is planned anew"),
    "deadline_moved": ("期限已變更，重新安排", "the deadline moved; it is planned anew"),
    # dispositions
    "welcomed": ("已完成迎新關懷", "welcomed"),
    "partly_welcomed": ("部分完成", "partly welcomed"),
    "callback_requested": ("客戶約定回電", "asked to be called back"),
    "person_requested": ("客戶要找專人", "asked for a person"),
    "wrong_party": ("不是本人的號碼", "reached another person"),
    "not_available": ("本人不在", "was not available"),
    "not_verified": ("未能核對身分", "could not be verified"),
    "refused": ("客戶婉拒", "did not wish to talk"),
    "opted_out": ("客戶要求不再來電", "asked not to be called again"),
    "deceased": ("接聽者表示客戶已過世", "is said to have died"),
    "complaint": ("客戶申訴", "complained"),
    "wants_to_cancel": ("客戶想撤銷契約", "wants to cancel"),
    "voicemail_left": ("已留言", "a message was left"),
    "abandoned": ("通話中斷", "the call broke off"),
    "no_response": ("沒有回應", "nobody spoke"),
    "informed": ("來電已說明我們是誰", "rang us and was told who we are"),
    "busy": ("忙線", "busy"),
    "no_answer": ("未接聽", "not answered"),
    "not_placed": ("未撥出", "not placed"),
    "unknown": ("結果不明，查證中", "not known yet"),
    "taken_back": ("響鈴前已撤回", "taken back before it rang"),
    # what people enter as the reason of a suppression
    "customer request": ("客戶要求", "the customer's wish"),
    "customer_request": ("客戶要求", "the customer's wish"),
    "consent_withdrawn": ("客戶撤回同意", "took consent back"),
    "restored": ("由備份名單還原", "restored from a saved list"),
    # what waits for a person
    "cancellation": ("客戶想撤銷契約", "wants to cancel"),
    "question": ("客戶的問題", "a question"),
    "transfer_missed": ("轉接未接通", "a transfer that nobody took"),
    "unknown_call": ("結果不明的通話", "a call of which nothing is known"),
    "callback_due": ("約定回電，請專人撥打", "a promised call that a person has to make in time"),
    "callback_escalated": ("約定的回電已轉專人", "a promised call was handed to a person"),
    "callback_broken": ("未履行的約定回電", "a promised call that was not made"),
    "apology": ("系統致歉後的回電", "a call back after the robot apologised"),
    "correction": ("客戶資料有變更，請專人確認", "details have changed: a person takes them down"),
    "death": ("接聽者表示客戶已過世，請專人查證", "is said to have died: a person looks into it"),
    "carrier": ("電信業者拒絕服務，請檢查設定", "the carrier refuses us: see to the settings"),
    "interview": ("訪問後保單有變更", "a policy changed after its interview"),
}
"""Reason codes of contacts, causes and dispositions of attempts, kinds of inbox items."""

RESULTS: Words = {
    "human": ("有人接聽", "a person answered"),
    "machine": ("答錄機", "a machine answered"),
    "busy": ("忙線", "busy"),
    "no_answer": ("未接聽", "not answered"),
    "failed": ("未接通", "failed"),
    "canceled": ("已取消", "cancelled"),
    "unknown": ("結果不明", "not known"),
}

STAGES: Words = {
    "plan": ("排定時", "when it was planned"),
    "reserve": ("撥出前", "when it was to be dialled"),
    "carrier": ("送交電信業者前", "right before the carrier"),
}

PROMISES: Words = {
    "open": ("尚未到期", "open"),
    "kept": ("已履行", "kept"),
    "late": ("遲延履行", "kept late"),
    "broken": ("未履行", "broken"),
    "withdrawn": ("已取消", "withdrawn"),
}

WHO: Words = {
    "callee": ("客戶本人在電話中提出", "by the customer's own word on the telephone"),
    "whoever_answered": ("接聽電話的人提出", "by the word of whoever answered the telephone"),
}
"""Who entered something, where it was not somebody at the desk."""

CLASSES: Words = {
    "service": ("服務電話", "service calls"),
    "telemarketing": ("行銷電話", "marketing calls"),
    "collection": ("催收電話", "collection calls"),
    "mandatory_interview": ("法定訪談", "interviews that the regulator asks for"),
}


def word(words: Words, code: str | None, *, chinese: bool) -> str:
    """Return what a code is called, or the code itself where there is no word for it."""
    if code is None:
        return ""
    found = words.get(code)
    return code.replace("_", " ") if found is None else found[0 if chinese else 1]
