"""A member of the group, as the people whom it calls know it."""

from collections.abc import Mapping

from msgspec import Struct

from outbound.domain.service_desk import ServiceDesk

VERIFIED_BY = ("birth_date", "policy_digits")
"""By which facts customers are recognised where nothing else is configured."""


class Company(Struct, frozen=True):
    """Who calls: `spoken_name` by language tag, `caller_number` and `hotline` in E.164, `self_service` an address.

    `hotline_spoken` and `self_service_spoken` say both by language tag, as a voice reads them. `service_desk` None: it
    is not known when its people work, and nobody promises when they call.

    `verification` is by which facts customers are recognised (`birth_date`, `policy_digits`, `id_digits`), in the order
    in which they are asked for; `identity_column` is the column of a policy that ends in the digits of `id_digits`.
    """

    id: str
    spoken_name: Mapping[str, str]
    caller_number: str
    hotline: str
    hotline_spoken: Mapping[str, str]
    self_service: str
    self_service_spoken: Mapping[str, str]
    region: str
    service_desk: ServiceDesk | None = None
    verification: tuple[str, ...] = VERIFIED_BY
    identity_column: str | None = None
