"""Tells a wrong key before anything is written with it: one database knows one pair of keys."""

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from outbound.adapters.sql.database.keys import KeyProblemError, Keyring
from outbound.adapters.sql.schema import key_checks
from outbound.adapters.sql.store import speaking_plainly

_COLUMN = "key_checks.sealed"
_WORD = b"outbound"


def check_keys(engine: Engine, keyring: Keyring) -> None:
    """Compare both keys with those that the database was made with, or remember them in a new one.

    Raises `KeyProblemError` naming the variable that is wrong.
    """
    with speaking_plainly():
        with engine.connect().execution_options(outbound_read_only=True) as connection:
            known = {row.name: row for row in connection.execute(select(key_checks))}
        if not known:
            _remember(engine, keyring)
            return
    try:
        keyring.open(known["data"].sealed, _COLUMN)
    except KeyProblemError:
        raise KeyProblemError(_wrong("OUTBOUND_DATA_KEY")) from None
    if known["index"].digest != _digest(keyring):
        raise KeyProblemError(_wrong("OUTBOUND_INDEX_KEY"))


def _remember(engine: Engine, keyring: Keyring) -> None:
    rows: list[dict[str, str | bytes | None]] = [
        {"name": "data", "sealed": keyring.seal(_WORD, _COLUMN), "digest": None},
        {"name": "index", "sealed": None, "digest": _digest(keyring)},
    ]
    try:
        with engine.begin() as connection:
            connection.execute(key_checks.insert(), rows)
    except IntegrityError:
        # Another process was first; what it wrote is compared now.
        check_keys(engine, keyring)


def _digest(keyring: Keyring) -> str:
    return keyring.index("check", "outbound")


def _wrong(variable: str) -> str:
    return f"environment: {variable} is not the key that this database was made with; nothing was changed"
