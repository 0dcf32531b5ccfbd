"""Several entries for each team, days in which a team takes out what names it, comments of a prize's team."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a5e0c4d7e0e0"
down_revision = "a5d5c4d7e0b5"
branch_labels = None
depends_on = None

PARTS = ("brief and rules", "eligibility", "stage", "entry form", "rubric", "fund", "mail texts", "people")
NEW = {"stage": {"entries_per_team": "1", "correction_days": "0"}, "entry": {"number": "1"}}


def upgrade() -> None:
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name, value in columns.items():
                batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.alter_column(name, server_default=None, existing_type=sa.Integer())
    with op.batch_alter_table("entry") as batch_op:
        batch_op.create_unique_constraint(op.f("uq_entry_stage_id_team_id_number"), ["stage_id", "team_id", "number"])
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("question") as batch_op:
        batch_op.add_column(sa.Column("heading", text(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("question") as batch_op:
        batch_op.alter_column("heading", server_default=None, existing_type=text(length=200))
    op.create_table(
        "prize_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(*PARTS, name="prizepart", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("text", text(length=2000), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_prize_comment_prize_id_prize")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_prize_comment_stage_id_stage")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_prize_comment_written_by_person")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_prize_comment_settled_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_comment")),
    )
    for column in ("prize_id", "written_by"):
        op.create_index(op.f(f"ix_prize_comment_{column}"), "prize_comment", [column])


def downgrade() -> None:
    op.drop_table("prize_comment")
    with op.batch_alter_table("question") as batch_op:
        batch_op.drop_column("heading")
    with op.batch_alter_table("entry") as batch_op:
        batch_op.drop_constraint(op.f("uq_entry_stage_id_team_id_number"), type_="unique")
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.drop_column(name)
