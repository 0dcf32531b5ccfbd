"""Rubrics with steps of half a point, gate questions and an order of criteria that breaks ties."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5f1c4d7e015"
down_revision = "a590c4d7e009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("rubric") as batch_op:
        batch_op.add_column(sa.Column("steps_per_point", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("rubric") as batch_op:
        batch_op.alter_column(
            "steps_per_point", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("criterion") as batch_op:
        batch_op.add_column(sa.Column("breaks_ties", sa.Integer(), nullable=True))
    op.create_table(
        "gate_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", text(length=200), nullable=False),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_gate_question_rubric_id_rubric")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_question")),
        sa.UniqueConstraint("rubric_id", "key", name=op.f("uq_gate_question_rubric_id_key")),
    )
    op.create_table(
        "gate_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("gate_key", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("saved_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_gate_answer_scorecard_id_scorecard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_answer")),
        sa.UniqueConstraint(
            "scorecard_id", "gate_key", "number", name=op.f("uq_gate_answer_scorecard_id_gate_key_number")
        ),
    )


def downgrade() -> None:
    op.drop_table("gate_answer")
    op.drop_table("gate_question")
    with op.batch_alter_table("criterion") as batch_op:
        batch_op.drop_column("breaks_ties")
    with op.batch_alter_table("rubric") as batch_op:
        batch_op.drop_column("steps_per_point")
