"""The column of the identity number, by which some companies recognise their customers: looked at when it comes in."""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from outbound.adapters.sources.columns import KNOWN, known_as
from outbound.adapters.sources.contract import RawRow, SourceError, UnreadableError
from outbound.adapters.sources.values.text import check_readable
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company

CUSTOMER_ID = "customer_id"
_ID_DIGITS = "id_digits"
_DIGITS = 4
_LONGEST = 60
_DECIMAL = re.compile(r"\d+[.,]\d+")


class IdentityColumn(Struct, frozen=True):
    """Where the identity number stands, as `companies.yaml` names it; `alone` when customers are asked nothing else."""

    name: str
    company: str
    alone: bool = False


def identity_column(company: Company, campaign: Campaign) -> IdentityColumn | None:
    """Return the column that this campaign's calls need, None where nobody is asked for an identity number."""
    asked = campaign.verification or company.verification
    if company.identity_column is None or _ID_DIGITS not in asked:
        return None
    return IdentityColumn(company.identity_column, company.id, alone=set(asked) == {_ID_DIGITS})


def with_identity_columns(companies: Mapping[str, Company], where: str) -> Mapping[str, Company]:
    """Return the companies with their column as a header of this name is read; raises SourceError for one that is not.

    A known column holds something else, and is not kept under its name.
    """
    read: dict[str, Company] = {}
    for key, company in companies.items():
        column = company.identity_column and known_as(company.identity_column)
        if column in KNOWN and column != CUSTOMER_ID:
            raise SourceError(
                f"{key}.identity_column: {column} is read as something else than an identity number",
                where,
                "Name the column of the policy files that holds the identity number, or its last four digits; "
                "customer_id is allowed.",
            )
        read[key] = company if column == company.identity_column else replace(company, identity_column=column)
    return read


def with_identity_column(rows: Iterable[RawRow], identity: IdentityColumn | None) -> Iterator[RawRow]:
    """Pass the rows of a file or a query on, which all have the same columns; raises SourceError if it lacks this one.

    Not for a feed, whose items may leave out what is empty.
    """
    looked = identity is None
    for row in rows:
        if not looked and identity is not None and row.fault is None:
            looked = True
            if identity.name not in row.values:
                raise SourceError(
                    f"there is no column {identity.name}, by which customers of {identity.company} are recognised",
                    row.source,
                    "Add the column, or name in companies.yaml which one holds the identity number (identity_column), "
                    "or take id_digits out of verification.",
                )
        yield row


def check_identity(fields: Mapping[str, str], identity: IdentityColumn) -> None:
    """Raise UnreadableError for a value whose last four digits prove nothing; it may be empty if more is asked for."""
    text = fields.get(identity.name)
    if text is None:
        if identity.alone:
            raise UnreadableError(
                "required_missing",
                "is empty, and customers are recognised by nothing else",
                "Fill it in and send the row again, or ask for a second fact in companies.yaml (verification).",
            )
        return
    if identity.name == CUSTOMER_ID and not identity.alone:
        return  # it names the customer, whatever it is made of; the next fact is asked for
    check_readable(text, _LONGEST)
    if _DECIMAL.fullmatch(text) or sum(sign in "0123456789" for sign in text) < _DIGITS:
        raise UnreadableError(
            "identity_unreadable",
            "has no four last digits to compare with",
            "Send the identity number whole or its last four digits, as text: as a number it loses its leading zeros.",
        )
