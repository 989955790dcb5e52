"""The very second and the very day on which an answer changes, and every instant that a question may hold."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.facts import (
    BlockedArea,
    ChosenWindow,
    GateOptions,
    History,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import Decision
from outbound.compliance.rules.pack import (
    DialGuard,
    Subdivision,
)
from tests.compliance.gate.invented import OPTIONS, ask, book, codes, layer
from tests.values import replace

HOURS = layer((540, 1200))
NOON = "2026-05-05T12:00:00+02:00"
AWARE, NAIVE = datetime(2026, 5, 5, 10, tzinfo=UTC), datetime(2026, 5, 5, 10)  # noqa: DTZ001  that is the point
LATER = AWARE + timedelta(days=1)
SECOND = timedelta(seconds=1)


def opens_again(found: Decision) -> str | None:
    """Return the next lawful instant in summer time of the invented country."""
    return None if found.next_allowed is None else (found.next_allowed + timedelta(hours=2)).strftime("%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("history", "facts", "areas"),
    [
        (History(number_attempts=(AWARE, NAIVE)), {}, ()),
        (History(contact_attempts=(AWARE, NAIVE)), {}, ()),
        (History(refusals=(AWARE, NAIVE)), {}, ()),
        (History(quiet_until=NAIVE), {}, ()),
        (History(), {"chosen": ChosenWindow(NAIVE, LATER)}, ()),
        (History(), {"chosen": ChosenWindow(AWARE, NAIVE)}, ()),
        (History(refusals=(NAIVE,)), {"chosen": ChosenWindow(AWARE, LATER)}, ()),
        (History(), {"suppressions": (Suppression(SuppressionScope.MARKETING, until=NAIVE),)}, ()),
        (History(), {}, (BlockedArea("XK"), BlockedArea("XZ", NAIVE))),
        (History(), {}, (BlockedArea("XZ", AWARE, NAIVE),)),
    ],
)
def test_an_instant_without_offset_anywhere_in_the_question_is_told(
    history: History, facts: dict[str, object], areas: tuple[BlockedArea, ...]
) -> None:
    """Whichever instant it is, and whatever else the question holds, nothing can be concluded from it."""
    found = ask(book(HOURS), NOON, history, options=replace(OPTIONS, blocked_areas=areas), **facts)
    assert codes(found) == ["instant_without_offset"]
    assert not found.allowed


@pytest.mark.parametrize(
    ("year", "expected"),
    [(1970, ["instant_out_of_range"]), (1971, []), (8999, []), (9000, ["instant_out_of_range"])],
)
def test_years_that_can_be_judged_lie_between_1970_and_9000(year: int, expected: list[str]) -> None:
    """Both years themselves are outside, wherever in the question the instant stands."""
    assert codes(ask(book(HOURS), f"{year}-06-01T12:00+02:00", privacy_notice_on=date(1970, 1, 1))) == expected
    long_ago = History(contact_attempts=(datetime(year, 6, 1, tzinfo=UTC),))
    assert codes(ask(book(HOURS), NOON, long_ago)) == expected


def test_the_receipt_says_when_the_call_may_start_and_until_when() -> None:
    """Next lawful instant and end of the open time stand in the receipt as in the answer, in UTC."""
    refused = ask(book(HOURS), "2026-05-05T21:00+02:00")
    assert (refused.receipt.body()["next_allowed"], refused.receipt.body()["open_until"]) == (
        "2026-05-06T07:00:00+00:00",
        None,
    )
    allowed = ask(book(HOURS), NOON)
    assert (allowed.next_allowed, allowed.receipt.body()["next_allowed"]) == (AWARE, "2026-05-05T10:00:00+00:00")
    assert allowed.receipt.body()["open_until"] == "2026-05-05T17:55:00+00:00"


@pytest.mark.parametrize(
    ("guard", "ring", "script", "seconds"),
    [
        (DialGuard(), None, None, 300),
        (DialGuard(10, 40, 180), None, None, 220),
        (DialGuard(10, 40, 180), 60, None, 240),
        (DialGuard(10, 40, 180), None, 300, 340),
        (DialGuard(10, 40, 180), 0, 0, 10),
        (DialGuard(10, 40, 180), 4, 7, 11),
    ],
)
def test_the_guard_is_what_ringing_and_script_take_and_never_less_than_the_least(
    guard: DialGuard, ring: int | None, script: int | None, seconds: int
) -> None:
    """The campaign's own seconds count where it has them, none at all too; else those of the pack."""
    options = replace(OPTIONS, ring_seconds=ring, script_seconds=script)
    found = ask(book(HOURS, guard=guard), NOON, options=options)
    assert found.open_until == datetime(2026, 5, 5, 18, tzinfo=UTC) - timedelta(seconds=seconds)
    assert found.receipt.body()["guard_seconds"] == seconds


@pytest.mark.parametrize(
    ("since", "until", "at", "allowed"),
    [
        ("15:00:00", None, "14:59:59", True),
        ("15:00:00", None, "15:00:00", False),
        ("15:00:00.5", None, "14:59:59", True),
        ("15:00:00.5", None, "15:00:00", False),
        (None, "15:00:00", "14:59:59", False),
        (None, "15:00:00", "15:00:00", True),
        (None, "15:00:00.5", "15:00:00", False),
        (None, "15:00:00.5", "15:00:01", True),
        (None, None, "15:00:00", False),
    ],
)
def test_an_area_is_suspended_in_every_second_that_the_suspension_touches(
    since: str | None, until: str | None, at: str, allowed: bool
) -> None:
    """A second in which it begins or has not quite ended is suspended; without an end it lasts."""
    bounds = [None if t is None else datetime.fromisoformat(f"2026-05-05T{t}+02:00") for t in (since, until)]
    options = replace(OPTIONS, blocked_areas=(BlockedArea("XK", *bounds),))
    assert ask(book(HOURS), f"2026-05-05T{at}+02:00", options=options).allowed is allowed


@pytest.mark.parametrize(
    ("code", "region", "blocked"),
    [
        ("XK", "XK", True),
        ("XK", "XK-N", True),
        ("XK-N", "XK", True),
        ("XK-N", "XK-N", True),
        ("XK-N", "XK-S", False),
        ("XK-N", "XK-NN", False),
        ("XK-NN", "XK-N", False),
        ("X", "XK", False),
    ],
)
def test_a_suspended_area_stops_what_may_lie_in_it(code: str, region: str, blocked: bool) -> None:
    """The same code, one around it or a part of it; codes that only begin alike are other places."""
    parts = {part: Subdivision(("Europe/Belgrade",)) for part in ("XK-N", "XK-S", "XK-NN")}
    options = replace(OPTIONS, blocked_areas=(BlockedArea(code),))
    found = ask(book(HOURS, subdivisions=parts), NOON, options=options, region=region)
    assert codes(found) == (["area_blocked"] if blocked else [])


def test_the_search_looks_as_far_as_the_horizon_and_no_further() -> None:
    """What opens in the last second of the horizon is named, what opens a second later is not."""
    rules = book(layer((540, 1200), (1380, 1440)))

    def after(days: int, until: str) -> str | None:
        options: GateOptions = replace(OPTIONS, horizon_days=days)
        quiet = History(quiet_until=datetime.fromisoformat(f"2026-05-{until}+02:00"))
        return opens_again(ask(rules, NOON, quiet, options=options))

    assert after(2, "07T12:00:00") == "05-07T12:00:00"
    assert after(2, "07T12:00:01") is None
    assert after(3, "07T12:00:01") == "05-07T12:00:01"
    assert after(1, "05T12:00:01") == "05-05T12:00:01"


def test_an_open_gate_looks_no_further_than_the_horizon() -> None:
    """Where nothing closes, the horizon is named."""
    found = ask(book(layer((0, 1440))), NOON, options=replace(OPTIONS, horizon_days=3))
    assert found.open_until == AWARE + timedelta(days=3)
