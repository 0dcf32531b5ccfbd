"""sealed trail: seals, mails that were refused, attempts to sign in."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision = "a500c4d7e000"
down_revision = "6cb2dba173d0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("previous", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.Column("anchored_at", storage.types.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
    )
    _counted_for_ever(True)
    with op.batch_alter_table("audit_row") as batch_op:
        batch_op.add_column(sa.Column("seal", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_audit_row_seal"), ["seal"], unique=False)

    with op.batch_alter_table("mail") as batch_op:
        batch_op.add_column(
            sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=500), server_default="", nullable=False)
        )
        batch_op.drop_constraint(batch_op.f("ck_mail_mailstate"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_mail_mailstate"),
            sa.column("state").in_(("waiting", "sent", "refused", "replaced", "erased")),
        )
    with op.batch_alter_table("mail") as batch_op:
        batch_op.alter_column("problem", server_default=None)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sign-in",
                "link",
                "registration",
                "use of a link",
                name="attemptkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", storage.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_at"), ["at"], unique=False)
        batch_op.create_index("ix_attempt_about_kind_at", ["about", "kind", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("attempt")

    op.execute("UPDATE mail SET state = 'sent' WHERE state IN ('refused', 'replaced', 'erased')")
    with op.batch_alter_table("mail") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mail_mailstate"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_mail_mailstate"), sa.column("state").in_(("waiting", "sent")))
        batch_op.drop_column("problem")

    with op.batch_alter_table("audit_row") as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_row_seal"))
        batch_op.drop_column("seal")
    _counted_for_ever(False)
    op.drop_table("seal")


def _counted_for_ever(wanted: bool) -> None:
    """On SQLite, whether the position of a row that was removed may be given to another one."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("audit_row", recreate="always", table_kwargs={"sqlite_autoincrement": wanted}):
            pass
