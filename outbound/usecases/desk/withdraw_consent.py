"""Consent to keep words that somebody takes back days after the call: a letter, a call to the hotline, a visit."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outbound.domain.identifiers import Identifiers
from outbound.usecases.conversation.kept.words import IN_THEIR_WORDS, with_words_redacted
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.consents import KeptCall, Withdrawal
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import reference, signed

WORDS_FORGOTTEN = "words_forgotten"
"""Event by which receivers of service records learn that they hold words which are to be deleted there, too."""

UNDONE = "nothing was forgotten"


class WithdrawalReport(Struct, frozen=True):
    """What is on record now. `added` False: consent was taken back before, and no word was left to forget.

    `records` counts service records that held words; `log_is_clear` False: the database's own log keeps the older
    pages for a while (a reader held it, or the database is a server's).
    """

    withdrawal: Withdrawal
    added: bool
    records: int = 0
    log_is_clear: bool = True


def withdraw_words(
    store: Store,
    *,
    contact_id: str,
    attempt_id: str | None = None,
    evidence: str,
    by: str,
    identifiers: Identifiers,
    now: datetime,
) -> WithdrawalReport:
    """Forget what was kept word for word of all calls of a contact so far, or of one; also in a call that is going on.

    As when it is said in the call itself: what was meant, asked for and promised stays, and so does every case with
    its clock. Receivers of service records are told by an event. Once more finds nothing and changes nothing; words
    that were kept with new consent since go, too. Raises `InputProblemError`, and forgets nothing, for a contact or
    call that does not exist and for evidence that is missing or holds somebody's number.
    """
    where, who = reference("--evidence", evidence), signed(by)
    with store.begin() as work:
        company_id = work.consents.company_of(contact_id)
        if company_id is None:
            raise InputProblemError(f"there is no such contact; {UNDONE}")
        calls = [each for each in work.consents.lock_calls(contact_id) if attempt_id in (None, each.attempt_id)]
        if attempt_id is not None and not calls:
            raise InputProblemError(f"no such call of this contact was answered; {UNDONE}")
        before = work.consents.last_withdrawal(contact_id, attempt_id)
        forgotten, records = _forget(work, calls, now)
        if before is not None and not forgotten:
            return WithdrawalReport(before, added=False)
        words = sum(forgotten.values())
        new = Withdrawal(identifiers.new(), contact_id, attempt_id, where, who, now, len(forgotten), words)
        work.consents.keep_withdrawal(new)
        if forgotten:
            _tell(work, new, company_id, tuple(forgotten), records, identifiers)
        work.commit()
    return WithdrawalReport(new, added=True, records=len(records), log_is_clear=store.overwrite_log())


def _forget(work: UnitOfWork, calls: list[KeptCall], now: datetime) -> tuple[dict[str, int], list[str]]:
    """Return by call how many utterances, reasons and notes went, where any did, and the records that held some."""
    forgotten: dict[str, int] = {}
    records: set[str] = set()
    for call in calls:
        words = work.voice.forget_words(call.attempt_id, IN_THEIR_WORDS)
        held = work.records.forget_answers(call.attempt_id, IN_THEIR_WORDS)
        records.update(held)
        changed = call.session
        if call.session is not None:
            said_no = False if call.session.recording else call.session.recording
            changed = with_words_redacted(replace(call.session, recording=said_no))
        if changed is not None and changed != call.session:
            work.consents.save_conversation(call.attempt_id, changed, now)
        if words or held or changed != call.session:
            forgotten[call.attempt_id] = words
    return forgotten, sorted(records)


def _tell(
    work: UnitOfWork,
    withdrawal: Withdrawal,
    company_id: str,
    calls: tuple[str, ...],
    records: list[str],
    identifiers: Identifiers,
) -> None:
    event_id = identifiers.new()
    body = {
        "event_id": event_id,
        "event": WORDS_FORGOTTEN,
        "contact_id": withdrawal.contact_id,
        "attempt_ids": list(calls),
        "record_ids": records,
        "at": withdrawal.at.isoformat(),
    }
    work.consents.tell_company(event_id, company_id, withdrawal.contact_id, body)
