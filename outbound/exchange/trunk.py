"""The life of a call: the queue at its pace, dialling, ringing, answer, machine detection, second legs, the end."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from outbound.exchange.board import Switchboard
from outbound.exchange.call import FINAL, Call, Detection, Direction, Orders, Status, Whisper
from outbound.exchange.log import fingerprint
from outbound.exchange.people.callee import Encounter, Fate, Listener, meet
from outbound.exchange.twiml.interpreter import Interpreter
from outbound.exchange.twiml.playback import SECONDS_PER_KEY
from outbound.exchange.twiml.verbs import Dial
from outbound.exchange.webhooks import Form, Webhooks

_BUSY_AFTER, _FAILED_AFTER = 1.0, 0.5
_HUMAN_VERDICT = (2.2, 4.6)
_MACHINE_VERDICT = (2.6, 4.2)
_BEEP_SECONDS, _SILENCE_SECONDS = 0.8, 2.0
_DIAL_STATUS = {Fate.BUSY: "busy", Fate.DECLINED: "busy", Fate.NO_ANSWER: "no-answer", Fate.UNALLOCATED: "failed"}
_END_OF = {"completed": Status.COMPLETED, "busy": Status.BUSY, "no-answer": Status.NO_ANSWER, "failed": Status.FAILED}


class Trunk:
    """Moves calls through their statuses, always forwards."""

    def __init__(self, board: Switchboard, webhooks: Webhooks) -> None:
        self._board = board
        self._webhooks = webhooks
        self._queue: deque[Call] = deque()
        self._next_dial: datetime = board.now
        self.interpreter = Interpreter(board, webhooks, self.hang_up, self._put_through, self._pick_up)
        self.on_missed: Callable[[Call], None] = lambda _call: None
        self.is_engaged: Callable[[str], bool] = lambda _number: False

    @property
    def queued(self) -> int:
        """Calls that wait to be dialled."""
        return len(self._queue)

    def create(self, to: str, from_: str, orders: Orders) -> Call:
        """Make a call and put it into the queue."""
        call = self._new(to, from_, Direction.API, orders)
        # Two calls with one URL were ordered twice for one purpose; the URL itself may bear a token.
        order = fingerprint(orders.url.encode()) if orders.url else None
        self._board.record(call, "created", status=call.status, order=order)
        self._queue.append(call)
        self._board.record(call, "queued", status=call.status)
        if len(self._queue) == 1:
            self._await_turn()
        return call

    def come_in(self, from_: str, to: str, orders: Orders, encounter: Encounter) -> Call:
        """Let somebody ring a number of ours: its document is asked for at once, and answers the call."""
        call = self._new(to, from_, Direction.INBOUND, orders)
        call.status, call.dialled_at, call.encounter = Status.RINGING, self._board.now, encounter
        self._board.record(call, "created", status=call.status)
        self.interpreter.start(call)
        return call

    def _pick_up(self, call: Call) -> None:
        """Answer a call that came in, now that there is something to say."""
        if call.encounter is None or call.answered_at is not None:
            return
        self._take_up(call, call.encounter)
        limit = call.orders.time_limit
        self._board.schedule(limit, call, self._end, call, Status.COMPLETED, "time_limit", lasting=True)

    def hang_up(self, call: Call, by: str, error_code: int | None = None) -> None:
        """End a call that was answered (or give up a second leg); `error_code` is that of an application error."""
        unanswered = Status.BUSY if call.direction is Direction.INBOUND else Status.CANCELED
        self._end(call, Status.COMPLETED if call.answered_at else unanswered, by, error_code)

    def cancel(self, call: Call) -> None:
        """End a call that was not answered yet, at its caller's wish."""
        if call.status is Status.QUEUED and call in self._queue:
            self._queue.remove(call)
        self._end(call, Status.CANCELED, "api")

    def _new(self, to: str, from_: str, direction: Direction, orders: Orders, parent: str | None = None) -> Call:
        book, now = self._board.book, self._board.now
        call = Call(len(book.calls), self._board.name("CA"), to, from_, direction, now, orders, parent)
        book.add(call)
        return call

    def _await_turn(self) -> None:
        wait = max((self._next_dial - self._board.now).total_seconds(), 0.0)
        self._board.schedule(wait, None, self._dequeue)

    def _dequeue(self) -> None:
        if not self._queue or self._board.now < self._next_dial:
            return
        call = self._queue.popleft()
        self._next_dial = self._board.now + timedelta(seconds=1 / self._board.config.calls_per_second)
        if self._queue:
            self._await_turn()
        self._board.record(call, "dequeued", status=call.status)
        if self._board.now - call.created_at > timedelta(hours=self._board.config.queue_hours):
            self._end(call, Status.FAILED, "queue_limit")
        else:
            self._dial(call)

    def _dial(self, call: Call) -> None:
        board = self._board
        call.dialled_at = board.now
        self._webhooks.report_status(call, "initiated")
        call.encounter = meet(board.population.callee(call.to), board.population.zone, board.now, board.stream(call.to))
        setup = board.config.setup_seconds
        if self.is_engaged(call.to):
            call.encounter = replace(call.encounter, fate=Fate.BUSY)
        if call.encounter.fate is Fate.UNALLOCATED:
            board.schedule(setup + _FAILED_AFTER, call, self._end, call, Status.FAILED, "network")
        elif call.encounter.fate is Fate.BUSY:
            board.schedule(setup + _BUSY_AFTER, call, self._end, call, Status.BUSY, "network")
        else:
            board.schedule(setup, call, self._ring, call, call.encounter)

    def _ring(self, call: Call, encounter: Encounter) -> None:
        self._move(call, Status.RINGING)
        self._board.record(call, "ringing", status=call.status)
        self._webhooks.report_status(call, "ringing")
        timeout = call.orders.timeout
        if encounter.fate is Fate.NO_ANSWER or encounter.ring_seconds >= timeout:
            self._board.schedule(timeout, call, self._end, call, Status.NO_ANSWER, "ring_timeout")
        elif encounter.fate is Fate.DECLINED:
            self._board.schedule(encounter.ring_seconds, call, self._end, call, Status.BUSY, "callee")
        else:
            self._board.schedule(encounter.ring_seconds, call, self._answer, call, encounter)

    def _answer(self, call: Call, encounter: Encounter) -> None:
        self._take_up(call, encounter)
        self._board.schedule(
            call.orders.time_limit, call, self._end, call, Status.COMPLETED, "time_limit", lasting=True
        )
        self._webhooks.report_status(call, "answered")
        orders = call.orders
        if orders.detection is not Detection.NONE:
            seconds, verdict = _detect(orders, encounter)
            # A conversation that waits for the verdict is over when an update leads the call elsewhere.
            details = (call, verdict, round(seconds * 1000))
            self._board.schedule(seconds, call, self._detected, *details, lasting=orders.async_amd)
        if orders.detection is Detection.NONE or orders.async_amd:
            self._begin(call)

    def _begin(self, call: Call, extra: Form = ()) -> None:
        """Press the keys that were asked for (an extension), then start the conversation."""
        keys = call.orders.send_digits
        if not keys:
            self.interpreter.start(call, extra)
            return
        self._board.record(call, "keyed", digits=keys, by="caller")
        self._board.schedule(len(keys) * SECONDS_PER_KEY, call, self.interpreter.start, call, extra)

    def _take_up(self, call: Call, encounter: Encounter) -> None:
        """Let the callee pick up, and plan when he would hang up by himself."""
        self._move(call, Status.IN_PROGRESS)
        call.answered_at = self._board.now
        by = "machine" if encounter.resident is None else "human"
        by = "document" if call.direction is Direction.INBOUND else by
        self._board.record(call, "answered", status=call.status, by=by)
        leaves_after: float | None
        if encounter.resident is None:
            leaves_after = encounter.voicemail.greeting_seconds + encounter.voicemail.records_seconds
        else:
            call.listener = Listener(encounter.resident)
            leaves_after = encounter.resident.person.hangs_up_after_seconds
        if leaves_after is not None and call.direction is not Direction.DIAL:
            self._board.schedule(leaves_after, call, self.hang_up, call, "callee", lasting=True)

    def _detected(self, call: Call, verdict: str, milliseconds: int) -> None:
        call.answered_by = verdict
        self._board.record(call, "machine", answered_by=verdict)
        if call.orders.async_amd:
            self._webhooks.report_detection(call, milliseconds)
        else:
            form = [("AnsweredBy", verdict), ("MachineDetectionDuration", str(milliseconds))]
            self._begin(call, form)

    def _end(self, call: Call, status: Status, by: str, error_code: int | None = None) -> None:
        if call.ended:
            return
        self.interpreter.stop(call)
        rang = call.status is not Status.QUEUED
        self._move(call, status)
        call.ended_at = self._board.now
        details = {} if error_code is None else {"error_code": error_code}
        self._board.record(call, "ended", status=status, by=by, seconds=call.seconds, **details)
        if call.direction is Direction.API and _was_missed(call, rang=rang):
            self.on_missed(call)
        whisper, call.whispering = call.whispering, None
        call.document, call.listener, call.encounter, call.child = None, None, None, None
        self._webhooks.report_status(call, "completed")
        if whisper is not None:
            whisper.declined()

    def _move(self, call: Call, status: Status) -> None:
        if call.status in FINAL:
            raise AssertionError(f"a call that is {call.status} cannot become {status}")
        call.status = status
        call.updated_at = self._board.now

    def _put_through(self, call: Call, verb: Dial, then: Callable[[Form], None]) -> None:
        board = self._board
        orders = Orders(timeout=verb.timeout, time_limit=verb.time_limit)
        child = self._new(verb.number, verb.caller_id or call.from_, Direction.DIAL, orders, call.sid)
        call.child, child.dialled_at = child, board.now
        board.record(child, "transferred", status=child.status)
        encounter = meet(board.population.callee(child.to), board.population.zone, board.now, board.stream(child.to))
        child.encounter = encounter
        ringing = board.config.setup_seconds + encounter.ring_seconds
        answers = encounter.fate in (Fate.ANSWERED, Fate.MACHINE) and encounter.ring_seconds < verb.timeout
        if answers:
            board.schedule(ringing, call, self._second_leg_answers, call, child, verb, then)
            return
        status = _DIAL_STATUS.get(encounter.fate, "no-answer")
        seconds = board.config.setup_seconds + verb.timeout if status == "no-answer" else ringing
        board.schedule(seconds, call, self._second_leg_ends, child, status, then)

    def _second_leg_answers(self, call: Call, child: Call, verb: Dial, then: Callable[[Form], None]) -> None:
        if child.encounter is None:
            return
        self._take_up(child, child.encounter)
        if not verb.whisper_url:
            self._connect(call, child, child.encounter, then)
            return
        # The agent's telephone alone hears what is whispered; the callee hears it ring until they are connected.
        child.document_url = call.document_url
        child.whispering = Whisper(
            heard=partial(self._connect, call, child, child.encounter, then),
            declined=partial(self._declined, call, child, then),
        )
        self.interpreter.turn_to(child, verb.whisper_url, verb.whisper_method, "")

    def _declined(self, call: Call, child: Call, then: Callable[[Form], None]) -> None:
        """Whoever answered hung up before the two were connected; the callee's document goes on."""
        call.child = None
        form = [("DialCallStatus", "completed"), ("DialCallSid", child.sid), ("DialBridged", "false")]
        then([*form, ("DialCallDuration", str(child.seconds))])

    def _connect(self, call: Call, child: Call, encounter: Encounter, then: Callable[[Form], None]) -> None:
        talks = encounter.voicemail.records_seconds
        if encounter.resident is not None:
            talks = encounter.stream.uniform(*encounter.resident.person.talks)
        talks = min(talks, child.orders.time_limit)
        self._board.schedule(talks, call, self._second_leg_ends, child, "completed", then)

    def _second_leg_ends(self, child: Call, status: str, then: Callable[[Form], None]) -> None:
        self._end(child, _END_OF[status], "callee" if status == "completed" else "network")
        form = [("DialCallStatus", status), ("DialCallSid", child.sid)]
        if status == "completed":
            form += [("DialBridged", "true"), ("DialCallDuration", str(child.seconds))]
        then(form)


def _was_missed(call: Call, *, rang: bool) -> bool:
    """Whether a call left a trace on a telephone, and nobody spoke."""
    if call.status is Status.COMPLETED:
        return call.encounter is not None and call.encounter.resident is None
    return call.status in (Status.BUSY, Status.NO_ANSWER) or (call.status is Status.CANCELED and rang)


def _detect(orders: Orders, encounter: Encounter) -> tuple[float, str]:
    """Return after how many seconds detection decides, and Twilio's word for what it found."""
    resident = encounter.resident
    if resident is not None:
        seconds, verdict = encounter.stream.uniform(*_HUMAN_VERDICT), "human"
        if resident.person.seems_machine > encounter.stream.random():
            verdict = "machine_start" if orders.detection is Detection.ENABLE else "machine_end_silence"
    elif orders.detection is Detection.ENABLE:
        seconds, verdict = encounter.stream.uniform(*_MACHINE_VERDICT), "machine_start"
    elif encounter.voicemail.beep:
        seconds, verdict = encounter.voicemail.greeting_seconds + _BEEP_SECONDS, "machine_end_beep"
    else:
        seconds, verdict = encounter.voicemail.greeting_seconds + _SILENCE_SECONDS, "machine_end_silence"
    if seconds > orders.detection_timeout:
        return orders.detection_timeout, "unknown"
    return seconds, verdict
