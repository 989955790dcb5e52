"""Hours of a service desk are read with the holidays of their calendar, and mistakes are named with what to write."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from outbound.adapters.files.campaigns import load_companies
from outbound.domain.service_desk import ServiceDesk
from outbound.usecases.problems import InputProblemError
from tests.conftest import ROOT

SHIPPED = (ROOT / "config" / "companies.yaml").read_text(encoding="utf-8")
SECTION = SHIPPED[SHIPPED.index("  service_desk:\n") :]
CALENDARS = ROOT / "config" / "compliance" / "calendars"


def read(folder: Path, old: str = "", new: str = "") -> ServiceDesk | None:
    """The desk of the shipped company, with something else written."""
    assert old in SHIPPED
    path = folder / "companies.yaml"
    path.write_text(SHIPPED.replace(old, new) if old else SHIPPED, encoding="utf-8")
    return load_companies(path, CALENDARS)["formosa-life"].service_desk


def test_the_shipped_desk_keeps_office_hours_and_the_holidays_of_taiwan(tmp_path: Path) -> None:
    """Weekdays from nine to six in Taipei, closed on National Day and in the New Year's holidays."""
    desk = read(tmp_path)
    assert desk is not None
    assert [(sorted(each.weekdays), each.start, each.end) for each in desk.hours] == [
        ([1, 2, 3, 4, 5], time(9), time(18))
    ]
    assert {date(2026, 2, 17), date(2026, 10, 9)} <= set(desk.closed_on)
    assert desk.years_known == (2024, 2025, 2026, 2027)
    assert not desk.takes_transfers


def test_unknown_hours_are_no_hours(tmp_path: Path) -> None:
    """Who does not know says so, or says nothing: there is no desk then."""
    assert read(tmp_path, SECTION, "  service_desk: unknown\n") is None
    assert read(tmp_path, SECTION, "") is None


def test_a_part_of_a_country_has_its_own_holidays(tmp_path: Path) -> None:
    """A desk in Bavaria is closed on a day on which one in Germany is open."""
    everywhere, bavaria = (read(tmp_path, "holidays: TW", f"holidays: {place}") for place in ("DE", "DE-BY"))
    assert everywhere is not None
    assert bavaria is not None
    assert date(2026, 1, 6) in set(bavaria.closed_on) - set(everywhere.closed_on)


def test_a_desk_that_never_closes(tmp_path: Path) -> None:
    """From 00:00 to 24:00 without holidays is open at every instant, over midnight too."""
    desk = read(
        tmp_path,
        "holidays: TW              # a calendar of compliance/calendars, or none: these days are closed too\n"
        '    hours:\n      - {days: mon-fri, from: "09:00", to: "18:00"}',
        'holidays: none\n    hours:\n      - {days: mon-sun, from: "00:00", to: "24:00"}',
    )
    assert desk is not None
    start, end = datetime(2031, 2, 1, tzinfo=UTC), datetime(2031, 2, 20, tzinfo=UTC)
    assert list(desk.open_spans(start, end)) == [(start, end)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Asia/Taipei", "Asia/Taipai", r"formosa-life\.service_desk\.zone: 'Asia/Taipai' .* such as Asia/Taipei"),
        ("holidays: TW", "holidays: XX", r"service_desk\.holidays: there is no calendar XX in .*; known are AE, "),
        ("holidays: TW", "holidays: TW-QQQ", "calendar TW knows no part TW-QQQ; write TW for the whole country"),
        ("holidays: TW", "holidays: taiwan", r"service_desk\.holidays: 'taiwan' is not allowed"),
        ("    holidays: TW", "    # holidays: TW", r"service_desk\.holidays: Field required"),
        ("mon-fri", "fri-mon", r"hours\.0\.days: 'fri-mon' is not allowed: a day or a range in order"),
        ('to: "18:00"', 'to: "08:00"', r"`to` must be later than `from` \(09:00\) on the same day; .* two entries"),
        ('to: "18:00"', "to: 18:00", r"hours\.0\.to: 1080 is not allowed: a quoted time"),
        ('from: "09:00"', 'from: "25:00"', r"hours\.0\.from: '25:00' is not allowed"),
        ('"18:00"}', '"18:00"}\n      - {days: fri, from: "17:00", to: "20:00"}', "two entries overlap on one day"),
        ("takes_transfers: false", "takes_transfers: sometimes", r"service_desk\.takes_transfers: 'sometimes'"),
        ("    zone: Asia/Taipei\n", "    zone: Asia/Taipei\n    phone: 1\n", r"service_desk\.phone"),
        (
            '\n      - {days: mon-fri, from: "09:00", to: "18:00"}',
            " []",
            "at least one entry, or `service_desk: unknown`",
        ),
        (SECTION, "  service_desk: soon\n", "hours of its people .*, or unknown"),
        (SECTION, "  service_desk:\n", "hours of its people .*, or unknown"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Every setting that cannot be used is named with file, key, and what would be right."""
    with pytest.raises(InputProblemError, match=message):
        read(tmp_path, old, new)
