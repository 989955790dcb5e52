"""What the desk's tables and answers say; Traditional Chinese and English."""

from collections.abc import Mapping

Pair = tuple[str, str]
"""zh-TW, en."""

CAPTIONS: Mapping[str, Pair] = {
    "id": ("編號", "id"),
    "name": ("姓名", "name"),
    "region": ("地區", "region"),
    "zone": ("時區", "zone"),
    "deadline": ("期限", "deadline"),
    "reason": ("原因", "reason"),
    "code": ("代碼", "code"),
    "area": ("地區", "area"),
    "state": ("狀態", "state"),
    "since": ("起", "since"),
    "until": ("迄", "until"),
    "planned": ("已排定", "planned"),
    "by": ("登錄人", "by"),
    "standing": ("狀態", "standing"),
    "policy": ("保單號碼", "policy"),
    "who": ("姓名", "who"),
    "number": ("電話", "number"),
    "not by": ("招攬人員", "not by"),
    "what": ("事由", "what"),
    "due": ("期限", "due"),
    "claimed by": ("承辦人", "claimed by"),
    "turn": ("回合", "turn"),
    "note": ("備註", "note"),
    "when": ("時間", "when"),
    "language": ("語言", "language"),
    "campaign": ("專案", "campaign"),
    "near": ("相近度", "near"),
    "words": ("客戶的問題", "words"),
    "done by": ("處理人", "done by"),
}

INBOX: Mapping[str, Pair] = {
    "title": ("待專人處理", "Waiting for a person"),
    "empty": (
        "目前沒有待專人處理的事項。申訴、撤銷、問題與出錯的通話會列在這裡。",
        "Nothing waits for a person. Complaints, cancellations, questions and calls that went wrong come here.",
    ),
    "none_of_kind": (
        "目前沒有這一類（{kind}）的待辦事項；outbound inbox list 列出全部。",
        "Nothing of this kind ({kind}) waits for a person; `outbound inbox list` shows all that does.",
    ),
}

AREA_STATES: Mapping[str, Pair] = {
    "in_force": ("暫停中", "in force"),
    "announced": ("已預定", "announced"),
    "ended": ("已期滿", "ended"),
    "lifted": ("已解除", "lifted"),
}

INTERVIEW_STATES: Mapping[str, Pair] = {
    "waiting": ("待訪談", "waiting"),
    "passed": ("通過", "passed"),
    "failed": ("未通過", "failed"),
    "mismatch": ("答覆不符", "mismatch"),
    "not_needed": ("不需訪談", "not needed"),
}

INTERVIEW_UNHEARD: Mapping[str, Pair] = {
    "not_held": ("否則：這通不算訪問，改日再打", "otherwise: this is no interview; ring another day"),
    "failed": ("否則：未通過（failed）", "otherwise: failed"),
    "mismatch": ("與要保書不符時：答覆不符（mismatch）", "otherwise than the application says: mismatch"),
}

MENDS: Mapping[str, Pair] = {
    "place_unknown": (
        "問明客戶在哪個州或縣市，再執行 outbound places set {id} --region 代碼 --evidence 依據",
        "ask which state or county, then: outbound places set {id} --region CODE --evidence TEXT",
    ),
    "place_too_wide": (
        "問明所在地區或時區，再執行 outbound places set {id} --region 代碼 --zone 時區 --evidence 依據",
        "ask for the part or the zone, then: outbound places set {id} --region CODE --zone IANA --evidence TEXT",
    ),
    "jurisdiction_unknown": (
        "更正地區代碼：outbound places set {id} --region 代碼 --evidence 依據，並請公司更正保單資料",
        "correct the code: outbound places set {id} --region CODE --evidence TEXT; have the company mend the policy",
    ),
    "zone_unknown": (
        "更正時區：outbound places set {id} --region 代碼 --zone 時區 --evidence 依據",
        "correct the zone: outbound places set {id} --region CODE --zone IANA --evidence TEXT",
    ),
    "zone_outside": (
        "地址與時區互相矛盾，問明客戶目前在哪裡：outbound places set {id} --region 代碼 --evidence 依據",
        (
            "address and zone contradict each other; ask where the customer is: "
            "outbound places set {id} --region CODE --evidence TEXT"
        ),
    ),
    "pack_missing": (
        "請法遵備妥並簽署該地的規則（outbound rules sign），或由專員處理",
        "have compliance write and sign the rules of the place (outbound rules sign), or let a person see to it",
    ),
}
"""Reason code -> how to mend it."""

PLACES: Mapping[str, Pair] = {
    "title": ("因所在地不明而未致電：{number} 人", "Not called, because the place is not clear: {number}"),
    "more": ("以上為期限最近的 {shown} 人。", "These are the {shown} with the nearest deadlines."),
    "empty": (
        (
            "沒有因所在地不明而暫緩的客戶。排定通話（outbound plan）時，若地區、時區或規則無法判斷何時可以致電，"
            "客戶會列在這裡。"
        ),
        (
            "Nobody is held back for the place. Contacts come here when planning (`outbound plan`) finds that their "
            "region, zone or rules do not tell when they may be called."
        ),
    ),
    "placed": ("現在可以判定，下次排定時處理", "the place is known now; the next planning takes it up"),
    "recorded": ("已登錄，下次排定時即依此辦理。", "Recorded. The next planning goes by it."),
    "closed_there": ("已登錄，但目前無法致電該地：{text}", "Recorded. Nobody is called there as it stands: {text}"),
    "cleared": ("已取消登錄，恢復以保單地址為準。", "Cleared. The policy's address counts again."),
}

AREAS: Mapping[str, Pair] = {
    "title": ("暫停撥打的地區", "Suspended areas"),
    "empty": (
        "目前沒有暫停撥打的地區。執行 outbound areas suspend 地區 --until 時間 --reason 原因，立即生效。",
        "No area is suspended. `outbound areas suspend AREA --until INSTANT --reason TEXT` suspends one at once.",
    ),
    "suspended": ("已暫停撥打至 {until}：{areas}。", "Suspended until {until}: {areas}."),
    "stops": ("這段期間已排定的通話不會撥出：{calls} 通。", "Planned calls that this stops: {calls}."),
    "replaced": ("取代先前的暫停指令：{number} 則。", "In the place of earlier suspensions: {number}."),
    "sooner": (
        "如需提前解除，請執行 outbound areas lift 地區。",
        "`outbound areas lift AREA` ends it sooner.",
    ),
    "lifted": ("已解除：{area}。", "Lifted: {area}."),
    "not_suspended": (
        "{area} 目前沒有暫停撥打；暫停中的地區：{there}",
        "{area} is not suspended; suspended are: {there}",
    ),
    "none": ("無", "none"),
}

INTERVIEWS: Mapping[str, Pair] = {
    "title": ("承保前電話訪問", "Interviews before acceptance"),
    "because": ("需要訪問的原因：", "Why they are needed:"),
    "script": ("承保前電話訪問腳本，版本", "Script of the interview before acceptance, version"),
    "empty": (
        "沒有待辦的電話訪問。匯入保單時，符合 config/duties 所列條件者會列在這裡。",
        "No interview waits. A policy that needs one opens it when it is taken in; config/duties says which do.",
    ),
}


def say(words: Mapping[str, Pair], key: str, language: str, **values: object) -> str:
    """Return the text of a key in a language (zh-TW, else English), filled with values."""
    return words[key][0 if language.startswith("zh") else 1].format(**values)


def captions(language: str) -> Mapping[str, str]:
    """What stands above each column."""
    return {name: pair[0 if language.startswith("zh") else 1] for name, pair in CAPTIONS.items()}
