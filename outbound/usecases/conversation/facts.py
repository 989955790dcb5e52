"""What one call may know, worked out when somebody answers."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from outbound.dialogue.facts import Facts, PolicyFacts, VerifyBy
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact, ContactPolicy
from outbound.domain.language import spoken_language
from outbound.domain.policy import free_look_last_day

SLOW_FROM_AGE = 65
_DIGITS = 4

NextWorkingDay = Callable[[date], date | None]


def conversation_facts(
    contact: Contact,
    *,
    company: Company,
    campaign: Campaign,
    today: date | None,
    next_working_day: NextWorkingDay,
    callback_choices: tuple[tuple[datetime, datetime], ...] = (),
    person_choices: tuple[tuple[datetime, datetime], ...] = (),
    person_can_call: bool = False,
    zones: tuple[str, ...] = (),
    transfer_available: bool = False,
) -> Facts:
    """Put together what the call may know of the contact's due policies.

    `today` is the contact's local date, None when their zone is not known: then no right is said to run. `zones` are
    those in which the contact may be.
    """
    return Facts(
        company_name=company.spoken_name,
        hotline_spoken=company.hotline_spoken,
        hotline_number=company.hotline,
        self_service_spoken=company.self_service_spoken,
        full_name=contact.full_name,
        birth_date=contact.birth_date,
        policies=tuple(
            PolicyFacts(
                policy.product_name,
                last_digits(policy.policy_no),
                _running_free_look(policy, contact.region, campaign, today, next_working_day),
            )
            for policy in contact.due_policies
        ),
        callback_choices=callback_choices,
        language=spoken_language(contact.language, campaign.languages),
        person_choices=person_choices,
        person_can_call=person_can_call,
        zones=zones,
        transfer_available=transfer_available,
        verify_by=tuple(VerifyBy(each) for each in campaign.verification or company.verification),
        slow=is_elderly(contact.birth_date, today),
        senior=is_elderly(contact.birth_date, today),
    )


def local_day(now: datetime, zones: tuple[str, ...]) -> date | None:
    """Return the latest local date among the zones: a last day that has passed in one of them is not promised."""
    return max((now.astimezone(ZoneInfo(zone)).date() for zone in zones), default=None)


def agreed_digits(identities: Iterable[str]) -> str | None:
    """Return the last four digits of what records hold of an identity number; None when they contradict each other."""
    found = {digits for each in identities if (digits := last_digits(each)) is not None}
    return found.pop() if len(found) == 1 else None


def last_digits(number: str) -> str | None:
    """Return the last four digits of a number, as they are keyed; None when it has fewer."""
    digits = "".join(each for each in number if each in "0123456789")
    return digits[-_DIGITS:] if len(digits) >= _DIGITS else None


def is_elderly(birth_date: date | None, today: date | None) -> bool:
    """Whether the contact is 65 or older today, as far as is known."""
    if birth_date is None or today is None:
        return False
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday) >= SLOW_FROM_AGE


def _running_free_look(
    policy: ContactPolicy, region: str, campaign: Campaign, today: date | None, next_working_day: NextWorkingDay
) -> date | None:
    """Last day to cancel, where delivery is proved and the day has not passed.

    Taiwan: a period that ends on a rest day ends on the next working day (Civil Code, article 122). A calendar that
    does not say leaves the day unsaid: a wrong date would cost a right, an unsaid one is asked of a person.
    """
    days = campaign.free_look_days.get(region) or campaign.free_look_days.get(region.split("-", maxsplit=1)[0])
    if today is None or days is None or policy.delivered_on is None or policy.delivered_on > today:
        return None
    counted = free_look_last_day(policy.delivered_on, days)
    last = next_working_day(counted) if counted is not None else None
    return last if last is not None and last >= today else None
