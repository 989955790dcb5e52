"""Text messages: by which name the carrier knows them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sid", sa.String(34), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("sid")
