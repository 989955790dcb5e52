"""A receipt's body read back into the question that it answers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from outbound.compliance.facts import (
    BlockedArea,
    Check,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    PlaceSource,
    Stage,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.rules.pack import Layer, Line, Segment
from outbound.compliance.rules.rulebook import Trust
from outbound.compliance.situation import ELDER_AGE
from outbound.domain.call_class import CallClass


class Question(Struct, frozen=True):
    """What the gate was asked."""

    contact: ContactFacts
    call_class: CallClass
    instant: datetime
    history: History
    options: GateOptions


def question_of(body: Mapping[str, Any]) -> Question:
    """Rebuild the question of a receipt of the present format.

    Raises LookupError, TypeError, ValueError or AttributeError where the body is no such receipt.
    """
    return Question(
        contact=_contact(body),
        call_class=CallClass(body["call_class"]["asked"]),
        instant=datetime.fromisoformat(body["instant"]),
        history=_history(body),
        options=_options(body),
    )


def _contact(body: Mapping[str, Any]) -> ContactFacts:
    place, notice, chosen = body["place"], body["privacy_notice_on"], body["chosen"]
    return ContactFacts(
        region=place["region"],
        stated_zone=place["stated_zone"],
        number_zones=tuple(place["number_zones"]),
        birth_date=birth_date_for(body["segments"]),
        line=Line(body["line"]),
        privacy_notice_on=None if notice is None else date.fromisoformat(notice),
        consents=tuple(
            ConsentEvidence(c["purpose"], None if c["given_on"] is None else date.fromisoformat(c["given_on"]))
            for c in body["consents"]
        ),
        do_not_call=body["do_not_call"],
        chosen=None if chosen is None else ChosenWindow(*(datetime.fromisoformat(each) for each in chosen)),
        suppressions=tuple(
            Suppression(SuppressionScope(s["scope"]), s["refusal"], _instant(s["until"])) for s in body["suppressions"]
        ),
        place_source=PlaceSource(place["source"]),
    )


def birth_date_for(segments: Mapping[str, str]) -> date | None:
    """Return a birth date that gives these segments on these dates; None, which counts as an elder, where it must.

    The receipt holds no birth date. Only in a call that two dates at once concern, one of them the 65th birthday, does
    it show on which day a person turned 65.
    """
    by_day = {date.fromisoformat(day): Segment(segment) for day, segment in segments.items()}
    elder = [day for day, segment in by_day.items() if segment is Segment.ELDER]
    general = [day for day, segment in by_day.items() if segment is Segment.GENERAL]
    if not general:
        return None
    return min(elder).replace(year=min(elder).year - ELDER_AGE) if elder else min(general)


def _history(body: Mapping[str, Any]) -> History:
    attempts = body["attempts"]
    return History(
        number_attempts=tuple(datetime.fromisoformat(each) for each in attempts["number"]),
        contact_attempts=tuple(datetime.fromisoformat(each) for each in attempts["contact"]),
        number_live=attempts["number_live"],
        quiet_until=_instant(body["quiet_until"]),
        refusals=tuple(datetime.fromisoformat(each) for each in body["refusals"]),
    )


def _options(body: Mapping[str, Any]) -> GateOptions:
    return GateOptions(
        trust=Trust(body["trust"]),
        promotional=body["promotional"],
        caller_number=body["caller_number"],
        ring_seconds=body["ring_seconds"],
        script_seconds=body["script_seconds"],
        blocked_areas=tuple(
            BlockedArea(a["code"], _instant(a["since"]), _instant(a["until"])) for a in body["blocked_areas"]
        ),
        stage=Stage(body["stage"]),
        layers=frozenset(Layer(each) for each in body["layers"]),
        skip=frozenset(Check(each) for each in body["not_evaluated"]),
        find_next=False,
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
