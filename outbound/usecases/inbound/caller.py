"""Who rings, as far as the carrier tells: which company was rung, and for whom our last call to that number was."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.dialogue.apologies import DEFAULT_LANGUAGE
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import ContactState
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.disposition import Disposition
from outbound.planning.rang_back import FOLLOWED_UP
from outbound.usecases.inbound.sentences import NO_SERVICE
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.inbound import Rung

REMEMBERED = timedelta(days=30)
"""Who rings back later than this after our last call is a stranger to us."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_D = Disposition

NEVER_REACHED = frozenset(
    {
        "attempts_exhausted", "deadline_passed", *FOLLOWED_UP, _D.NO_ANSWER, _D.BUSY, _D.VOICEMAIL_LEFT, _D.NO_RESPONSE,
        _D.ABANDONED, _D.NOT_AVAILABLE, _D.CARRIER_FAILED,
    }
)  # fmt: skip
"""Why a contact may be closed to whom nothing was told: when they ring, what they were due is due again."""

_WITH_THE_PLANNER = frozenset({ContactState.OPEN, ContactState.PLANNED})


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """A call that comes in as the carrier describes it: its `sid`, who rings (maybe nobody says) and what was rung."""

    sid: str
    from_: str = field(repr=False)
    to: str


class Caller(Struct, frozen=True):
    """The company that was rung (None: no company has this number), the caller's number, our last call to it."""

    company: Company | None
    number_index: str | None
    rung: Rung | None

    def languages(self) -> tuple[str, ...]:
        """Return in which languages to speak: all that there are, since nobody may hear that we know theirs."""
        return tuple(sorted(NO_SERVICE, key=lambda tag: tag != DEFAULT_LANGUAGE))


class InboundTerms(Struct, frozen=True):
    """What the end of a call that came in is settled with: companies, campaigns and scripts."""

    companies: Mapping[str, Company]
    campaigns: Mapping[str, Campaign]
    scripts: ScriptCatalogue
    identifiers: Identifiers


def company_rung(companies: Mapping[str, Company], number: str) -> Company | None:
    """Return the company that shows this number when it calls."""
    return next((each for each in companies.values() if each.caller_number == number), None)


def recognise(
    work: UnitOfWork, store: Store, request: InboundRequest, companies: Mapping[str, Company], now: datetime
) -> Caller:
    """Find out who rings. A number that is withheld, or is none, belongs to nobody."""
    company = company_rung(companies, request.to)
    index = store.number_index(request.from_) if _E164.fullmatch(request.from_) else None
    if company is None or index is None:
        return Caller(company, index, None)
    return Caller(company, index, work.inbound.rung_last(company.id, index, now - REMEMBERED))


def is_planned(rung: Rung) -> bool:
    """Whether the robot still means to call."""
    return rung.state in _WITH_THE_PLANNER


def was_never_reached(rung: Rung) -> bool:
    """Whether the robot gave up without having told anything."""
    return rung.state is ContactState.DONE and rung.reason in NEVER_REACHED
