"""Every outcome, and everything that waits for a person, has a name in both languages."""

import pytest

from outbound.cli.why.words import REASONS, WHO
from outbound.domain.outcome.disposition import NEEDS_A_PERSON, Disposition
from outbound.domain.outcome.inbox import DUE_WITHIN, InboxKind
from outbound.simulation.ledger import _FOR_A_PERSON
from outbound.simulation.reporting.labels import LABELS


@pytest.mark.parametrize("code", [*Disposition, *InboxKind])
def test_what_people_are_told_has_words(code: str) -> None:
    """Traditional Chinese and English, neither empty."""
    assert all(REASONS[code])


@pytest.mark.parametrize("code", [Disposition.DECEASED, InboxKind.CORRECTION, InboxKind.DEATH])
def test_the_report_names_it(code: str) -> None:
    """The report of a run shows no bare code for what a conversation may come to."""
    assert code in LABELS


def test_every_kind_has_its_clock() -> None:
    """Nothing waits without an end."""
    assert set(DUE_WITHIN) == set(InboxKind)


def test_whoever_needs_a_person_is_looked_for_in_the_inbox() -> None:
    """The companion of the judge knows every outcome after which a person is owed."""
    assert _FOR_A_PERSON == NEEDS_A_PERSON


def test_a_death_is_not_told_as_the_customer_s_own_word() -> None:
    """Somebody else says it."""
    assert "whoever" in WHO["whoever_answered"][1]
