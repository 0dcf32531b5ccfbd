"""The panel's meeting: agenda, presence, minutes, revised scores, and which judges score and which meet."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "415768b7893e"
down_revision = "a5e0c4d7e0e0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared", "open", "closed", name="meetingstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("opened_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_meeting_entry_id_entry")),
        sa.ForeignKeyConstraint(["prepared_by"], ["person.id"], name=op.f("fk_meeting_prepared_by_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_meeting_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "undecided",
                "disagreement",
                "added",
                name="itemreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("presented_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.Column("removed_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_agenda_item_entry_id_entry")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "entry_id", name=op.f("uq_agenda_item_meeting_id_entry_id")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "meeting_presence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("left_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_presence_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_presence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_presence")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_presence_meeting_id_person_id")),
    )
    with op.batch_alter_table("meeting_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_presence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "minute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstaining", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("recused", sa.JSON(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["minute.id"], name=op.f("fk_minute_corrects_id_minute")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_minute_entry_id_entry")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minute_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_minute_recorded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_minute_corrects_id")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_minute_meeting_id_number")),
    )
    with op.batch_alter_table("minute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minute_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "revised_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_key", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("saved_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_revised_score_entry_id_entry")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_revised_score_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_revised_score_person_id_person")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_revised_score_rubric_id_rubric")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revised_score")),
        sa.UniqueConstraint(
            "entry_id", "person_id", "criterion_key", name=op.f("uq_revised_score_entry_id_person_id_criterion_key")
        ),
    )
    with op.batch_alter_table("revised_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revised_score_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "duty",
                sa.Enum(
                    "scores alone",
                    "meets in the panel",
                    "scores and meets",
                    name="duty",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="scores and meets",
            )
        )
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.alter_column("duty", server_default=None, existing_type=sa.String(length=40))


def downgrade() -> None:
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.drop_column("duty")

    with op.batch_alter_table("revised_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revised_score_person_id"))

    op.drop_table("revised_score")
    with op.batch_alter_table("minute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minute_entry_id"))

    op.drop_table("minute")
    with op.batch_alter_table("meeting_presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_presence_person_id"))

    op.drop_table("meeting_presence")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_entry_id"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_stage_id"))

    op.drop_table("meeting")
