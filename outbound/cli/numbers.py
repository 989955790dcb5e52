"""Numbers, instants and words that people type at the command line."""

from datetime import datetime
from typing import TYPE_CHECKING

from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.domain.call_class import CallClass


def e164_of(text: str, region: str = "TW") -> str:
    """Read a typed number, or raise `InputProblemError` that does not repeat it."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InputProblemError("that is not a telephone number; write it like 0912345678 or +886912345678")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def call_class_of(text: str | None) -> "CallClass | None":
    """Read a call class; None means every class."""
    from outbound.domain.call_class import CallClass

    if text is None:
        return None
    try:
        return CallClass(text)
    except ValueError:
        raise InputProblemError(f"--call-class: {text!r} is not one of {', '.join(CallClass)}") from None


def instant_of(option: str, text: str) -> datetime:
    """Read an instant in ISO 8601 with its offset: without one it could be meant in any zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputProblemError(f"{option}: write an instant with its offset, such as 2026-11-23T18:00+08:00")
    return instant


def region_of(option: str, text: str) -> str:
    """Read an assigned ISO 3166-1 or -2 code."""
    from outbound.adapters.sources.contract import UnreadableError
    from outbound.adapters.sources.values.places import parse_region

    try:
        return parse_region(text.strip())
    except UnreadableError as error:
        raise InputProblemError(f"{option}: {text!r} {error.reason}. {error.mend}") from None


def import_suppressions(house: "House", file: str, reason: str, by: str) -> tuple[int, list[int]]:
    """Suppress the number on every line of `file`; return how many were new and which lines are no numbers."""
    from pathlib import Path

    from outbound.usecases.suppress import suppress

    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        raise InputProblemError(f"{file}: cannot be read; is the path right?") from None
    added, bad = 0, []
    for line, text in enumerate(lines, 1):
        typed, _, evidence = text.partition(",")
        if not typed.strip():
            continue
        try:
            number = e164_of(typed.strip())
        except InputProblemError:
            bad.append(line)
            continue
        report = suppress(
            house.store,
            number=number,
            reason=reason,
            evidence=evidence.strip() or f"{Path(file).name}, line {line}",
            by=by,
            identifiers=house.identifiers,
            now=house.clock.now(),
        )
        added += report.added
    return added, bad
