"""What holds for every instant, contact and history, in every jurisdiction that is shipped."""

import json
from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.compliance.facts import (
    ChosenWindow,
    ContactFacts,
    GateOptions,
    History,
    Stage,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import asked_again, decide
from outbound.compliance.rules.pack import PACK_LAYERS
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.questions import questions
from tests.values import replace

few = settings(max_examples=80, deadline=None)
some = settings(max_examples=100, deadline=None)
SECOND, QUARTER = timedelta(seconds=1), timedelta(minutes=15)


@few
@given(data=st.data())
def test_next_allowed_is_allowed_and_nothing_earlier_is(rulebook: Rulebook, data: st.DataObject) -> None:
    """The next instant is lawful; the second before it, quarters of an hour and others before it are not."""
    question = data.draw(questions(rulebook))
    found = decide(
        question.contact, question.call_class, question.at, question.history, rulebook, question.options
    ).next_allowed
    end = question.at + timedelta(days=40) if found is None else found
    if found is not None:
        assert question.yes(rulebook, found)
    before = [question.at + QUARTER * step for step in range(100)]
    seconds = int((end - question.at).total_seconds())
    before += [question.at + SECOND * n for n in data.draw(st.lists(st.integers(0, max(seconds, 1)), max_size=20))]
    assert not any(question.yes(rulebook, at) for at in [*before, end - SECOND] if question.at <= at < end)


@some
@given(data=st.data())
def test_the_gate_stays_open_until_it_says_it_closes(rulebook: Rulebook, data: st.DataObject) -> None:
    """From an allowed instant every later one is allowed until the closing that was named, and that one is refused."""
    question = data.draw(questions(rulebook))
    found = question.ask(rulebook, horizon_days=3)
    assert (found.open_until is not None) == found.allowed
    if found.open_until is None:
        return
    length = int((found.open_until - question.at).total_seconds())
    assert length > 0
    between = data.draw(st.lists(st.integers(0, length - 1), max_size=6))
    assert all(question.yes(rulebook, question.at + SECOND * seconds) for seconds in [*between, length - 1])
    assert question.yes(rulebook, found.open_until) == (length == 3 * 86_400)


@some
@given(data=st.data(), offset=st.integers(-720, 720))
def test_a_decision_does_not_depend_on_how_the_instant_is_written(
    rulebook: Rulebook, data: st.DataObject, offset: int
) -> None:
    """The same instant with another offset gives the same reasons, the same next instant and the same closing."""
    question = data.draw(questions(rulebook))
    first = question.ask(rulebook)
    second = question.ask(rulebook, question.at.astimezone(timezone(timedelta(minutes=offset))))
    assert (first.reasons, first.next_allowed, first.open_until) == (
        second.reasons,
        second.next_allowed,
        second.open_until,
    )


@some
@given(data=st.data(), layer=st.sampled_from(sorted(PACK_LAYERS)))
def test_adding_a_layer_never_allows_more(rulebook: Rulebook, data: st.DataObject, layer: str) -> None:
    """What is refused with fewer layers is refused with more."""
    question = data.draw(questions(rulebook))
    layers = question.options.layers
    more = question.ask(rulebook, layers=layers | {layer}, find_next=False)
    assert not more.allowed or question.ask(rulebook, layers=layers - {layer}, find_next=False).allowed


@some
@given(data=st.data(), zone=st.sampled_from(["Asia/Tokyo", "America/Chicago", "Europe/London", "Pacific/Kiritimati"]))
def test_a_further_zone_never_allows_more(rulebook: Rulebook, data: st.DataObject, zone: str) -> None:
    """A zone in which the number could be only narrows."""
    question = data.draw(questions(rulebook))
    numbers = (*question.contact.number_zones, zone)
    wider = replace(question, contact=replace(question.contact, number_zones=numbers))
    assert not wider.yes(rulebook) or question.yes(rulebook)


@some
@given(data=st.data())
def test_less_consent_never_allows_more(rulebook: Rulebook, data: st.DataObject) -> None:
    """Whatever consent is taken away, nothing that was refused becomes lawful."""
    question = data.draw(questions(rulebook))
    less = tuple(consent for consent in question.contact.consents if data.draw(st.booleans()))
    poorer = replace(question, contact=replace(question.contact, consents=less))
    assert not poorer.yes(rulebook) or question.yes(rulebook)


moments = st.one_of(
    st.datetimes(),
    st.datetimes(datetime(1971, 1, 1), datetime(8999, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
)
names = st.one_of(st.sampled_from(["TW", "US-MS", "FR", "fr", "", "RE", "ZZ", "TW-TPE"]), st.text(max_size=8))
zones = st.one_of(st.sampled_from(["Asia/Taipei", "Asia", "../x", "UTC", "US/Central"]), st.text(max_size=8))


@st.composite
def oddities(draw: st.DrawFn) -> ContactFacts:
    """Draw facts that nobody checked."""
    return ContactFacts(
        region=draw(st.none() | names),
        stated_zone=draw(st.none() | zones),
        number_zones=tuple(draw(st.lists(zones, max_size=2))),
        birth_date=draw(st.none() | st.dates()),
        privacy_notice_on=draw(st.none() | st.dates()),
        chosen=draw(st.none() | st.builds(ChosenWindow, moments, moments)),
        suppressions=(Suppression(SuppressionScope.MARKETING, is_refusal=False, until=draw(st.none() | moments)),),
    )


@some
@given(contact=oddities(), at=moments, refused=moments, call_class=st.sampled_from(CallClass))
def test_the_gate_answers_whatever_it_is_asked(
    rulebook: Rulebook, contact: ContactFacts, at: datetime, refused: datetime, call_class: CallClass
) -> None:
    """Facts that nobody checked are answered with a decision and with reasons in words, never with an exception."""
    options = GateOptions(trust=Trust.ASSUMED, caller_number="anonymous", horizon_days=2)
    found = decide(contact, call_class, at, History(refusals=(refused,)), rulebook, options)
    assert found.allowed == (not found.reasons)
    assert all(reason.text_in("zh-TW") and reason.text for reason in found.reasons)


@some
@given(data=st.data())
def test_a_receipt_survives_json(rulebook: Rulebook, data: st.DataObject) -> None:
    """A receipt is the same after a round trip through JSON, says the result, and holds no birth date."""
    question = data.draw(questions(rulebook))
    found = question.ask(rulebook)
    body = found.receipt.body()
    text = json.dumps(body, ensure_ascii=False)
    assert json.loads(text) == body
    assert body["result"] == ("allowed" if found.allowed else "refused")
    assert [r["code"] for r in body["reasons"]] == [r.code for r in found.reasons]
    born = question.contact.birth_date
    assert born is None or f'"{born.isoformat()}"' not in text


@some
@given(data=st.data())
def test_asked_again_within_the_second_it_says_what_it_would_have_said(rulebook: Rulebook, data: st.DataObject) -> None:
    """What is taken from the first answer is the second answer, receipt and all; else there is nothing to take."""
    question = data.draw(questions(rulebook))
    first = question.ask(rulebook, stage=Stage.RESERVATION)
    later = question.at + timedelta(microseconds=data.draw(st.integers(-1, 1_500_000)))
    known = asked_again(first, later, Stage.CARRIER)
    is_same_second = later >= question.at and later.replace(microsecond=0) == question.at.replace(microsecond=0)
    assert (known is not None) == (first.allowed and is_same_second)
    if known is not None:
        worked_out = question.ask(rulebook, later, stage=Stage.CARRIER)
        assert known == worked_out
        assert known.receipt.body() == worked_out.receipt.body()
