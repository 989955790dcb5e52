"""What a call is for. The class decides which hours, consents and refusals bind it."""

from enum import StrEnum


class CallClass(StrEnum):
    """Purpose of a call as the rules see it (a script that promotes anything is telemarketing)."""

    SERVICE = "service"
    TELEMARKETING = "telemarketing"
    COLLECTION = "collection"
    MANDATORY_INTERVIEW = "mandatory_interview"
