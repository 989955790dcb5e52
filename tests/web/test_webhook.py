"""How the carrier's requests are read."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.web.voice.webhook import BadWebhookError, form_of

WORDS = st.text(alphabet="AZaz09 +&=%/?:;,.~-_\r\n您好電話é\x00", max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=12))
def test_what_was_encoded_reads_back(fields: list[tuple[str, str]]) -> None:
    """Every field as it was signed, in order, blank or not."""
    assert form_of(urlencode(fields).encode()) == tuple(fields)


@given(st.text(alphabet="ab=&%+2F;C4xE", max_size=40))
def test_any_body_reads_as_the_standard_library_reads_it(body: str) -> None:
    """Also one that no carrier sends."""
    assert form_of(body.encode()) == tuple(parse_qsl(body, keep_blank_values=True))


@pytest.mark.parametrize("body", ["您好=1".encode(), b"&".join([b"a=1"] * 201)])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    """Bytes beyond ASCII, or far more fields than a carrier sends."""
    with pytest.raises(BadWebhookError, match="no form"):
        form_of(body)
