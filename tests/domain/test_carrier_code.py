"""What a refusal means, and what is no refusal."""

import pytest

from outbound.domain.line.carrier_code import RefusalKind, read_create_refusal

K = RefusalKind


@pytest.mark.parametrize(
    ("http_status", "code", "kind"),
    [
        (400, 21211, K.NUMBER_UNUSABLE),
        (400, 21214, K.NUMBER_UNUSABLE),
        (400, 21216, K.NUMBER_UNUSABLE),
        (400, 21217, K.NUMBER_UNUSABLE),
        (400, 21201, K.CONFIGURATION),
        (400, 21205, K.CONFIGURATION),
        (400, 21210, K.CONFIGURATION),
        (400, 21212, K.CONFIGURATION),
        (400, 21215, K.CONFIGURATION),
        (400, 21219, K.CONFIGURATION),
        (400, 99999, K.CONFIGURATION),
        (400, None, K.CONFIGURATION),
        (404, 20404, K.CONFIGURATION),
        (401, 20003, K.AUTHENTICATION),
        (403, 20003, K.AUTHENTICATION),
        (403, 403, K.AUTHENTICATION),
        (401, 20005, K.AUTHENTICATION),
        (429, 20429, K.RATE),
        (429, 429, K.RATE),
        (400, 10004, K.NOT_NOW),
        (429, 10004, K.NOT_NOW),
        (400, 22005, K.NOT_NOW),
        (429, 21211, None),
        (404, 21211, None),
        (400, 20429, None),
        (409, 10004, None),
        (404, 20003, None),
        (408, 408, None),
        (500, 20500, None),
        (502, 502, None),
        (503, 20503, None),
        (504, None, None),
        (302, 302, None),
        (200, None, None),
    ],
)
def test_every_refusal_has_its_meaning(http_status: int, code: int | None, kind: RefusalKind | None) -> None:
    """Codes decide where they fit the status, else nothing is certain; without one, 4xx is certain except 408."""
    assert read_create_refusal(http_status, code) is kind
