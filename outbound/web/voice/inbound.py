"""Calls that come in, at the desk: who rings is answered, or bidden goodbye kindly when nothing can be looked up."""

from collections import OrderedDict
from collections.abc import Mapping

from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms
from outbound.usecases.inbound.end_inbound_call import end_inbound_call
from outbound.usecases.inbound.take_inbound_call import out_of_order, take_inbound_call
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.store import Store
from outbound.web.voice.webhook import WebResponse, sid_of, status_of

_XML = "text/xml; charset=utf-8"
_REMEMBERED = 1000


class InboundDesk:
    """Handles `/voice/inbound` and `/voice/inbound/status`, after the signature was checked."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._apologised: OrderedDict[str, bytes] = OrderedDict()

    def answer(self, form: Mapping[str, str], context: VoiceContext) -> WebResponse:
        """Answer a call; the second delivery of the same one gets the same bytes."""
        request = _request(form)
        said = self._apologised.get(request.sid)
        if said is None:
            said = take_inbound_call(self._store, request=request, context=context, now=self._clock.now())
        return WebResponse(200, said, _XML)

    def apologise(self, form: Mapping[str, str], context: VoiceContext) -> WebResponse:
        """Answer a call of which nothing can be written down; whoever comes again is told the same."""
        request = _request(form)
        said = self._apologised.setdefault(request.sid, out_of_order(request, context))
        while len(self._apologised) > _REMEMBERED:
            self._apologised.popitem(last=False)
        return WebResponse(200, said, _XML)

    def ended(self, form: Mapping[str, str], context: VoiceContext) -> WebResponse:
        """Take in that a call is over."""
        terms = InboundTerms(context.rules.companies, context.campaigns, context.scripts, context.identifiers)
        status, now = status_of(form), self._clock.now()
        end_inbound_call(self._store, request=_request(form), status=status, terms=terms, now=now)
        return WebResponse(204)


def _request(form: Mapping[str, str]) -> InboundRequest:
    return InboundRequest(sid_of(form), form.get("From", ""), form.get("To", ""))
