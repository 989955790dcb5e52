"""Calls that come in: people who ring the number that was shown to them, and people who ring out of the blue."""

from outbound.exchange.board import Switchboard
from outbound.exchange.call import Call, Orders, Status
from outbound.exchange.people.callee import Encounter, Fate
from outbound.exchange.people.population import Resident, RingIn, Voicemail
from outbound.exchange.trunk import Trunk

WITHHELD = "anonymous"
"""What stands for a number that the caller does not show."""

_ON_THE_LINE = frozenset({Status.RINGING, Status.IN_PROGRESS})


class Inbound:
    """Lets people ring the numbers of the account for which there is an address (`ExchangeConfig.incoming`).

    Every draw comes from a stream of its own, by (seed, number, n-th time), as for calls that go out.
    """

    def __init__(self, board: Switchboard, trunk: Trunk) -> None:
        self._board = board
        self._trunk = trunk
        self._in: dict[str, Call] = {}
        trunk.on_missed, trunk.is_engaged = self._missed, self._is_calling
        for ring in board.population.rings_in:
            seconds = (ring.at - board.now).total_seconds()
            board.schedule(seconds, None, self._as_planned, ring)

    def _missed(self, call: Call) -> None:
        callee = self._board.population.callee(call.to)
        back = callee.profile.rings_back
        if back is None or not callee.residents or self._board.config.answering(call.from_) is None:
            return
        stream = self._board.stream(f"{call.to} rings back")
        if stream.random() < back.chance:
            self._board.schedule(stream.uniform(*back.after), None, self._ring_back, call.to, call.from_)

    def _ring_back(self, number: str, ours: str) -> None:
        # Who is on the telephone, with us or because we ring again, does not dial.
        calls = self._board.book.by_to.get(number, ())
        if not self._is_calling(number) and not any(each.status in _ON_THE_LINE for each in calls):
            self._ring(number, ours, None)

    def _as_planned(self, ring: RingIn) -> None:
        self._ring(ring.from_, ring.to, ring.caller)

    def _ring(self, number: str, ours: str, caller: Resident | None) -> None:
        answering = self._board.config.answering(ours)
        stream = self._board.stream(f"{number or WITHHELD} rings in")
        residents = self._board.population.callee(number).residents
        if caller is None and residents:
            caller = stream.choices(residents, [each.weight for each in residents])[0]
        if answering is None or caller is None:
            return
        orders = Orders(
            url=answering.voice_url,
            method=answering.voice_method,
            status_callback=answering.status_url,
            status_method=answering.status_method,
        )
        encounter = Encounter(Fate.ANSWERED, 0.0, caller, Voicemail(), stream)
        call = self._trunk.come_in(number or WITHHELD, ours, orders, encounter)
        if number:
            self._in[number] = call

    def _is_calling(self, number: str) -> bool:
        call = self._in.get(number)
        return call is not None and not call.ended
