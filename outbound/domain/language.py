"""Which of a campaign's languages a person is spoken to in."""

from collections.abc import Sequence


def spoken_language(wished: str | None, known: Sequence[str]) -> str:
    """Return the tag in `known` (BCP 47) that fits the wish best: the same tag, then the same language, else the first.

    A wish may be written as a locale is, such as `en_US`.
    """
    tag = (wished or "").replace("_", "-").casefold()
    same = [each for each in known if each.casefold() == tag]
    alike = [each for each in known if _language(each) == _language(tag)]
    return (*same, *alike, *known)[0]


def _language(tag: str) -> str:
    return tag.partition("-")[0].casefold()
