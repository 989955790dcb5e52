"""When somebody wants to be called again: what was said, and the window that it is."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.dialogue.understanding.identity import birth_date
from outbound.dialogue.understanding.times import wanted_time
from outbound.dialogue.wanted_time import WantedTime

TAIPEI = ZoneInfo("Asia/Taipei")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, 15, 10, tzinfo=TAIPEI)
"""The moment at which everything in named_times.csv is said: a Monday afternoon."""

with (Path(__file__).parent / "named_times.csv").open(encoding="utf-8", newline="") as _file:
    CASES = [(row["language"], row["said"], row["start"], row["end"], row["exact"]) for row in csv.DictReader(_file)]
SAID = {language: [said for tag, said, *_ in CASES if tag == language] for language in ("zh-TW", "en-US")}


def _found(said: str, language: str, now: datetime) -> tuple[str, str, bool] | None:
    wanted = wanted_time(said, language, now)
    return (f"{wanted.start:%Y-%m-%d %H:%M}", f"{wanted.end:%Y-%m-%d %H:%M}", wanted.exact) if wanted else None


@pytest.mark.parametrize(("language", "said", "start", "end", "exact"), CASES, ids=[case[1] for case in CASES])
def test_what_is_named(language: str, said: str, start: str, end: str, exact: str) -> None:
    """A named time is this window, and what is unclear, past or named twice is none."""
    assert _found(said, language, MONDAY) == ((start, end, bool(exact)) if start else None)


def _at(text: str, zone: ZoneInfo = TAIPEI) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "language", "said", "start", "end"),
    [
        # Month ends, year ends, leap days.
        ("2026-12-31 10:00", "zh-TW", "明天下午", "2027-01-01 12:00", "2027-01-01 18:00"),
        ("2026-12-31 10:00", "zh-TW", "一月三號早上", "2027-01-03 08:00", "2027-01-03 12:00"),
        ("2026-12-30 10:00", "en-US", "next Wednesday morning", "2027-01-06 08:00", "2027-01-06 12:00"),
        ("2026-12-10 10:00", "zh-TW", "下個月五號", "2027-01-05 09:00", "2027-01-05 21:00"),
        ("2026-01-30 10:00", "zh-TW", "三十號下午", "2026-01-30 12:00", "2026-01-30 18:00"),
        ("2026-01-31 10:00", "zh-TW", "三十號下午", "2026-03-30 12:00", "2026-03-30 18:00"),
        ("2028-02-27 10:00", "zh-TW", "二月二十九號上午", "2028-02-29 08:00", "2028-02-29 12:00"),
        ("2028-02-27 10:00", "zh-TW", "月底", "2028-02-27 10:00", "2028-02-29 21:00"),
        ("2028-02-28 10:00", "zh-TW", "明天", "2028-02-29 09:00", "2028-02-29 21:00"),
        # Today's weekday is today as long as the hours are not over, and next week's after that.
        ("2026-11-25 10:00", "zh-TW", "星期三下午", "2026-11-25 12:00", "2026-11-25 18:00"),
        ("2026-11-25 19:00", "zh-TW", "星期三下午", "2026-12-02 12:00", "2026-12-02 18:00"),
        ("2026-11-29 10:00", "zh-TW", "下禮拜一", "2026-11-30 09:00", "2026-11-30 21:00"),
        ("2026-11-29 10:00", "en-US", "next Monday", "2026-11-30 09:00", "2026-11-30 21:00"),
        ("2026-11-29 10:00", "zh-TW", "週末", "2026-11-29 10:00", "2026-11-29 21:00"),
        # Hours without a day.
        ("2026-11-23 09:00", "zh-TW", "下午三點", "2026-11-23 15:00", "2026-11-23 15:30"),
        ("2026-11-23 17:00", "zh-TW", "下午三點", "2026-11-24 15:00", "2026-11-24 15:30"),
        ("2026-11-23 20:59", "zh-TW", "晚上", "2026-11-23 20:59", "2026-11-23 21:00"),
        ("2026-11-23 21:00", "zh-TW", "晚上", "2026-11-24 18:00", "2026-11-24 21:00"),
        ("2026-11-23 08:00", "zh-TW", "十點以後", "2026-11-23 10:00", "2026-11-23 21:00"),
        ("2026-11-23 23:50", "zh-TW", "半小時後", "2026-11-24 00:20", "2026-11-24 00:50"),
        ("2026-11-23 15:12", "zh-TW", "一個小時後", "2026-11-23 16:15", "2026-11-23 16:45"),
    ],
)
def test_at_the_edges_of_the_calendar(now: str, language: str, said: str, start: str, end: str) -> None:
    """Months, years, weeks and days that end are crossed as a person would cross them."""
    assert (_found(said, language, _at(now)) or ())[:2] == (start, end)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-27 10:00", "這禮拜三"),
        ("2026-11-23 19:00", "今天下午"),
        ("2026-11-23 22:00", "今天"),
        ("2027-02-01 10:00", "二月二十九號"),
        ("2026-11-23 15:10", "今天三點"),
        ("2026-11-30 22:00", "這個月底"),
    ],
)
def test_nothing_that_is_past_is_promised(now: str, said: str) -> None:
    """A time that was named and is over is not moved to another day by guessing."""
    assert _found(said, "zh-TW", _at(now)) is None


def test_wall_time_counts_when_clocks_change() -> None:
    """Ten in the morning is ten in the morning before and after the clocks change, and an hour is sixty minutes."""
    before_spring = datetime(2026, 3, 7, 15, 0, tzinfo=NEW_YORK)
    wanted = wanted_time("tomorrow at ten in the morning", "en-US", before_spring)
    assert wanted is not None
    assert wanted.start.astimezone(UTC) == datetime(2026, 3, 8, 14, 0, tzinfo=UTC)
    in_the_night = datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK)
    wanted = wanted_time("in an hour", "en-US", in_the_night)
    assert wanted is not None
    assert (wanted.start.hour, wanted.start.minute) == (3, 30)
    twice = datetime(2026, 11, 1, 0, 40, tzinfo=NEW_YORK)
    wanted = wanted_time("in two hours", "en-US", twice)
    assert wanted is not None
    assert wanted.start.astimezone(UTC) - twice.astimezone(UTC) == timedelta(hours=2)


def test_a_time_without_zone_is_refused() -> None:
    """Who gives no zone learns that one is needed."""
    with pytest.raises(ValueError, match="zone"):
        wanted_time("明天", "zh-TW", datetime(2026, 11, 23))  # noqa: DTZ001


_ZONES = st.sampled_from([TAIPEI, NEW_YORK, ZoneInfo("Europe/London")])
_FROM, _TO = datetime(2026, 1, 1), datetime(2029, 1, 1)  # noqa: DTZ001 - the zone is drawn as well
_NOW = st.datetimes(_FROM, _TO, timezones=_ZONES)


def _is_sound(wanted: WantedTime | None, now: datetime) -> bool:
    if wanted is None:
        return True
    start, end, given_at = (each.astimezone(UTC) for each in (wanted.start, wanted.end, now))
    return (
        wanted.start.tzinfo is not None
        and wanted.end.tzinfo is not None
        and given_at <= start < end <= given_at + timedelta(days=60)
    )


@given(st.sampled_from(SAID["zh-TW"]), _NOW)
def test_mandarin_windows_are_sound(said: str, now: datetime) -> None:
    """At any moment in any zone a window begins before it ends, is aware, not in the past and within sixty days."""
    assert _is_sound(wanted_time(said, "zh-TW", now), now)


@given(st.sampled_from(SAID["en-US"]), _NOW)
def test_english_windows_are_sound(said: str, now: datetime) -> None:
    """At any moment in any zone a window begins before it ends, is aware, not in the past and within sixty days."""
    assert _is_sound(wanted_time(said, "en-US", now), now)


_MANDARIN = (
    "明天 後天 下 禮拜 三 十 點 半 到 以後 以前 月 號 日 底 上午 下午 一 個 小時 後 "
    "過 兩 天 今 晚 不 要 , 99 7 : / 週 末 廿"
)
_ENGLISH = (
    "tomorrow next week friday at after to and between three ten thirty pm of the december 31st may in two hours "
    "days , morning noon or before half past 99 0 24 13 : /"
)
_WORDS = st.lists(st.sampled_from(_MANDARIN.split()), max_size=12).map("".join)
_ENGLISH_WORDS = st.lists(st.sampled_from(_ENGLISH.split()), max_size=12).map(" ".join)


@given(_WORDS | st.text(max_size=60), _ENGLISH_WORDS | st.text(max_size=60), _NOW)
def test_any_words_are_borne(mandarin: str, english: str, now: datetime) -> None:
    """No words raise an error, and none yields a window that is not sound."""
    for language in ("zh-TW", "en-US"):
        for said in (mandarin, english):
            assert _is_sound(wanted_time(said, language, now), now)


@pytest.mark.parametrize("unit", ["一二三四", "ﷺ", "明天下午三點", "one ", "no i meant "])
@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
def test_endless_words_cost_nothing(unit: str, language: str) -> None:
    """Five thousand characters, also such as are written out as eighteen, are read no further than anybody talks."""
    began = perf_counter()
    for read in (lambda text: wanted_time(text, language, MONDAY), lambda text: birth_date(text, language)):
        read((unit * 5000)[:5000])
    assert perf_counter() - began < 0.5
