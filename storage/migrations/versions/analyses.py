"""Analyses of scores, studies of panels, and what a stage's rules say about ranking."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a540c4d7e004"
down_revision = "a530c4d7e003"
branch_labels = None
depends_on = None

RANKED_BY = sa.Enum(
    "weighted mean", "adjusted score", name="rankedby", native_enum=False, create_constraint=True, length=40
)
PLACE_TOLD = sa.Enum(
    "nothing",
    "clear, close or below",
    "place and how sure it is",
    name="placetold",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    with op.batch_alter_table("stage") as batch_op:
        batch_op.add_column(sa.Column("ranked_by", RANKED_BY, nullable=False, server_default="weighted mean"))
        batch_op.add_column(sa.Column("place_told", PLACE_TOLD, nullable=False, server_default="nothing"))
    with op.batch_alter_table("stage") as batch_op:
        batch_op.alter_column("ranked_by", server_default=None, existing_type=RANKED_BY)
        batch_op.alter_column("place_told", server_default=None, existing_type=PLACE_TOLD)

    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "stage_analysis",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("audience", text(length=80), nullable=False),
        sa.Column("stamp", text(length=80), nullable=False),
        sa.Column("fingerprint", text(length=80), nullable=False),
        sa.Column("made_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("ratings", text(), nullable=False),
        sa.Column("report", text(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stage_analysis_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_analysis")),
        sa.UniqueConstraint("stage_id", "audience", name=op.f("uq_stage_analysis_stage_id_audience")),
    )
    op.create_table(
        "panel_study",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("answered_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_panel_study_asked_by_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_panel_study_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_study")),
    )
    with op.batch_alter_table("panel_study") as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_study_stage_id"), ["stage_id"], unique=False)


def downgrade() -> None:
    op.drop_table("panel_study")
    op.drop_table("stage_analysis")
    with op.batch_alter_table("stage") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stage_placetold"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_stage_rankedby"), type_="check")
        batch_op.drop_column("place_told")
        batch_op.drop_column("ranked_by")
