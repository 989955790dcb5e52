"""Values with a few fields changed, whichever kind they are."""

import dataclasses
from typing import Any, TypeVar, cast

from msgspec import Struct, structs

_T = TypeVar("_T")


def replace(value: _T, **changes: Any) -> _T:
    """Return a copy of `value` with `changes`: a Struct of the product, or a dataclass."""
    if isinstance(value, Struct):
        return structs.replace(value, **changes)
    changed: _T = dataclasses.replace(cast(Any, value), **changes)
    return changed
