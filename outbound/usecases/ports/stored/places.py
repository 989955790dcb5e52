"""Where contacts said to be, and areas where nobody is called for a while."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class NewPlace(Struct, frozen=True):
    """A contact said to be in `region` (ISO 3166), perhaps in an IANA zone, until an instant or further notice."""

    id: str
    contact_id: str
    region: str
    time_zone: str | None
    until: datetime | None
    evidence: str
    by: str
    at: datetime


class PlaceTakenBack(Struct, frozen=True):
    """What a contact said about where they are counts no more."""

    id: str
    contact_id: str
    evidence: str
    by: str
    at: datetime


class NewSuspension(Struct, frozen=True):
    """Nobody in the area (ISO 3166 code) is called from `since` until `until`."""

    id: str
    code: str
    since: datetime
    until: datetime
    reason: str
    by: str
    at: datetime


class PlaceStore(Protocol):
    """Stated places and suspended areas, inside one transaction."""

    def state(self, place: NewPlace) -> bool:
        """Keep what a contact said, instead of what they said before; False when there is no such contact.

        A stay that ends leaves standing what was said until further notice: that counts again afterwards.
        """
        ...

    def take_back(self, taken: PlaceTakenBack) -> int:
        """End what a contact said, and keep who ended it and why; return how many places that were."""
        ...

    def look_again(self, contact_id: str, now: datetime) -> None:
        """Let the planner look at an open contact now, unless it waits for a retry or a callback."""
        ...

    def suspend(self, suspension: NewSuspension) -> int:
        """Suspend an area; return how many suspensions of the same area and time it takes the place of."""
        ...

    def lift(self, code: str, by: str, now: datetime) -> int:
        """End every suspension of this very area that is or will be in force; return how many."""
        ...

    def release_areas(self, now: datetime) -> int:
        """Let the planner look now at contacts that are held for a suspended area; return how many."""
        ...
