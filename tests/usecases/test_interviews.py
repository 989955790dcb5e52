"""Interviews before acceptance: opened at intake, closed by people, told to the company."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.duties import load_duties
from outbound.adapters.sql.schema import company_events, inbox, interviews, outbox, policies
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views import read_models
from outbound.adapters.sql.views.interviews import interview_rows
from outbound.compliance.interview import InterviewRules
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.outcome.interview import InterviewResult
from outbound.domain.policy import PolicyStatus
from outbound.usecases.desk.close_interview import Closing, close_interview
from outbound.usecases.ports.stored.records import Delivered, Undelivered
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.file_records import file_records
from tests.conftest import MONDAY_TEN, ROOT
from tests.usecases.builders import rows
from tests.usecases.intake_room import Intake, policy
from tests.usecases.voice_room import open_to_service, ring

LOAN: dict[str, Any] = {"fund_source": "貸款", "agent_code": "A0101"}


@pytest.fixture(scope="module")
def matrix() -> InterviewRules:
    """The Taiwanese rules as shipped."""
    return load_duties(ROOT / "config" / "duties")["TW"]


class Desk:
    """Intake with the duty, and a person who closes."""

    def __init__(self, store: SqlStore, company: Company, campaign: Campaign, matrix: InterviewRules) -> None:
        self.store = store
        self.intake = Intake(store, company, campaign)
        self.matrix = matrix

    def take(self, *found: Any, **options: Any) -> Any:
        """Take policies in under the matrix."""
        return self.intake.take(found, **{"interviews": self.matrix} | options)

    def interviews(self) -> list[Any]:
        """Every interview."""
        return rows(self.store, interviews.select().order_by(interviews.c.opened_at, interviews.c.id))

    def close(self, result: InterviewResult = InterviewResult.PASSED, **changes: Any) -> Closing:
        """Close the only interview."""
        values: dict[str, Any] = {
            "interview_id": self.interviews()[0].id, "result": result, "by": "lin", "agent_code": None, "note": None,
            "identifiers": SeededIdentifiers(3), "now": MONDAY_TEN,
        }  # fmt: skip
        return close_interview(self.store, **(values | changes))


@pytest.fixture
def desk(store: SqlStore, companies: dict[str, Company], campaign: Campaign, matrix: InterviewRules) -> Desk:
    """A desk at a database of each kind."""
    return Desk(store, companies[campaign.company_id], campaign, matrix)


class TestOpening:
    """What intake does."""

    def test_a_policy_that_needs_one_opens_it_once(self, desk: Desk) -> None:
        """A borrowed premium opens an interview with its reasons and the rules' version; others open none."""
        salary = policy("P2", "C2", phone="+886900000109", fund_source="salary")
        assert desk.take(policy("P1", **LOAN), salary).interviews == 1
        assert desk.take(policy("P1", **LOAN)).interviews == 0
        (found,) = desk.interviews()
        assert (found.status, found.because, found.rules_version) == ("waiting", ["fund_loan"], desk.matrix.version)
        assert rows(desk.store, policies.select().where(policies.c.id == found.policy_id))[0].policy_no == "P1"
        assert found.contact_id == desk.intake.contact().id

    def test_what_is_not_known_opens_one(self, desk: Desk) -> None:
        """A row that says nothing about its money is not taken for harmless."""
        desk.take(policy("P1", fund_source=None))
        assert desk.interviews()[0].because == ["fund_unknown"]

    def test_a_country_without_the_duty_opens_none(self, desk: Desk) -> None:
        """Where no rules are, nothing waits."""
        assert desk.take(policy("P1", **LOAN), interviews=None).interviews == 0
        assert desk.interviews() == []

    def test_a_dry_run_counts_and_writes_nothing(self, desk: Desk) -> None:
        """The report says how many there would be."""
        assert desk.take(policy("P1", **LOAN), dry_run=True).interviews == 1
        assert desk.interviews() == []

    def test_a_policy_that_is_not_in_force_opens_none_until_it_is(self, desk: Desk) -> None:
        """A cancelled policy is not accepted anyway; put in force again it needs the interview."""
        desk.take(policy("P1", status=PolicyStatus.CANCELLED, **LOAN))
        assert desk.interviews() == []
        desk.take(policy("P1", **LOAN))
        assert len(desk.interviews()) == 1

    def test_a_correction_adds_its_reason_and_takes_none_away(self, desk: Desk) -> None:
        """A later version cannot talk an interview away: it waits on, with every reason there ever was."""
        desk.take(policy("P1", **LOAN))
        desk.take(policy("P1", fund_source="解約", agent_code="A0101"))
        desk.take(policy("P1", fund_source="salary", agent_code="A0101"))
        (found,) = desk.interviews()
        assert (found.status, found.because) == ("waiting", ["fund_loan", "fund_surrender"])
        assert rows(desk.store, inbox.select()) == []

    def test_a_policy_that_changes_hands_takes_its_interview_along(self, desk: Desk) -> None:
        """The interview is held with who holds the policy now."""
        desk.take(policy("P1", **LOAN))
        desk.take(policy("P1", "C2", phone="+886900000109", **LOAN))
        assert desk.interviews()[0].contact_id == desk.intake.contact("C2").id

    def test_a_new_reason_after_the_interview_was_closed_goes_to_a_person(self, desk: Desk) -> None:
        """It is not reopened behind anybody's back, nor passed over: an item names the new reason, once."""
        desk.take(policy("P1", **LOAN))
        desk.close()
        for _ in range(2):
            desk.take(policy("P1", fund_source="解約", agent_code="A0101"))
        desk.take(policy("P1", fund_source="解約金", agent_code="A0101"))
        (found,) = desk.interviews()
        assert (found.status, found.because) == ("passed", ["fund_loan", "fund_surrender"])
        (item,) = rows(desk.store, inbox.select())
        assert (item.kind, item.status) == ("interview", "waiting")
        assert "解約" in item.note


class TestClosing:
    """What only a person does."""

    def test_a_result_is_kept_with_who_and_when_and_told(self, desk: Desk) -> None:
        """Passed: the interview, its sealed note and the event are written in one transaction."""
        desk.take(policy("P1", **LOAN))
        closing = desk.close(by=" lin ", agent_code="B9", note="錄音 4711")
        (found,) = desk.interviews()
        assert (found.status, found.closed_by, found.closed_at) == ("passed", "lin", MONDAY_TEN)
        assert found.note == "錄音 4711"
        assert closing.event is not None
        (letter,) = rows(desk.store, outbox.select())
        assert (letter.id, letter.kind, letter.status) == (closing.event.event_id, "event", "pending")
        assert letter.body == {
            "event_id": letter.id, "event": "interview_closed", "interview_id": found.id, "policy_no": "P1",
            "result": "passed", "blocks_acceptance": False, "because": ["fund_loan"],
            "rules_version": desk.matrix.version, "closed_by": "lin", "closed_at": MONDAY_TEN.isoformat(),
            "seller_compared": True,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("result", "blocks"),
        [
            (InterviewResult.FAILED, True),
            (InterviewResult.MISMATCH, True),
            (InterviewResult.NOT_NEEDED, False),
        ],
    )
    def test_failed_and_mismatch_block_acceptance(self, desk: Desk, result: InterviewResult, blocks: bool) -> None:
        """The event says whether the policy may be accepted."""
        desk.take(policy("P1", **LOAN))
        event = desk.close(result).event
        assert event is not None
        assert event.to_data()["blocks_acceptance"] is blocks

    @pytest.mark.parametrize(
        "who", [{"by": "A0101"}, {"by": " a0101 "}, {"agent_code": "Ａ0101"}, {"agent_code": "a 0101"}]
    )
    def test_who_sold_the_policy_may_not_interview(self, desk: Desk, who: dict[str, str]) -> None:
        """The selling agent is refused by name and by code, however it is spelt; nothing is written."""
        desk.take(policy("P1", **LOAN))
        assert desk.close(**who).refusal == "by_the_seller"
        assert desk.interviews()[0].status == "waiting"
        assert rows(desk.store, outbox.select()) == []

    def test_without_a_known_seller_the_event_says_that_nobody_was_compared(self, desk: Desk) -> None:
        """A policy without an agent's code can be closed, and whoever reads the event knows."""
        desk.take(policy("P1", fund_source="loan"))
        event = desk.close(agent_code="").event
        assert event is not None
        assert event.seller_compared is False

    def test_nobody_closes_twice_or_nothing(self, desk: Desk) -> None:
        """A second result is refused with who was first; an unknown interview and an empty name are mistakes."""
        desk.take(policy("P1", **LOAN))
        desk.close()
        again = desk.close(InterviewResult.FAILED, by="chen")
        assert (again.refusal, again.found.closed_by) == ("closed_before", "lin")
        assert desk.interviews()[0].status == "passed"
        assert len(rows(desk.store, outbox.select())) == 1
        with pytest.raises(InputProblemError, match="no such interview"):
            desk.close(interview_id="0" * 32)
        with pytest.raises(InputProblemError, match="--by"):
            desk.close(by=" ")

    def test_the_list_begins_with_what_waits(self, desk: Desk) -> None:
        """Waiting ones come first with whom to call; closed ones follow, or stay out."""
        desk.take(policy("P1", **LOAN))
        desk.close()
        desk.take(policy("P2", "C2", phone="+886900000109", full_name="林試試", **LOAN))
        with desk.store.reading() as connection:
            everything = interview_rows(connection)
            waiting = interview_rows(connection, closed=False)
            assert read_models.status(connection, MONDAY_TEN).interviews == 1
        assert [(row["policy_no"], row["status"]) for row in everything] == [("P2", "waiting"), ("P1", "passed")]
        assert [(row["name"], row["number"], row["agent_code"]) for row in waiting] == [
            ("林試試", "+886900000109", "A0101")
        ]


class Receiver:
    """A sink that answers as told, then takes everything."""

    def __init__(self, *answers: Delivered | Undelivered) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, Mapping[str, Any]]] = []

    def deliver(self, record_id: str, body: Mapping[str, Any]) -> Delivered | Undelivered:
        """Keep what comes."""
        self.got.append((record_id, body))
        return self.answers.pop(0) if self.answers else Delivered()


class TestDelivery:
    """The event leaves by the outbox."""

    def test_the_table_gets_it_once(self, desk: Desk) -> None:
        """With the table as receiver it stands in `company_events`, exactly once, and counts as filed."""
        desk.take(policy("P1", **LOAN))
        desk.close(InterviewResult.FAILED)
        assert [file_records(desk.store, sink=None, now=MONDAY_TEN).filed for _ in range(2)] == [1, 0]
        (row,) = rows(desk.store, company_events.select())
        assert (row.event, row.company_id) == ("interview_closed", "formosa-life")
        assert (row.body["result"], row.body["blocks_acceptance"]) == ("failed", True)

    def test_a_receiver_outside_gets_it_under_its_key_until_it_has_it(self, desk: Desk) -> None:
        """The same key again after a failure, then never more."""
        desk.take(policy("P1", **LOAN))
        event = desk.close(InterviewResult.MISMATCH).event
        assert event is not None
        receiver = Receiver(Undelivered("HTTP 503"))
        for minute in (0, 5, 10):
            file_records(desk.store, sink=receiver, now=MONDAY_TEN.replace(minute=minute))
        assert [key for key, _ in receiver.got] == [event.event_id] * 2
        assert receiver.got[0][1]["blocks_acceptance"] is True

    def test_a_dead_event_can_be_sent_again(self, desk: Desk) -> None:
        """What a receiver refused for good is delivered again when somebody says so."""
        desk.take(policy("P1", **LOAN))
        desk.close(InterviewResult.FAILED)
        receiver = Receiver(Undelivered("HTTP 400", final=True))
        assert file_records(desk.store, sink=receiver, now=MONDAY_TEN).dead == 1
        with desk.store.begin() as work:
            assert work.records.revive(None, MONDAY_TEN) == 1
            work.commit()
        assert file_records(desk.store, sink=receiver, now=MONDAY_TEN).filed == 1


def test_a_welcome_call_never_closes_an_interview(
    sqlite_store: SqlStore, companies: dict[str, Company], campaign: Campaign, matrix: InterviewRules
) -> None:
    """A contact who heard the whole welcome call is done with it; the interview of the same policy waits on."""
    desk = Desk(sqlite_store, companies[campaign.company_id], campaign, matrix)
    line = ring(sqlite_store, delivered_on=date(2026, 11, 10))
    (held,) = rows(sqlite_store, policies.select())
    with sqlite_store.engine.begin() as connection:
        connection.execute(
            interviews.insert().values(
                id="1" * 32, policy_id=held.id, contact_id=held.contact_id, company_id=held.company_id,
                because=["fund_loan"], rules_version=matrix.version, status="waiting", opened_at=MONDAY_TEN,
            )
        )  # fmt: skip
    before = desk.interviews()
    open_to_service(line)
    assert "<Hangup" in line.key("1", "1", "2", "2", "2", "7", "2")
    line.hang_up(3)
    assert desk.intake.contacts()[next(iter(desk.intake.contacts()))].state == "done"
    assert desk.interviews() == before
