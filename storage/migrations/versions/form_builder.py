"""Questions about money, dates, teams and declarations, and questions that are asked after certain answers alone."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "a580c4d7e0f0"
down_revision = "a5a0c4d7e00a"
branch_labels = None
depends_on = None

KINDS = ("text", "file", "number", "choice", "consent", "baseline")
NEW = ("money", "date", "team", "declaration")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("question") as batch_op:
        batch_op.add_column(sa.Column("particulars", text(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("only_if", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("only_if_answers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("question") as batch_op:
        batch_op.alter_column("particulars", server_default=None, existing_type=text(length=200))
        batch_op.alter_column("only_if_answers", server_default=None, existing_type=sa.JSON())
        batch_op.alter_column("version", server_default=None, existing_type=sa.Integer())
    _kinds(*KINDS, *NEW)


def downgrade() -> None:
    _kinds(*KINDS)
    with op.batch_alter_table("question") as batch_op:
        for column in ("version", "only_if_answers", "only_if", "particulars"):
            batch_op.drop_column(column)


def _kinds(*kinds: str) -> None:
    with op.batch_alter_table("question") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_question_questionkind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_question_questionkind"), sa.column("kind").in_(kinds))
