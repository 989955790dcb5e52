"""A person to try scripts with. Everything about her is invented; times of return calls lie after the call."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outbound.dialogue.facts import Facts, PolicyFacts
from outbound.dialogue.rehearsal.call import Window

ZONE = ZoneInfo("Asia/Taipei")
_DAYS_AHEAD = 7
_WORKDAYS = 5


def sample_facts(now: datetime) -> tuple[Facts, tuple[Window, ...]]:
    """Return the facts of a sample call at `now`, and the windows of the week after in which calls may be made.

    The birth date is 22 May, the policy number ends in 4321, the identity number in 6789.
    """
    today = now.astimezone(ZONE).date()
    days = [today + timedelta(days=each) for each in range(1, _DAYS_AHEAD + 1)]
    work = [day for day in days if day.isoweekday() <= _WORKDAYS]
    facts = Facts(
        company_name={"zh-TW": "安心人壽", "en-US": "Anxin Life"},
        hotline_spoken={"zh-TW": "零八零零，零零零，一二三", "en-US": "0 8 0 0, 0 0 0, 1 2 3"},
        hotline_number="+886800000123",
        self_service_spoken={"zh-TW": "安心人壽網站", "en-US": "the Anxin Life website"},
        full_name="王小明",
        birth_date=date(1948, 5, 22),
        policies=(PolicyFacts("安心終身壽險", "4321", today + timedelta(days=9)),),
        callback_choices=(_span(days[0], 10, 12), _span(days[0], 14, 16), _span(days[1], 19, 20)),
        person_choices=(_span(work[0], 10, 12), _span(work[0], 14, 16), _span(work[1], 15, 17)),
        person_can_call=True,
        zones=("Asia/Taipei",),
        id_digits="6789",
        can_text=True,
    )
    return facts, tuple(_span(day, 9, 18) for day in work)


def _span(day: date, start: int, end: int) -> Window:
    midnight = datetime.combine(day, time(), ZONE)
    return midnight.replace(hour=start), midnight.replace(hour=end)
