"""A time that a callee named for a return call, before anybody has looked whether a call may be made then."""

from datetime import datetime

from msgspec import Struct


class WantedTime(Struct, frozen=True):
    """The half-open window [start, end) of aware instants that the words mean, in the contact's zone.

    `exact` when a clock time was named and not only a day or a part of one.
    """

    start: datetime
    end: datetime
    exact: bool = False
