"""What an intake did."""

from msgspec import Struct


class IntakeReport(Struct, frozen=True):
    """Counts of rows (read = taken_in + updated + duplicates + quarantined), then of contacts, plans and messages.

    `older` are those of the duplicates whose content the policy once had and has no more: they changed nothing.
    `interviews` are those that were opened, which the law wants before the policy is accepted.
    """

    read: int = 0
    taken_in: int = 0
    updated: int = 0
    duplicates: int = 0
    quarantined: int = 0
    contacts_new: int = 0
    contacts_changed: int = 0
    plans_cancelled: int = 0
    messages: int = 0
    older: int = 0
    interviews: int = 0

    def __add__(self, other: "IntakeReport") -> "IntakeReport":
        """Add up two portions of one intake."""
        return IntakeReport(*(getattr(self, one) + getattr(other, one) for one in self.__struct_fields__))
