"""Which times may be offered for a return call."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.domain.campaign import Campaign
from outbound.planning.promised import Window
from outbound.usecases.conversation.windows import offer_windows
from tests.conftest import MONDAY_TEN
from tests.values import replace

TAIPEI = ZoneInfo("Asia/Taipei")
FRIDAY_EVENING = datetime(2026, 11, 20, 11, 10, tzinfo=UTC)


def always(instant: datetime, _window: Window) -> datetime:
    """Everything is lawful."""
    return instant + timedelta(days=1)


def spoken(windows: tuple[Window, ...]) -> list[str]:
    """Day and hours of windows in local time."""
    return [f"{start:%a %H:%M}-{end:%H:%M}" for start, end in windows]


def test_two_today_and_one_tomorrow(campaign: Campaign) -> None:
    """From ten in the morning: the rest of it, the afternoon, and the next morning."""
    found = offer_windows(campaign=campaign, zone=TAIPEI, now=MONDAY_TEN, lawful_until=always, promised={})
    assert spoken(found) == ["Mon 11:00-12:00", "Mon 13:00-18:00", "Tue 09:30-12:00"]


def test_who_was_rung_twice_today_is_offered_later_days(campaign: Campaign) -> None:
    """The next two windows are tomorrow's, the third the day after."""
    found = offer_windows(
        campaign=campaign, zone=TAIPEI, now=MONDAY_TEN, lawful_until=always, promised={}, not_today=True
    )
    assert spoken(found) == ["Tue 09:30-12:00", "Tue 13:00-18:00", "Wed 09:30-12:00"]


def test_campaign_hours_bind(campaign: Campaign) -> None:
    """On Friday evening the next windows are Saturday's, as long as it is open, and Monday's."""
    found = offer_windows(campaign=campaign, zone=TAIPEI, now=FRIDAY_EVENING, lawful_until=always, promised={})
    assert spoken(found) == ["Sat 10:00-12:00", "Sat 13:00-17:30", "Mon 09:30-12:00"]


def test_windows_are_cut_to_what_is_lawful(campaign: Campaign) -> None:
    """A window begins and ends where a call may start; what is shorter than an hour is not offered."""

    def lawful(instant: datetime, _window: Window) -> datetime | None:
        local = instant.astimezone(TAIPEI)
        return instant + timedelta(seconds=1) if local.day == 17 and 11 <= local.hour < 16 else None

    found = offer_windows(campaign=campaign, zone=TAIPEI, now=MONDAY_TEN, lawful_until=lawful, promised={})
    assert spoken(found) == ["Tue 11:00-12:00", "Tue 13:00-16:00"]


def test_only_what_can_be_kept_is_promised(campaign: Campaign) -> None:
    """A window of which a quarter of the capacity is promised is not offered any more."""
    small = replace(campaign, pacing=replace(campaign.pacing, slot_capacity=4))
    eleven = MONDAY_TEN + timedelta(hours=1)
    noon = eleven + timedelta(hours=1)
    one, two = {(eleven, noon): 1}, {(eleven, noon): 2}
    offered = [
        spoken(offer_windows(campaign=small, zone=TAIPEI, now=MONDAY_TEN, lawful_until=always, promised=promised))[0]
        for promised in (one, two)
    ]
    assert offered == ["Mon 11:00-12:00", "Mon 13:00-18:00"]


def test_nothing_lawful_is_nothing_offered(campaign: Campaign) -> None:
    """Where no instant is lawful, no window is offered."""
    found = offer_windows(campaign=campaign, zone=TAIPEI, now=MONDAY_TEN, lawful_until=lambda _i, _w: None, promised={})
    assert found == ()


def test_an_end_that_the_beginning_reaches_is_not_looked_at_again(campaign: Campaign) -> None:
    """Whether its last quarter is lawful is asked only of a window whose beginning is not known to last so long."""
    asked: list[datetime] = []

    def lawful(instant: datetime, _window: Window) -> datetime:
        asked.append(instant)
        return instant + timedelta(hours=2)

    found = offer_windows(campaign=campaign, zone=TAIPEI, now=MONDAY_TEN, lawful_until=lawful, promised={})
    assert spoken(found) == ["Mon 11:00-12:00", "Mon 13:00-18:00", "Tue 09:30-12:00"]
    hours = [f"{instant.astimezone(TAIPEI):%a %H:%M}" for instant in asked]
    assert hours == ["Mon 11:00", "Mon 13:00", "Mon 17:45", "Tue 09:30", "Tue 11:45"]
