"""Keys of the database: one that seals personal columns, one that makes numbers findable without showing them."""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outbound.usecases.problems import InputProblemError

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_HEADER_BYTES = 5


class KeyProblemError(InputProblemError):
    """A key is missing, has the wrong form, or is not the one with which a value was sealed."""


class Keyring:
    """AES-256-GCM for columns and HMAC-SHA256 for blind indexes, with two independent 32-byte keys.

    A sealed value is `version (1) | key id (4) | nonce (12) | ciphertext and tag`; the associated data is the
    column's name, so that a value copied into another column does not open.
    """

    def __init__(self, *, data_key: bytes, index_key: bytes) -> None:
        for name, key in (("data", data_key), ("index", index_key)):
            if len(key) != KEY_BYTES:
                raise KeyProblemError(f"the {name} key has {len(key)} bytes; it needs {KEY_BYTES}")
        self._cipher = AESGCM(data_key)
        self._header = _VERSION + hashlib.sha256(data_key).digest()[:4]
        self._index = hmac.new(index_key, digestmod=hashlib.sha256)

    def seal(self, plain: bytes, column: str) -> bytes:
        """Encrypt `plain` for `column` ("table.column")."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._header + nonce + self._cipher.encrypt(nonce, plain, self._header + column.encode())

    def open(self, sealed: bytes, column: str) -> bytes:
        """Decrypt what `seal` made for the same column, or raise `KeyProblemError`."""
        header, start = sealed[:_HEADER_BYTES], _HEADER_BYTES + _NONCE_BYTES
        if header != self._header:
            raise KeyProblemError(f"a value in {column} was sealed with another key: check OUTBOUND_DATA_KEY")
        try:
            return self._cipher.decrypt(sealed[_HEADER_BYTES:start], sealed[start:], header + column.encode())
        except InvalidTag:
            raise KeyProblemError(f"a value in {column} was changed or belongs to another column") from None

    def index(self, purpose: str, value: str) -> str:
        """Blind index of `value`: 32 hexadecimal digits, equal for equal values, useless without the key."""
        keyed = self._index.copy()
        keyed.update(f"{purpose}\0{value}".encode())
        return keyed.hexdigest()[:32]


def read_key(name: str, text: str) -> bytes:
    """Decode the base64 `text` of the environment variable `name`, or raise `KeyProblemError` without showing it."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblemError(
            f"{name} is not a key: give {KEY_BYTES} random bytes in base64 "
            "(python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')"
        )
    return key
