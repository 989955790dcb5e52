"""Questions without an approved answer: who closed them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("unanswered_questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("done_by", sa.String(60), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("unanswered_questions", schema=None) as batch_op:
        batch_op.drop_column("done_by")
