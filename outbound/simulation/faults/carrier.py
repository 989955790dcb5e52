"""The wire to the carrier, instrumented: a process can die before a request leaves it and before the answer is read."""

import re
from collections.abc import Mapping

from outbound.adapters.twilio.in_process import Form, Handler
from outbound.simulation.faults.accidents import Accidents

_SID = re.compile(r"/(?:CA|SM)[0-9a-f]{32}")


def watched(handler: Handler, accidents: Accidents, process: str) -> Handler:
    """Return `handler` with an instrumented point before and after each request."""

    def request(method: str, url: str, headers: Mapping[str, str], form: Form) -> tuple[int, Mapping[str, str], bytes]:
        what = f"{method} {_kind(url)}"
        accidents.pass_point(f"{process}: before {what}")
        try:
            return handler(method, url, headers, form)
        finally:
            # Also where no answer came: the process may die while it waits.
            accidents.pass_point(f"{process}: after {what}")

    return request


def _kind(url: str) -> str:
    path = url.partition("?")[0]
    return ("Call" if _SID.search(path) else "Calls") if "/Calls" in path else "Messages"
