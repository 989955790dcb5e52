"""The last look before the carrier, and the order itself."""

from collections.abc import Sequence
from datetime import timedelta

from outbound.compliance.gate import Decision
from outbound.domain.line.trunk import Hold
from outbound.usecases.dialling.aftermath import drop, give_back, write_not_placed
from outbound.usecases.dialling.asking import ask_again
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.terms import Dropped, Held, Ordered, Reserved, Terms
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Carrier, Placed, Refused
from outbound.usecases.ports.stored.dialling import LastWord

_FRESH_SECONDS = 0.25
"""How old the last look at the database may be. It costs several questions, and one is enough for calls that follow
closely; clock and gate are asked for each."""

_CONTACT_CLOSED = "contact_closed"
_CLOSES_WHILE_RINGING = "closes_while_ringing"
"""Cause of a drop that is no refusal: the gate was open still, and would have closed before the ringing ends."""


class LastLook:
    """What may have been said about attempts that were reserved together, read again when it is no longer fresh."""

    def __init__(self, terms: Terms, reserved: Sequence[Reserved]) -> None:
        self._terms = terms
        self._contacts = [each.attempt.contact_id for each in reserved]
        self._numbers = [each.attempt.number_index for each in reserved]
        self._word: LastWord | None = None
        self._read_at = 0.0

    def word(self) -> LastWord:
        """Return what was read a quarter of a second ago at most."""
        monotonic = self._terms.clock.monotonic
        if self._word is None or monotonic() - self._read_at > _FRESH_SECONDS:
            # Before the question: its answer may be older than its arrival.
            self._read_at = monotonic()
            with self._terms.store.begin() as work:
                self._word = work.dialling.last_word(self._contacts, self._numbers, self._terms.clock.now())
        return self._word

    def forget(self) -> None:
        """Read anew before the next order."""
        self._word = None


def order_call(
    terms: Terms, carrier: Carrier, watch: ClockWatch, look: LastLook, reserved: Reserved
) -> Ordered | Refused | Ambiguous | Held | Dropped:
    """Look once more at clock, people's word and gate, order the call once, and write what is certain about it.

    What the carrier took is left to `write_placed`, which may write several calls at once.
    """
    allowed = _last_look(terms, watch, look, reserved)
    if not isinstance(allowed, Decision):
        return allowed
    asked_at = terms.clock.now()
    answer = carrier.create_call(
        CallOrder(
            to=reserved.phone.e164,
            from_=terms.rules.companies[reserved.campaign.company_id].caller_number,
            token=reserved.attempt.token,
            ring_seconds=reserved.campaign.pacing.ring_timeout_seconds,
            extension=reserved.phone.extension,
        )
    )
    now = terms.clock.now()
    if isinstance(answer, Placed):
        watch.heard(answer.carrier_time, asked_at)
        return Ordered(reserved, allowed, answer.sid, now)
    watch.doubt()
    look.forget()
    write_not_placed(terms, reserved, allowed, answer, now)
    return answer


def _last_look(terms: Terms, watch: ClockWatch, look: LastLook, reserved: Reserved) -> Decision | Held | Dropped:
    """The gate's leave, or why the call must not be ordered. Nothing was sent, so nothing is ambiguous."""
    attempt = reserved.attempt
    word = look.word()
    # After the database, which may have let us wait.
    hold = _hold(terms, watch, reserved, word)
    if hold is not None:
        give_back(terms, reserved, hold)
        return Held(hold, attempt.id, reserved.campaign.id)
    now = terms.clock.now()
    decision = ask_again(terms, reserved, word.bars, now)
    ring_by = min((each for each in (attempt.ring_by, decision.open_until) if each is not None), default=None)
    if not decision.allowed:
        return drop(terms, reserved, decision.reasons[0].code, decision.next_allowed, decision)
    if attempt.contact_id in word.closed:
        return drop(terms, reserved, _CONTACT_CLOSED, None, decision)
    if ring_by is not None and ring_by - now < timedelta(seconds=reserved.campaign.pacing.ring_timeout_seconds):
        return drop(terms, reserved, _CLOSES_WHILE_RINGING, ring_by, decision)
    if ring_by is not None and ring_by != attempt.ring_by:
        with terms.store.begin() as work:
            work.queue.tighten({attempt.id: ring_by})
            work.commit()
    return decision


def _hold(terms: Terms, watch: ClockWatch, reserved: Reserved, word: LastWord) -> Hold | None:
    if terms.clock.monotonic() > reserved.latest:
        return Hold.DIALLED_TOO_LATE
    drifted = watch.drifted()
    if drifted is not None:
        return drifted
    if word.stopped & {None, reserved.campaign.id}:
        return Hold.STOP_ORDER
    return Hold.PAUSED if word.paused & {terms.trunk.name, reserved.campaign.id} else None
