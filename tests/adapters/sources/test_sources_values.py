"""Values of a policies file, one at a time."""

import contextlib
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.adapters.sources.contract import UnreadableError
from outbound.adapters.sources.values.dates import parse_date
from outbound.adapters.sources.values.phones import parse_phone
from outbound.adapters.sources.values.places import parse_language, parse_region, parse_time_zone
from outbound.adapters.sources.values.text import check_readable, clean, clean_fields, mask
from outbound.adapters.sources.values.words import parse_consents, parse_do_not_call, parse_status, parse_window
from outbound.domain.policy import Consent, PhoneNumber, PolicyStatus

DAYS = st.dates(date(1912, 1, 1), date(2199, 12, 31))
FULL_WIDTH = str.maketrans("0123456789/", "０１２３４５６７８９／")


def spellings(day: date) -> list[str]:
    """Every way in which one day may stand in a file."""
    year, month, of_month = day.year - 1911, day.month, day.day
    gregorian = [
        day.isoformat(),
        f"{day.year}/{month}/{of_month}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}T00:00:00+08:00",
        f"{day.year}年{month}月{of_month}日",
        f"西元{day.year}年{month}月{of_month}日",
    ]
    minguo = [
        f"{year:02}/{month:02}/{of_month:02}",
        f"{year:02}-{month}-{of_month}",
        f"{year:03}/{month:02}/{of_month:02}",
        f"{year:03}{month:02}{of_month:02}",
        f"民國{year}年{month}月{of_month}日",
        f"中華民國 {year} 年 {month} 月 {of_month} 日",
    ]
    return [*gregorian, *minguo, minguo[0].translate(FULL_WIDTH), minguo[-2].translate(FULL_WIDTH)]


@given(DAYS)
def test_a_day_is_the_same_in_every_spelling(day: date) -> None:
    """ISO, slashes, digits only, Minguo of two and three digits and full-width digits all give back the day."""
    assert {parse_date(clean(text)) for text in spellings(day)} == {day}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/11/22", date(2026, 11, 22)),
        ("115/11/22", date(2026, 11, 22)),
        ("78/05/28", date(1989, 5, 28)),
        ("1151122", date(2026, 11, 22)),
        ("0780528", date(1989, 5, 28)),
        ("民國115年11月22日", date(2026, 11, 22)),
        ("20261122", date(2026, 11, 22)),
        ("113/02/29", date(2024, 2, 29)),
    ],
)
def test_the_spellings_of_the_contract_are_read(text: str, day: date) -> None:
    """Each spelling that the contract names gives its day."""
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("115/02/30", "date_impossible"),
        ("114/02/29", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("00/01/01", "date_impossible"),
        ("民國前5年1月1日", "date_before_republic"),
        ("民前5年1月1日", "date_before_republic"),
        ("46348", "date_is_day_number"),
        ("0115/11/22", "date_implausible"),
        ("115/11-22", "date_unreadable"),
        ("11/22/2026", "date_unreadable"),
        ("780528", "date_unreadable"),
        ("2026-11-21T16:00:00Z", "date_unreadable"),
        ("5年1月1日", "date_unreadable"),
        ("昨天", "date_unreadable"),
        ("²⁰²⁶", "date_unreadable"),
    ],
)
def test_a_date_that_is_none_is_refused_with_its_reason(text: str, code: str) -> None:
    """An impossible, ambiguous or unknown spelling is not guessed at."""
    with pytest.raises(UnreadableError) as caught:
        parse_date(text)
    assert caught.value.code == code


MOBILE = PhoneNumber("+886940123456", None, "mobile")
LANDLINE = PhoneNumber("+886223456789", "123", "landline")


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0940-123-456", MOBILE),
        ("+886940123456", MOBILE),
        ("+886-940-123-456", MOBILE),
        ("+886 (0)940 123 456", MOBILE),
        ("886940123456", MOBILE),
        ("002886940123456", MOBILE),
        ("940123456", MOBILE),
        ("０９４０－１２３－４５６", MOBILE),
        ("0940 123 456", MOBILE),
        ("0940–123–456", MOBILE),
        ("(02)2345-6789#123", LANDLINE),
        ("（０２）２３４５－６７８９＃１２３", LANDLINE),
        ("02-23456789 分機123", LANDLINE),
        ("02-23456789轉123", LANDLINE),
        ("02 2345 6789 ext. 123", LANDLINE),
        ("02 2345 6789x123", LANDLINE),
        ("+1 (213) 555-0123", PhoneNumber("+12135550123", None, "unknown")),
        ("0940123456#9", PhoneNumber("+886940123456", "9", "mobile")),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, phone: PhoneNumber) -> None:
    """Dashes, brackets, country codes, extensions and full-width digits give one E.164 number and the type of line."""
    assert parse_phone(clean(text), "TW", "TW") == phone


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0940-12", "phone_invalid"),
        ("09401234567", "phone_invalid"),
        ("0891234567", "phone_invalid"),
        ("無", "phone_unreadable"),
        ("9.4E+08", "phone_unreadable"),
        ("0940ABCDEF", "phone_unreadable"),
        ("0940-123-456/0940-654-321", "phone_several"),
        ("0940123456 或 0940654321", "phone_several"),
        ("0940123456,0940654321", "phone_several"),
        ("0204-123456", "phone_premium_rate"),
        ("#123", "phone_unreadable"),
        ("+", "phone_unreadable"),
    ],
)
def test_a_number_that_cannot_be_rung_is_refused(text: str, code: str) -> None:
    """Too short, too long, unassigned, two in one field, premium-rate: each has its reason."""
    with pytest.raises(UnreadableError) as caught:
        parse_phone(clean(text), "TW", "TW")
    assert caught.value.code == code


def test_a_number_of_another_region_is_not_guessed() -> None:
    """A Taiwanese spelling in an American row is refused, with the country code that would mend it."""
    with pytest.raises(UnreadableError) as caught:
        parse_phone("0940-123-456", "US", "TW")
    assert caught.value.code == "phone_of_other_region"
    assert "+886" in caught.value.mend


@given(st.from_regex(r"(\+?886)?0?(9[0-9]{7,9}|[1-8][0-9]{6,9})", fullmatch=True))
def test_the_short_ways_for_taiwan_agree_with_the_library(text: str) -> None:
    """What is put together without the parser is what the parser finds, and no more is valid."""
    try:
        parsed = phonenumbers.parse(text, "TW")
        valid = phonenumbers.is_valid_number(parsed)
    except phonenumbers.NumberParseException:
        valid = False
    if not valid or phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        with pytest.raises(UnreadableError):
            parse_phone(text, "TW", "TW")
        return
    kinds = {phonenumbers.PhoneNumberType.MOBILE: "mobile", phonenumbers.PhoneNumberType.FIXED_LINE: "landline"}
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert parse_phone(text, "TW", "TW") == PhoneNumber(
        expected, None, kinds.get(phonenumbers.number_type(parsed), "unknown")
    )


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Whatever stands in a field, a reader returns a value or says UnreadableError."""
    cleaned = clean(text)
    for read in (parse_date, parse_region, parse_language, parse_time_zone, parse_status, parse_window, parse_consents):
        with contextlib.suppress(UnreadableError):
            read(cleaned)
    with contextlib.suppress(UnreadableError):
        parse_phone(cleaned, "TW", "US")
    assert parse_do_not_call(cleaned) in {True, False}


@pytest.mark.parametrize(
    ("text", "region"), [("TW", "TW"), ("tw-tpe", "TW-TPE"), ("US-CA", "US-CA"), ("us_ny", "US-NY"), ("TWN", "TW")]
)
def test_an_assigned_region_is_read(text: str, region: str) -> None:
    """ISO 3166-1 and 3166-2 codes are read whatever their capitals."""
    assert parse_region(text) == region


@pytest.mark.parametrize(
    "text", ["ZZ", "XX", "XK", "UK", "EU", "TW-XYZ", "US-ZZ", "台灣", "Taiwan", "1", "-", "USA-CA"]
)
def test_a_region_that_is_not_assigned_is_refused(text: str) -> None:
    """A code that ISO 3166 does not assign is never called by default."""
    with pytest.raises(UnreadableError, match="no assigned ISO 3166 code"):
        parse_region(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("zh", "zh"), ("ZH-tw", "zh-TW"), ("zh_TW", "zh-TW"), ("zho", "zh"), ("en", "en"), ("EN-us", "en-US"),
        ("nan-TW", "nan-TW"), ("zh-hant-tw", "zh-Hant-TW"), ("國語", "zh-TW"), ("English", "en"), ("es-419", "es-419"),
        ("de-1901", "de-1901"),
    ],
)  # fmt: skip
def test_a_language_is_normalised(text: str, tag: str) -> None:
    """A tag of BCP 47 comes out in its usual capitals; the usual words are read."""
    assert parse_language(text) == tag


@pytest.mark.parametrize("text", ["xx", "zh-XX", "zh-TW-TW", "english please", "z", "zh-", "en-us-x-private"])
def test_a_language_that_is_none_is_refused(text: str) -> None:
    """A tag whose parts no registry knows is refused."""
    with pytest.raises(UnreadableError, match="no BCP 47 language tag"):
        parse_language(text)


def test_time_zones_are_held_against_the_iana_names() -> None:
    """A name is mended in its capitals; an offset or an unknown name is refused."""
    assert parse_time_zone("asia/taipei") == "Asia/Taipei"
    for text in ("GMT+8x", "+08:00", "Asia/Taibei"):
        with pytest.raises(UnreadableError, match="no IANA time zone"):
            parse_time_zone(text)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("in force", PolicyStatus.IN_FORCE), ("IN_FORCE", PolicyStatus.IN_FORCE), ("有效", PolicyStatus.IN_FORCE),
        ("canceled", PolicyStatus.CANCELLED), ("契撤", PolicyStatus.CANCELLED), ("撤銷", PolicyStatus.CANCELLED),
        ("lapsed", PolicyStatus.LAPSED), ("停效", PolicyStatus.LAPSED), ("Deceased", PolicyStatus.DECEASED),
        ("身故", PolicyStatus.DECEASED),
    ],
)  # fmt: skip
def test_the_standing_is_read_in_both_languages(text: str, status: PolicyStatus) -> None:
    """English and Chinese words name the four standings."""
    assert parse_status(text) == status


@pytest.mark.parametrize("text", ["N", "no", "0", "FALSE", "否", ""])
def test_a_plain_no_allows_the_call(text: str) -> None:
    """Only a plain no, or nothing, leaves the person callable."""
    assert parse_do_not_call(text) is False


@pytest.mark.parametrize("text", ["Y", "yes", "1", "true", "是", "?", "maybe", "N/A", "不明"])
def test_what_is_not_a_plain_no_forbids_the_call(text: str) -> None:
    """A mark that cannot be read counts as a yes and does not lose the row."""
    assert parse_do_not_call(text) is True


def test_consents_are_read_with_their_dates() -> None:
    """Purposes come out in one order, each once, with the later date."""
    text = clean("recording=115/11/20；Service_Call;recording=2026-11-21")
    assert parse_consents(text) == (Consent("recording", date(2026, 11, 21)), Consent("service_call"))


@pytest.mark.parametrize(("text", "code"), [("singing", "consent_unknown"), ("recording=soon", "date_unreadable")])
def test_a_consent_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    """An unknown purpose or date is not dropped in silence."""
    with pytest.raises(UnreadableError) as caught:
        parse_consents(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("09:00-12:00", "09:00-12:00"), ("9-12", "09:00-12:00"), ("14:00~17:30", "14:00-17:30"),
        ("0900-1200", "09:00-12:00"), ("上午", "09:00-12:00"), ("Afternoon", "12:00-18:00"), ("晚上", "18:00-21:00"),
        ("18:00-24:00", "18:00-24:00"), ("皆可", None),
    ],
)  # fmt: skip
def test_preferred_hours_are_normalised(text: str, window: str | None) -> None:
    """Hours and parts of the day come out as HH:MM-HH:MM."""
    assert parse_window(text) == window


@pytest.mark.parametrize("text", ["12:00-09:00", "25:00-26:00", "whenever", "09:00", "09:70-10:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    """A span that ends before it starts, or is none, is refused."""
    with pytest.raises(UnreadableError):
        parse_window(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("王", "•"),
        ("王明", "王•"),
        ("王小明", "王•••明"),
        ("0940-123-456", "••••••56"),
        ("A123456789", "••••••89"),
    ],
)
def test_a_mask_never_shows_the_whole(value: str, shown: str) -> None:
    """A name keeps its outer characters, a number its last two digits."""
    assert mask(value) == shown


@pytest.mark.parametrize("text", ["王\ufffd明", "王\ue123明", "1.23E+11", "x" * 61])
def test_text_that_an_export_has_damaged_is_refused(text: str) -> None:
    """A lost character or a shortened number is not taken for a name or an identifier."""
    with pytest.raises(UnreadableError):
        check_readable(text, 60)


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=12) | st.sampled_from([" a", "a  b", "\x1e", "王　明", "Ａ"]))
)
def test_cleaning_a_row_at_once_equals_cleaning_each_field(values: dict[str, str]) -> None:
    """The quick look at a whole row changes nothing about the result."""
    assert clean_fields(values) == {column: text for column, value in values.items() if (text := clean(value))}
