"""The words around a drawn script, in the language of its reader."""

from collections.abc import Mapping

_ENGLISH: Mapping[str, str] = {
    "asks": "asks", "chooses": "chooses", "transfers": "puts through", "answers": "answers", "ends": "ends",
    "says": "says", "start": "start", "from": "from", "overview": "the parts, and where they lead",
    "everywhere": "at every question", "urgent": "before the question's own answers", "three": "3 ×",
    "silence": "silence", "not understood": "not understood", "verified": "only after proof of identity",
    "anyone": "whoever is on the line", "elsewhere": "goes on in another part", "unwalked": "in no journey",
    "ends_as": "ends as", "as_decided": "was decided so far", "steps": "steps", "branches": "branches",
    "machine": "answering machine", "too_long": "call too long",
}  # fmt: skip
_CHINESE: Mapping[str, str] = {
    "asks": "問", "chooses": "判斷", "transfers": "轉接", "answers": "解答", "ends": "結束", "says": "說",
    "start": "開始", "from": "來自", "overview": "各部分與去向", "everywhere": "每一題都聽得懂",
    "urgent": "優先於題目的答案", "three": "3 次", "silence": "沒有聲音", "not understood": "聽不懂",
    "verified": "確認身分之後才會到", "anyone": "誰接電話都會到", "elsewhere": "到另一部分",
    "unwalked": "沒有任何對話走過", "ends_as": "結果", "as_decided": "依目前結果", "steps": "個步驟",
    "branches": "條分支", "machine": "答錄機", "too_long": "通話太久",
}  # fmt: skip


def captions(language: str) -> Mapping[str, str]:
    """Return the captions for a language: Traditional Chinese, or English for every other one."""
    return _CHINESE if language.startswith("zh") else _ENGLISH
