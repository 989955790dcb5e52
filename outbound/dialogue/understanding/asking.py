"""Whether words ask for something: what only leads up to a question asks nothing. Pure."""

import re

_ZH = re.compile(
    "[嗎嘛呢]|什麼|甚麼|啥|怎[麼樣]|哪|誰|多少|多[久大長快]|幾|何時|為何|如何|沒有?$|了沒|可不可以|能不能|會不會|有沒有|要不要|是不是|是否|好不好|行不行|還是"
)
_EN = re.compile(
    r"\b(?:who|whose|what|whats|when|where|which|why|how|whether)\b|\b(?:know|wonder(?:ing)?|tell me|ask|check) if\b"
    r"|^(?:(?:and|so|but|also|please|then|well|or|um|uh|tell me|(?:i )?(?:want|would like|d like|need) to know(?: if)?)"
    r"\s+)*(?:can|could|do|does|did|is|are|was|will|would|should|may|must|has|have|am)"
    r"\s+(?:i|you|it|they|he|she|we|there|my|the|your|this|that|a|an)\b",
    re.IGNORECASE,
)
_ZH_LEADS_UP = re.compile(
    "^.{0,6}(?:可以|能不能|可不可以|想|要|再)?.{0,2}(?:請教|請問|問)(?:一下|你們?|您|個|一個|一些|幾個)*(?:問題|事情?)?(?:可以|好)?[嗎嘛呢]?$"
    "|^(?:可以|好|對|行|是|這樣)?(?:可以|好|對|行)[嗎嘛呢]$|^你?(?:知道|聽到了?|懂|在)[嗎嘛]$"
)
_EN_LEADS_UP = re.compile(
    r"^(?:(?:can|could|may|would) (?:i|you) )?.{0,12}\b(?:ask|help)(?: you| me)?"
    r"(?: (?:something|a question|a few questions|one more thing|this|that))?\W*$"
    r"|^(?:is that|are you|do you) (?:ok|okay|right|there|know)\W*$",
    re.IGNORECASE,
)
_SHORTEST_ZH, _FEWEST_WORDS = 3, 3


def asks(part: str, language: str) -> bool:
    """Whether words ask something of their own: `我想請問一下` and `is that okay` do not."""
    plain = part.strip(" ,，。.?？!！、")
    if language.startswith("zh"):
        return len(plain) >= _SHORTEST_ZH and not _ZH_LEADS_UP.search(plain) and _ZH.search(plain) is not None
    words = plain.replace("'", "").replace("’", "")
    return len(words.split()) >= _FEWEST_WORDS and not _EN_LEADS_UP.search(words) and _EN.search(words) is not None
