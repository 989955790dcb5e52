"""What the tests of intake share: policies of invented people, and a way to look at what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.rows import load_contacts
from outbound.adapters.sql.schema import attempts, contacts, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact
from outbound.domain.policy import PhoneNumber, Policy, Policyholder, PolicyStatus
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.intake.take_in_policies import take_in_policies
from tests.conftest import MONDAY_TEN
from tests.values import replace

X, Y, Z = "+886900000101", "+886900000102", "+886900000103"


def policy(number: str, customer: str = "C1", phone: str | Sequence[str] = X, **changes: Any) -> Policy:
    """Make a policy; what is not of the policy itself goes to its holder."""
    numbers = (phone,) if isinstance(phone, str) else tuple(phone)
    holder = Policyholder(
        customer_id=customer,
        full_name="王試試",
        birth_date=date(1980, 5, 1),
        phones=tuple(PhoneNumber(one, None, "mobile") for one in numbers),
        language="zh-TW",
        region="TW",
        postal_code=None,
        time_zone="Asia/Taipei",
        preferred_window=None,
        privacy_notice_on=date(2026, 11, 1),
        consents=(),
        do_not_call=False,
    )
    own = {name: changes.pop(name) for name in list(changes) if name in Policy.__struct_fields__}
    made = Policy(
        policy_no=number,
        product_code="WL01",
        product_name="安心終身壽險",
        issued_on=date(2026, 11, 13),
        delivered_on=None,
        status=PolicyStatus.IN_FORCE,
        agent_code=None,
        channel=None,
        fund_source=None,
        holder=replace(holder, **changes),
        content_hash="",
    )
    made = replace(made, **own)
    return replace(made, content_hash=sha256(repr(made).encode()).hexdigest())


@dataclass(frozen=True)
class Bad:
    """A row that could not be read."""

    original: Mapping[str, str]
    source: str = "file.csv"
    line: int = 7
    field: str = "phone"
    masked_value: str = "••••••12"
    code: str = "phone_unreadable"
    reason: str = "is no telephone number"
    mend: str = "Write it with its area code."


class Intake:
    """A store with a campaign; takes rows in and shows what came of them."""

    def __init__(self, store: SqlStore, company: Company, campaign: Campaign) -> None:
        self.store = store
        self.company = company
        self.campaign = campaign
        self.identifiers = SeededIdentifiers(1)

    def take(
        self, rows: Iterable[Any], now: datetime = MONDAY_TEN, source: str = "one.csv", **options: Any
    ) -> IntakeReport:
        """Take rows in."""
        return take_in_policies(
            self.store,
            rows=rows,
            source=source,
            company=self.company,
            campaign=self.campaign,
            identifiers=self.identifiers,
            now=now,
            **options,
        )

    def contacts(self) -> dict[str, Contact]:
        """Every contact by customer."""
        with self.store.reading() as connection:
            ids = [row.id for row in connection.execute(select(contacts.c.id))]
            return {contact.customer_id: contact for contact in load_contacts(connection, ids).values()}

    def contact(self, customer: str = "C1") -> Contact:
        """One contact."""
        return self.contacts()[customer]

    def change(self, customer: str, **values: Any) -> None:
        """Set columns of a contact, as other rooms do."""
        with self.store.begin() as work:
            contact = self.contact(customer)
            work._connection.execute(contacts.update().where(contacts.c.id == contact.id).values(values))
            work.commit()

    def attempt(self, customer: str = "C1", status: str = "planned", **values: Any) -> str:
        """Give a contact an attempt on its first number, and the state that goes with it."""
        contact = self.contact(customer)
        attempt_id = self.identifiers.new()
        phone = contact.phones[0]
        row = {
            "id": attempt_id, "token": attempt_id, "contact_id": contact.id, "company_id": contact.company_id,
            "campaign_id": contact.campaign_id, "phone_id": phone.id, "number_index": phone.number_index,
            "round": contact.round, "origin": "first", "status": status, "planned_at": MONDAY_TEN,
            "window_start": MONDAY_TEN, "window_end": MONDAY_TEN, "updated_at": MONDAY_TEN,
        }  # fmt: skip
        with self.store.begin() as work:
            work._connection.execute(attempts.insert().values({**row, **values}))
            work.commit()
        if status not in {"ended", "cancelled"}:
            self.change(customer, state="planned")
        return attempt_id

    def attempts(self) -> list[tuple[str, str | None]]:
        """Status and cause of every attempt."""
        with self.store.reading() as connection:
            query = select(attempts.c.status, attempts.c.cause).order_by(attempts.c.planned_at, attempts.c.id)
            return [(row.status, row.cause) for row in connection.execute(query)]

    def rows_of(self, table: Any) -> list[Any]:
        """Every row of a table."""
        with self.store.reading() as connection:
            return list(connection.execute(select(table)))

    def messages(self) -> list[Any]:
        """Every row of the outbox."""
        return self.rows_of(outbox)


def seen(contact: Contact) -> Any:
    """What of a contact does not depend on identifiers."""
    return (
        contact.customer_id, contact.full_name, contact.birth_date, contact.region, contact.do_not_call,
        contact.state, contact.reason, contact.deadline, contact.round,
        [(phone.rank, phone.e164, phone.unusable) for phone in contact.phones],
        [(one.policy_no, one.issued_on, one.status, one.welcome) for one in contact.policies],
    )  # fmt: skip
