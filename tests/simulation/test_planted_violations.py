"""The judge can see: each kind of breach is planted into the product itself, and the judge names that law.

Every plant switches off one of the product's own safeguards in a real run of two days in virtual time; nothing is
written into the log or the records by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from outbound.adapters.files.messages import MessageTexts
from outbound.adapters.sql.desk import SqlDesk
from outbound.adapters.sql.outcomes import SqlOutcomes
from outbound.adapters.sql.schema import outbox
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.voice import SqlVoice
from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.bootstrap import House
from outbound.domain.campaign import OpenHours, RetryRule
from outbound.domain.contact import ContactState
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import Callee, Population, Profile, Resident, Unanswered
from outbound.settings import home
from outbound.simulation.agenda import Errand, Rhythm
from outbound.simulation.clock import VirtualClock
from outbound.simulation.faults.receiver import Receiver
from outbound.simulation.invented.personas import person
from outbound.simulation.judge import LAWS, Instructions, StopOrder, Violation, judge_files
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from outbound.usecases.dialling.cancel_queued import CancelReport
from outbound.usecases.ports.carrier import Ambiguous
from outbound.web.voice.desk import VoiceDesk
from tests.torture.people import People
from tests.torture.scenario import TAIPEI, Scenario, draw
from tests.torture.workshop import Workshop
from tests.values import replace

MONDAY = datetime(2026, 11, 23, tzinfo=TAIPEI)
PRODUCT = "安心終身壽險"
CAP = 2
FACTS = {"birth": "0528", "tail": "0077", "score": "8", "ten": "1"}
NOBODY = Profile(unanswered={Unanswered.NO_ANSWER: 1.0})
AT_HOME = Profile(otherwise=1.0, rings=(3.0, 6.0))
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Stage:
    """What a plant needs around it: how people are, what goes wrong, what is ordered, how many dials are allowed.

    `attempts` is what the product believes, `lawful_attempts` what the judge is told.
    """

    trait: str = "cooperative"
    profile: Profile = AT_HOME
    faults: Mapping[str, float] = field(default_factory=dict)
    stops: tuple[StopOrder, ...] = ()
    shared_number: bool = False
    attempts: int = CAP
    lawful_attempts: int = CAP
    file_every: timedelta = timedelta(hours=1)
    happening: Callable[[House], Sequence[Errand]] = lambda _house: ()


def people(*, shared_number: bool) -> People:
    """Six people of 46 in Taipei, each with a policy; two of them may have one number."""
    rows = [
        {
            "policy_no": f"L1150000{index}77", "product_name": PRODUCT, "issued_on": "2026-11-18",
            "delivered_on": "2026-11-19", "customer_id": f"C{index}", "full_name": "王試明",
            "birth_date": "1980-05-28", "phone": f"+88694000000{0 if shared_number and index < 2 else index}",
            "language": "zh-TW", "region": "TW-TPE", "time_zone": "Asia/Taipei", "privacy_notice_on": "2026-11-10",
            "consents": "service_call;automated_voice", "do_not_call": "N",
        }
        for index in range(6)
    ]  # fmt: skip
    return People(rows, [row["phone"] for row in rows], ["TW-TPE"])


def staged(stage: Stage, workshop: Workshop) -> Scenario:
    """The scenario of a stage: two working days, round the clock but for the rules, quick retries."""
    campaign = replace(
        workshop.campaign,
        hours=(OpenHours(frozenset(range(1, 8)), MONDAY.time(), MONDAY.time().replace(hour=23, minute=59)),),
        max_attempts=stage.attempts,
        retries=dict.fromkeys(workshop.campaign.retries, RetryRule((2.0,) * 8)),
        pacing=replace(workshop.campaign.pacing, calls_per_second=2.0),
    )
    return replace(
        draw(1, workshop.campaign),
        start=MONDAY, days=2, people=people(shared_number=stage.shared_number), campaign=campaign,
        trunk_calls_per_second=2.0, trunk_max_live=None,
        faults=Faults(stage.faults, seed=5, until=MONDAY + timedelta(days=2)),
        rhythm=Rhythm(file=stage.file_every),
    )  # fmt: skip


def lived(stage: Stage, workshop: Workshop, folder: Path) -> list[Violation]:
    """Live the stage and judge it from its files."""
    scenario = staged(stage, workshop)
    resident = {
        row["phone"]: Callee(stage.profile, (Resident(person(stage.trait, "zh-TW"), FACTS),))
        for row in scenario.people.rows
    }
    clock = VirtualClock(MONDAY)
    house = workshop.house(scenario, clock)
    folder.mkdir()
    scenario.people.write(folder / "policies.csv")
    orders = replace(scenario.orders, stops=stage.stops, closures=(), refusals=())
    try:
        simulate(
            house, clock, Plan(folder / "policies.csv", MONDAY, 2, 5, scenario.campaign.id),
            population=Population(resident), faults=scenario.faults if stage.faults else None,
            happenings=[*orders.errands(house), *stage.happening(house)], rhythm=scenario.rhythm,
            outputs=Outputs(folder / "log.jsonl", folder / "records.jsonl"),
        )  # fmt: skip
    finally:
        house.store.engine.dispose()
    return judge_files(
        folder / "log.jsonl", folder / "records.jsonl", folder / "policies.csv",
        rules=home() / "config" / "compliance", max_attempts=stage.lawful_attempts,
        instructions=Instructions(stage.stops),
    )  # fmt: skip


def dials_again(patch: pytest.MonkeyPatch) -> None:
    """A carrier's adapter that repeats an order when its fate is not known, and hangs up no second call."""
    order = TwilioCarrier.create_call

    def twice(self: TwilioCarrier, wanted: Any) -> Any:
        answer = order(self, wanted)
        return order(self, wanted) if isinstance(answer, Ambiguous) else answer

    patch.setattr(TwilioCarrier, "create_call", twice)
    patch.setattr(TwilioCarrier, "cancel_or_hang_up", lambda _self, _sid: True)


def forgets_numbers(patch: pytest.MonkeyPatch) -> None:
    """A blind index that differs each time: to the unique index one number looks like two."""
    serial = count()
    patch.setattr(SqlStore, "number_index", lambda _self, _number: f"{next(serial):032x}")


def leaves_the_queue(patch: pytest.MonkeyPatch) -> None:
    """A slow carrier, and nobody takes back at closing time what it still holds."""
    patch.setattr("outbound.simulation.simulate.carrier_rate", lambda _house: 1 / 14_400)
    patch.setattr("outbound.work.cancel_queued", lambda *_args, **_kwargs: CancelReport())


def counts_nothing(_patch: pytest.MonkeyPatch) -> None:
    """The product's campaign allows nine dials where one is lawful: see the stage."""


def drops_records(patch: pytest.MonkeyPatch) -> None:
    """Rows vanish from the outbox before they are filed: see the stage."""


def files_without_key(patch: pytest.MonkeyPatch) -> None:
    """A receiver that does not look at the idempotency key."""
    serial, take = count(), Receiver.take
    patch.setattr(Receiver, "take", lambda self, key, body: take(self, f"{key}/{next(serial)}", body))


def says_product(patch: pytest.MonkeyPatch) -> None:
    """A first prompt that names the product."""
    handle = VoiceDesk.handle

    def indiscreet(self: VoiceDesk, request: Any) -> Any:
        answer = handle(self, request)
        body = answer.body.replace(b"<Gather", f"<Say>{PRODUCT}</Say><Gather".encode(), 1)
        return replace(answer, body=body) if request.path.endswith("/turn/0") else answer

    patch.setattr(VoiceDesk, "handle", indiscreet)


def ignores_no(patch: pytest.MonkeyPatch) -> None:
    """A person's no is neither kept nor does it close the contact."""
    close = SqlOutcomes.set_contact

    def keeps_open(self: SqlOutcomes, contact_id: str, _state: object, reason: str, *rest: Any, **more: Any) -> None:
        not_before, now = rest[0], rest[1]
        close(self, contact_id, ContactState.OPEN, reason, not_before or now + timedelta(hours=2), now, **more)

    patch.setattr(SqlOutcomes, "set_contact", keeps_open)
    patch.setattr(SqlOutcomes, "close_policies", lambda *_args: None)
    patch.setattr(SqlDesk, "suppress", lambda _self, _suppression: True)


def tells_by_message(patch: pytest.MonkeyPatch) -> None:
    """A text message that names the product."""
    render = MessageTexts.render
    patch.setattr(MessageTexts, "render", lambda self, *rest: f"{render(self, *rest)} {PRODUCT}")


def ignores_stops(patch: pytest.MonkeyPatch) -> None:
    """A stop order that is never written."""
    patch.setattr(SqlDesk, "stop", lambda *_args: None)


def forgets_answers(patch: pytest.MonkeyPatch) -> None:
    """Stored answers are not found again."""
    lock = SqlVoice.lock_call

    def without_answer(self: SqlVoice, token: str, turn: int) -> Any:
        call = lock(self, token, turn)
        return None if call is None else replace(call, answer=None)

    patch.setattr(SqlVoice, "lock_call", without_answer)
    patch.setattr(SqlVoice, "answer_of", lambda *_args: None)


def _clears_the_outbox(house: House) -> Sequence[Errand]:
    def clear() -> None:
        with house.store.engine.begin() as connection:
            assert connection.execute(delete(outbox).where(outbox.c.status == "pending")).rowcount

    return [Errand("clear", timedelta(hours=1), clear, first=MONDAY + timedelta(hours=13), once=True)]


NOON = MONDAY + timedelta(hours=8)
PLANTED: Sequence[tuple[Plant, Stage, set[str]]] = (
    # The second call is also one call too many at a time, and one of which nobody keeps a record.
    (
        dials_again,
        Stage(faults={"create_timeout_made": 0.4}),
        {"one_ring_an_attempt", "one_live_call_a_number", "one_outcome_a_call"},
    ),
    (forgets_numbers, Stage(shared_number=True), {"one_live_call_a_number"}),
    (leaves_the_queue, Stage(profile=NOBODY), {"inside_lawful_hours"}),
    (counts_nothing, Stage(profile=NOBODY, attempts=9, lawful_attempts=1), {"attempt_cap"}),
    (drops_records, Stage(file_every=timedelta(hours=20), happening=_clears_the_outbox), {"one_outcome_a_call"}),
    # A record that is filed twice is a call's second one as well.
    (
        files_without_key,
        Stage(faults={"record_sink_down": 0.3}),
        {"one_record_an_outcome", "one_outcome_a_call"},
    ),
    (says_product, Stage(), {"nothing_personal_before_verification"}),
    (tells_by_message, Stage(trait="wants_to_cancel"), {"discreet_beside_the_call"}),
    (ignores_no, Stage(trait="opts_out"), {"opt_out_is_final"}),
    (ignores_stops, Stage(stops=(StopOrder(NOON, NOON + timedelta(days=2)),)), {"stop_order_holds"}),
    (forgets_answers, Stage(faults={"webhook_doubled": 0.5}), {"one_answer_a_turn"}),
)


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    """Configuration, rules and scripts, read once."""
    with Workshop() as found:
        yield found


def test_every_law_has_a_planted_breach() -> None:
    """No law is left that the judge was never shown to see."""
    assert set().union(*(laws for _, _, laws in PLANTED)) == set(LAWS)


@pytest.mark.parametrize(
    "stage", [stage for _, stage, _ in PLANTED if stage.attempts == stage.lawful_attempts], ids=lambda _: ""
)
def test_the_product_as_it_is_breaks_nothing_there(stage: Stage, workshop: Workshop, tmp_path: Path) -> None:
    """On the same stage, with nothing planted, the judge finds nothing."""
    assert lived(replace(stage, happening=lambda _house: ()), workshop, _folder(workshop, tmp_path)) == []


@pytest.mark.parametrize(("plant", "stage", "broken"), PLANTED, ids=[plant.__name__ for plant, _, _ in PLANTED])
def test_the_judge_names_what_is_planted(
    plant: Plant, stage: Stage, broken: set[str], workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A safeguard of the product is switched off: the judge names the law that it kept, the call and the instant."""
    plant(monkeypatch)
    found = lived(stage, workshop, _folder(workshop, tmp_path))
    assert {violation.law for violation in found} == broken
    assert all(violation.sid and violation.at and violation.expected for violation in found)
    shown = " ".join(map(str, found))
    assert "+886" not in shown
    assert "王試明" not in shown


def _folder(workshop: Workshop, tmp_path: Path) -> Path:
    return workshop.folder / tmp_path.name
