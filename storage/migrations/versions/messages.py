"""What prizes say in their mails, messages to groups, and which prize a mail is about."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a590c4d7e009"
down_revision = "a580c4d7e008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "message_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("key", text(length=60), nullable=False),
        sa.Column("subject", text(length=200), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_message_template_prize_id_prize")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_message_template_changed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint("prize_id", "key", name=op.f("uq_message_template_prize_id_key")),
    )
    op.create_table(
        "group_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("audience", text(length=300), nullable=False),
        sa.Column("subject", text(length=200), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_group_message_prize_id_prize")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_group_message_sent_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_message")),
    )
    with op.batch_alter_table("group_message") as batch_op:
        batch_op.create_index(batch_op.f("ix_group_message_prize_id"), ["prize_id"], unique=False)
    with op.batch_alter_table("mail") as batch_op:
        batch_op.add_column(sa.Column("about", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mail_about"), ["about"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mail") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_about"))
        batch_op.drop_column("about")
    with op.batch_alter_table("group_message") as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_message_prize_id"))
    op.drop_table("group_message")
    op.drop_table("message_template")
