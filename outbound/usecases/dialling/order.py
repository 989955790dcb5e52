"""The last look before the carrier, and the order itself."""

from datetime import timedelta

from outbound.compliance.gate import Decision
from outbound.domain.trunk import Hold
from outbound.usecases.dialling.aftermath import drop, give_back, write_not_placed
from outbound.usecases.dialling.asking import ask_again
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.terms import Dropped, Held, Ordered, Reserved, Terms
from outbound.usecases.ports.carrier import Ambiguous, CallOrder, Carrier, Placed, Refused
from outbound.usecases.ports.dialling import LastWord

_CLOSES_WHILE_RINGING = "closes_while_ringing"
"""Cause of a drop that is no refusal: the gate was open still, and would have closed before the ringing ends."""


def order_call(
    terms: Terms, carrier: Carrier, watch: ClockWatch, reserved: Reserved
) -> Ordered | Refused | Ambiguous | Held | Dropped:
    """Look once more at clock, people's word and gate, order the call once, and write what is certain about it.

    What the carrier took is left to `write_placed`, which may write several calls at once.
    """
    allowed = _last_look(terms, watch, reserved)
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
    write_not_placed(terms, reserved, allowed, answer, now)
    return answer


def _last_look(terms: Terms, watch: ClockWatch, reserved: Reserved) -> Decision | Held | Dropped:
    """The gate's leave, or why the call must not be ordered. Nothing was sent, so nothing is ambiguous."""
    attempt = reserved.attempt
    with terms.store.begin() as work:
        now = terms.clock.now()
        word = work.dialling.last_word(
            attempt.campaign_id, attempt.contact_id, attempt.number_index, now, trunk=terms.trunk.name
        )
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
    if word.stopped:
        return Hold.STOP_ORDER
    return Hold.PAUSED if word.paused else None
