"""What stands against a call wherever the customer is, said although nobody knows where."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from outbound.compliance.evidence.replay import Standing, replay
from outbound.compliance.facts import (
    Check,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import decide
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.evidence.archives import archive_of, texts_of
from tests.compliance.gate.invented import codes
from tests.values import replace

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = ContactFacts("US", birth_date=date(1980, 1, 1), privacy_notice_on=date(2020, 1, 1))
OPTIONS = GateOptions(trust=Trust.ASSUMED, caller_number="+12025550100")
STOPPED = Suppression(SuppressionScope.EVERYTHING)


def asked(
    rulebook: Rulebook,
    contact: ContactFacts,
    history: History | None = None,
    call_class: CallClass = CallClass.SERVICE,
    **options: object,
) -> list[str]:
    """Return what stands against a call to somebody whose state is not known."""
    changed = replace(OPTIONS, **options)
    found = decide(contact, call_class, NOON, history or History(), rulebook, changed)
    assert (found.allowed, found.next_allowed, found.open_until) == (False, None, None)
    return codes(found)


def test_a_contact_without_a_place_is_told_every_reason_that_needs_none(rulebook: Rulebook) -> None:
    """Who adds the state learns at once what else stands in the way."""
    contact = replace(KNOWN, do_not_call=True, suppressions=(STOPPED,), privacy_notice_on=None)
    history = History(number_live=True, quiet_until=NOON + HOUR)
    every = ["place_unknown", "privacy_notice_missing", "do_not_call", "suppressed", "number_live", "quiet_days"]
    assert asked(rulebook, contact, history) == every
    assert asked(rulebook, replace(contact, region="XZ"), history) == ["pack_missing", *every[1:]]
    assert asked(rulebook, KNOWN) == ["place_unknown"]
    passed = replace(KNOWN, suppressions=(Suppression(SuppressionScope.EVERYTHING, False, NOON),))
    assert asked(rulebook, passed, History(quiet_until=NOON)) == ["place_unknown"]
    skipped = frozenset({Check.PRIVACY_NOTICE, Check.SUPPRESSION})
    assert asked(rulebook, contact, history, skip=skipped) == ["place_unknown", "number_live", "quiet_days"]


@pytest.mark.parametrize(
    ("call_class", "promotional", "why"),
    [
        (CallClass.SERVICE, False, None),
        (CallClass.SERVICE, True, "promotion"),
        (CallClass.TELEMARKETING, False, "marketing_call"),
    ],
)
def test_marketing_without_any_consent_is_refused_wherever_it_would_ring(
    rulebook: Rulebook, call_class: CallClass, promotional: bool, why: str | None
) -> None:
    """A consent of whatever date passes while nobody knows the customer's own date."""
    options = replace(OPTIONS, promotional=promotional)
    found = decide(KNOWN, call_class, NOON, History(), rulebook, options)
    assert [dict(r.details).get("why") for r in found.reasons] == [None, *([why] if why else [])]
    given = replace(KNOWN, consents=(ConsentEvidence("marketing", date(2030, 1, 1)),))
    assert codes(decide(given, call_class, NOON, History(), rulebook, options)) == ["place_unknown"]
    skip = frozenset({Check.MARKETING_CONSENT})
    assert asked(rulebook, KNOWN, None, call_class, promotional=promotional, skip=skip) == ["place_unknown"]


def test_an_instant_that_nothing_can_be_concluded_from_is_said_alone(rulebook: Rulebook) -> None:
    """Without an offset no date of a suppression can be compared with it."""
    contact = replace(KNOWN, do_not_call=True)
    found = decide(contact, CallClass.SERVICE, NOON.replace(tzinfo=None), History(), rulebook, OPTIONS)
    assert codes(found) == ["instant_without_offset", "place_unknown"]


def test_the_receipt_of_a_contact_without_a_place_is_evaluated_again(rulebook: Rulebook) -> None:
    """It holds what every one of the reasons rests on."""
    contact = replace(KNOWN, do_not_call=True, suppressions=(STOPPED,), privacy_notice_on=None)
    history = History(number_live=True, quiet_until=NOON + HOUR)
    found = decide(contact, CallClass.TELEMARKETING, NOON, history, rulebook, OPTIONS)
    assert len(found.reasons) == 7
    body = json.loads(json.dumps(found.receipt.body()))
    assert replay(body, archive_of(texts_of(rulebook)).rulebook_of).standing is Standing.PROVED
