"""Hours of a company's service desk, as `companies.yaml` writes them, with the holidays of a calendar."""

from datetime import date, time
from itertools import combinations
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, field_validator

from outbound.adapters.files.hours import FileForm, HoursForm
from outbound.adapters.files.rules.calendars import read_calendars
from outbound.compliance.rules.calendar import Calendar
from outbound.domain.hours import OpenHours
from outbound.domain.service_desk import ServiceDesk
from outbound.usecases.problems import InputProblemError

_NO_HOLIDAYS = "none"
_MIDNIGHT = "24:00"


def _until_midnight(value: object) -> object:
    return time.max if value == _MIDNIGHT else value


class _DeskHoursForm(HoursForm):
    end: Annotated[time, BeforeValidator(_until_midnight)] = Field(alias="to")


class ServiceDeskForm(FileForm):
    """`zone` (IANA), `hours`, and `holidays`: a calendar's country, maybe with a part of it, or `none`."""

    zone: str
    hours: tuple[_DeskHoursForm, ...]
    holidays: str = Field(pattern="^([A-Z]{2}(-[A-Z0-9]{1,3})?|none)$")
    takes_transfers: bool = False

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("an IANA time zone such as Asia/Taipei")
        return value

    @field_validator("hours")
    @classmethod
    def _follow_one_another(cls, value: tuple[_DeskHoursForm, ...]) -> tuple[_DeskHoursForm, ...]:
        if not value:
            raise ValueError("at least one entry, or `service_desk: unknown`")
        for each in value:
            if each.end <= each.start:
                raise ValueError(
                    f"`to` must be later than `from` ({each.start:%H:%M}) on the same day; "
                    'hours past midnight are two entries: to: "24:00", and from: "00:00" on the next day'
                )
        for one, other in combinations([each.read() for each in value], 2):
            if one.weekdays & other.weekdays and one.start < other.end and other.start < one.end:
                raise ValueError("two entries overlap on one day; write each hour once")
        return value


def service_desk(form: ServiceDeskForm, calendars: Path, where: str) -> ServiceDesk:
    """Make the desk; `calendars` is the folder of the calendars, `where` names the setting in complaints.

    Raises `InputProblemError` for a calendar, or a part of its country, that there is not.
    """
    closed: set[date] = set()
    years: tuple[int, ...] | None = None
    if form.holidays != _NO_HOLIDAYS:
        code, _, part = form.holidays.partition("-")
        calendar = read_calendars(calendars, only={code}).get(code)
        if calendar is None:
            known = ", ".join(sorted(each.stem for each in calendars.glob("*.yaml"))) or "none"
            raise InputProblemError(f"{where}.holidays: there is no calendar {code} in {calendars}; known are {known}")
        if part and form.holidays not in calendar.parts:
            raise InputProblemError(
                f"{where}.holidays: calendar {code} knows no part {form.holidays}; write {code} for the whole country"
            )
        closed, years = _holidays(calendar, form.holidays), tuple(sorted(calendar.years))
    hours: tuple[OpenHours, ...] = tuple(each.read() for each in form.hours)
    return ServiceDesk(ZoneInfo(form.zone), hours, tuple(sorted(closed)), years, form.takes_transfers)


def _holidays(calendar: Calendar, place: str) -> set[date]:
    return {
        day
        for year in calendar.years.values()
        for day in (*year.everywhere, *year.regional)
        if day in year.everywhere or place in year.regional[day]
    }
