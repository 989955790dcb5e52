"""Dates on the exchange's wire."""

from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from outbound.exchange.wire import rfc2822


@given(seconds=st.floats(-2e9, 7e9), zone=st.timezones(), gmt=st.booleans())
def test_dates_are_those_of_the_standard_library(seconds: float, zone: tzinfo, *, gmt: bool) -> None:
    """An instant of any zone is written in UTC, to the second, as RFC 2822 wants it."""
    instant = datetime.fromtimestamp(seconds, zone)
    assert rfc2822(instant, gmt=gmt) == format_datetime(instant.astimezone(UTC).replace(microsecond=0), usegmt=gmt)
