"""A bar for what takes longer than a moment, where somebody looks at a terminal."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")
_FEW = 100


def shown_progress(items: Sequence[_Item], what: str) -> Iterable[_Item]:
    """Return the items, with a bar on standard error while they are worked through; none for a few of them."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return items if len(items) < _FEW or not console.is_terminal else track(items, what, console=console)
