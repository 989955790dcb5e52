"""Refusals that come as a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.bootstrap import House


class Imported(Struct, frozen=True):
    """How many lines were new, how many in force before, and which were not taken (line, why; never their text)."""

    added: int
    already: int
    bad: tuple[tuple[int, str], ...]


def import_suppressions(house: "House", file: str, *, reason: str, by: str, are_contacts: bool = False) -> Imported:
    """Suppress what every line of `file` names; each line is a transaction of its own, so that good ones stand."""
    from outbound.usecases.desk.suppress import LONGEST_REASON, suppress
    from outbound.usecases.records.references import reference, signed

    reference("--reason", reason, longest=LONGEST_REASON)
    signed(by)
    added, lines, bad = 0, 0, list[tuple[int, str]]()
    for line, typed, evidence in _lines(file):
        lines += 1
        try:
            number, contact_id = _target(house, typed, are_contacts=are_contacts)
            report = suppress(
                house.store,
                number=number,
                contact_id=contact_id,
                reason=reason,
                evidence=evidence or f"{Path(file).stem[:60]}, line {line}",
                by=by,
                identifiers=house.identifiers,
                now=house.clock.now(),
            )
        except InputProblemError as error:
            bad.append((line, str(error).replace("--evidence", "evidence")))
            continue
        added += report.added
    return Imported(added, lines - added - len(bad), tuple(bad))


def _lines(file: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, what it names, and its evidence; empty lines are left out."""
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        raise InputProblemError(f"{file}: cannot be read; is the path right?") from None
    except UnicodeDecodeError:
        raise InputProblemError(f"{file}: is not UTF-8; save it as text in UTF-8. Nothing was suppressed") from None
    for line, text in enumerate(lines, 1):
        typed, _, evidence = text.partition(",")
        if text.strip():
            yield line, typed.strip(), evidence.strip()


def _target(house: "House", typed: str, *, are_contacts: bool) -> tuple[str | None, str | None]:
    from outbound.adapters.sql.views.contact_story import find_contact
    from outbound.cli.numbers import e164_of, home_country

    if not are_contacts:
        return e164_of(typed, home_country(house)), None
    with house.store.reading() as connection:
        try:
            return None, find_contact(connection, typed)
        except InputProblemError as error:
            raise InputProblemError(str(error).replace(repr(typed), "this")) from None
