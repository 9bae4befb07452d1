"""The door: sealed blocks of the trail, identities, sign-ins, stored answers, scopes of tokens."""

import sqlalchemy as sa
from alembic import op

from rbm.db import Identifier, Moment

revision = "0002_the_door"
down_revision = "0001_first"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sealed_at", Moment(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_block")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_block_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "identity",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("person_id", Identifier(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_identity_person_id"), "identity", ["person_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", Identifier(), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("credentials", name=op.f("uq_sign_in_credentials")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "stored_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", Identifier(), nullable=False),
        sa.Column("key", Identifier(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stored_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_stored_answer_person_id_key")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stored_answer_at"), "stored_answer", ["at"], unique=False)
    op.add_column("api_token", sa.Column("scopes", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the tables out again."""
    op.drop_column("api_token", "scopes")
    op.drop_index(op.f("ix_stored_answer_at"), table_name="stored_answer")
    op.drop_table("stored_answer")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_identity_person_id"), table_name="identity")
    op.drop_table("identity")
    op.drop_table("audit_block")
