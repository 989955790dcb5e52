"""Alembic's entry: runs migrations on the connection that `upgrade` hands over."""

from typing import Any, Literal

from alembic import context

from outbound.adapters.sql.database.columns import Instant, Sealed
from outbound.adapters.sql.schema import metadata


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that a migration never needs our code."""
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
