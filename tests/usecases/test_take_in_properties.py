import threading
from datetime import date
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from outbound.adapters.sql.schema import contacts, phones, policies, policy_versions, quarantine
from outbound.adapters.sql.store import SqlStore
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.policy import Policy, PolicyStatus
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.intake.retry_quarantine import retry_quarantine
from tests.conftest import MONDAY_TEN
from tests.usecases.intake_room import Bad, Intake, X, Y, Z, policy, seen

rows = st.tuples(
    st.sampled_from(["C1", "C2"]),
    st.lists(st.sampled_from([X, Y, Z]), min_size=1, max_size=2, unique=True),
    st.dates(date(2026, 11, 10), date(2026, 11, 13)),
    st.sampled_from(["甲", "乙", "丙"]),
    st.sampled_from([PolicyStatus.IN_FORCE, PolicyStatus.IN_FORCE, PolicyStatus.CANCELLED, PolicyStatus.DECEASED]),
    st.booleans(),
)


def policies_of(drawn: list[tuple[str, list[str], date, str, PolicyStatus, bool]]) -> list[Policy]:
    """Number the policies that were drawn."""
    return [
        policy(f"P{n}", customer, numbers, issued_on=day, full_name=name, status=status, do_not_call=forbidden)
        for n, (customer, numbers, day, name, status, forbidden) in enumerate(drawn)
    ]


def emptied(intake: Intake) -> Intake:
    """Forget everything that was taken in."""
    with intake.store.begin() as work:
        for table in (policies, phones, contacts, policy_versions):
            work._connection.execute(table.delete())
        work.commit()
    return intake


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(rows, min_size=1, max_size=6), order=st.randoms(use_true_random=False), size=st.integers(1, 7))
def test_order_and_repetition_do_not_matter(
    sqlite_store: SqlStore,
    companies: dict[str, Company],
    campaign: Campaign,
    drawn: list[tuple[str, list[str], date, str, PolicyStatus, bool]],
    order: Random,
    size: int,
) -> None:
    """The policies of one file give the same contacts in any order, repeated, and cut into any batches."""
    intake = Intake(sqlite_store, companies[campaign.company_id], campaign)
    given_rows = policies_of(drawn)
    emptied(intake).take(given_rows)
    straight = sorted(seen(contact) for contact in intake.contacts().values())
    mixed = [*given_rows, *order.sample(given_rows, len(given_rows) // 2)]
    order.shuffle(mixed)
    report = emptied(intake).take(mixed, batch_size=size)
    assert sorted(seen(contact) for contact in intake.contacts().values()) == straight
    assert report.read == report.taken_in + report.updated + report.duplicates + report.quarantined
    assert report.taken_in == len(given_rows)


def test_two_runs_at_once_take_each_row_once(
    store: SqlStore, companies: dict[str, Company], campaign: Campaign
) -> None:
    """Two runs over the same file at the same time take every row in exactly once between them."""
    given_rows = [policy(f"P{n:03}", f"C{n % 40}", (X, Y, Z)[n % 3]) for n in range(120)]
    reports: list[IntakeReport] = []

    def run(seed: int, order: list[Policy]) -> None:
        intake = Intake(store, companies[campaign.company_id], campaign)
        intake.identifiers = type(intake.identifiers)(seed)
        reports.append(intake.take(order, batch_size=10))

    threads = [
        threading.Thread(target=run, args=(seed, order)) for seed, order in ((1, given_rows), (2, given_rows[::-1]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.taken_in for report in reports) == 120
    assert sum(report.duplicates for report in reports) == 120
    assert sum(report.contacts_new for report in reports) == 40
    with store.reading() as connection:
        assert len(connection.execute(select(contacts.c.id)).all()) == 40
        assert len(connection.execute(select(policies.c.id)).all()) == 120


def test_no_name_or_number_in_the_file(
    sqlite_store: SqlStore, tmp_path: Path, companies: dict[str, Company], campaign: Campaign
) -> None:
    """After an intake no name, number, birth date, customer number or bad row stands plainly in the bytes."""
    intake = Intake(sqlite_store, companies[campaign.company_id], campaign)
    intake.take([policy("P1", "CUST-4711", attributes={"remark": "喜歡釣魚"}), Bad({"phone": "0900000 oder so"})])
    sqlite_store.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"P1" in stored
    for secret in ("王試試", X, X[1:], "0900000", "1980-05-01", "CUST-4711", "釣魚", "oder so"):
        assert secret.encode() not in stored


class TestRetry:
    """Rows in quarantine are read again."""

    def _retry(self, intake: Intake, read: dict[str, Policy]) -> tuple[int, int, int, int]:
        def reader(source: str, line: int, original: dict[str, str]) -> Policy | Bad:
            return read.get(original["policy_no"]) or Bad(original, source, line)

        report = retry_quarantine(
            intake.store,
            read=reader,  # type: ignore[arg-type]
            company=intake.company,
            campaign=intake.campaign,
            identifiers=intake.identifiers,
            now=MONDAY_TEN.replace(hour=5),
        )
        return report.waiting, report.mended, report.overtaken, report.rows.taken_in

    def test_takes_in_what_can_be_read_now(
        self, store: SqlStore, companies: dict[str, Company], campaign: Campaign
    ) -> None:
        """What can be read now is taken in under its own source; the rest waits on, and nothing comes twice."""
        intake = Intake(store, companies[campaign.company_id], campaign)
        intake.take([Bad({"policy_no": "P1"}), Bad({"policy_no": "P2"})])
        assert self._retry(intake, {"P1": policy("P1")}) == (2, 1, 0, 1)
        assert self._retry(intake, {"P1": policy("P1")}) == (1, 0, 0, 0)
        assert sorted(row.status for row in intake.rows_of(quarantine)) == ["mended", "waiting"]
        assert [row.source for row in intake.rows_of(policies)] == ["file.csv"]

    def test_an_older_row_does_not_undo_a_newer_one(
        self, sqlite_store: SqlStore, companies: dict[str, Company], campaign: Campaign
    ) -> None:
        """A row that was sent again, mended, since is closed and not taken in over the newer one."""
        intake = Intake(sqlite_store, companies[campaign.company_id], campaign)
        intake.take([Bad({"policy_no": "P1"})])
        intake.take([policy("P1", full_name="新")], source="two.csv", now=MONDAY_TEN.replace(hour=4))
        assert self._retry(intake, {"P1": policy("P1", full_name="舊")}) == (1, 1, 1, 0)
        assert intake.contact().full_name == "新"
        assert [row.status for row in intake.rows_of(quarantine)] == ["mended"]
