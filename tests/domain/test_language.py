"""In which language a person is spoken to."""

import pytest

from outbound.domain.language import spoken_language


@pytest.mark.parametrize(
    ("wished", "spoken"),
    [
        ("en-US", "en-US"),
        ("en_US", "en-US"),
        ("EN-us", "en-US"),
        ("en", "en-US"),
        ("en-GB", "en-GB"),
        ("zh_Hant_TW", "zh-TW"),
        ("vi", "zh-TW"),
        ("", "zh-TW"),
        (None, "zh-TW"),
    ],
)
def test_the_nearest_language_is_spoken(wished: str | None, spoken: str) -> None:
    """The same tag however it is written, else the same language, else the campaign's first."""
    assert spoken_language(wished, ("zh-TW", "en-US", "en-GB")) == spoken
