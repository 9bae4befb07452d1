"""The roll-up: series, decisions, formulas, marks that are tried again; figures with slices, bounds and targets.

Figures are made of measurements: they are taken out, and every indicator that has any is marked to be computed again.
"""

import sqlalchemy as sa
from alembic import op

from rbm import clock
from rbm.db import Fixed, Identifier, Moment

revision = "0003_the_roll_up"
down_revision = "0002_the_door"


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "aggregation_decision",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decided_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_aggregation_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aggregation_decision")),
        sa.UniqueConstraint("key", "edition", name=op.f("uq_aggregation_decision_key_edition")),
        sqlite_strict=True,
    )
    op.create_table(
        "crosswalk_link",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("before_id", Identifier(), nullable=False),
        sa.Column("after_id", Identifier(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decided_by_id", Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["after_id"], ["indicator.id"], name=op.f("fk_crosswalk_link_after_id")),
        sa.ForeignKeyConstraint(["before_id"], ["indicator.id"], name=op.f("fk_crosswalk_link_before_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_crosswalk_link_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosswalk_link")),
        sa.UniqueConstraint("before_id", "after_id", name=op.f("uq_crosswalk_link_before_id_after_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_crosswalk_link_after_id"), "crosswalk_link", ["after_id"], unique=False)
    op.create_index(op.f("ix_crosswalk_link_before_id"), "crosswalk_link", ["before_id"], unique=False)
    op.create_table(
        "formula_term",
        sa.Column("id", Identifier(), nullable=False),
        sa.Column("indicator_id", Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_id", Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_formula_term_indicator_id")),
        sa.ForeignKeyConstraint(["source_id"], ["indicator.id"], name=op.f("fk_formula_term_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formula_term")),
        sa.UniqueConstraint("indicator_id", "name", name=op.f("uq_formula_term_indicator_id_name")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_formula_term_indicator_id"), "formula_term", ["indicator_id"], unique=False)
    op.create_index(op.f("ix_formula_term_source_id"), "formula_term", ["source_id"], unique=False)
    op.add_column(
        "contribution_link", sa.Column("non_overlapping", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("dirty_mark", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dirty_mark", sa.Column("next_at", Moment(), nullable=True))
    op.add_column("dirty_mark", sa.Column("fault", sa.Text(), nullable=True))
    op.add_column("dirty_mark", sa.Column("dead", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("indicator", sa.Column("population", Fixed(6), nullable=True))
    op.add_column("indicator", sa.Column("formula", sa.Text(), nullable=True))
    _drop_figures()
    _create_figures(
        (
            sa.Column("disaggregation_id", Identifier(), nullable=True),
            sa.Column("lower", Fixed(6), nullable=True),
            sa.Column("upper", Fixed(6), nullable=True),
            sa.Column("target", Fixed(6), nullable=True),
            sa.Column("targets", sa.Integer(), nullable=False),
            sa.Column("baseline", Fixed(6), nullable=True),
            sa.Column("baselines", sa.Integer(), nullable=False),
            sa.Column("verified_units", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["disaggregation_id"], ["disaggregation.id"], name=op.f("fk_figure_disaggregation_id")
            ),
        ),
        ["indicator_id", "period_id", "category_id", "disaggregation_id"],
    )
    _mark_all()


def downgrade() -> None:
    """Take the tables and columns out again."""
    _drop_figures()
    _create_figures((), ["indicator_id", "period_id", "category_id"])
    for column in ("formula", "population"):
        op.drop_column("indicator", column)
    for column in ("dead", "fault", "next_at", "attempts"):
        op.drop_column("dirty_mark", column)
    op.drop_column("contribution_link", "non_overlapping")
    op.drop_table("formula_term")
    op.drop_table("crosswalk_link")
    op.drop_table("aggregation_decision")
    _mark_all()


def _drop_figures() -> None:
    op.drop_table("figure_exclusion")
    op.drop_table("figure")


def _create_figures(more: tuple[sa.schema.SchemaItem, ...], cell: list[str]) -> None:
    op.create_table(
        "figure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("indicator_id", Identifier(), nullable=False),
        sa.Column("period_id", Identifier(), nullable=False),
        sa.Column("category_id", Identifier(), nullable=True),
        sa.Column("value", Fixed(6), nullable=True),
        sa.Column("numerator", Fixed(6), nullable=True),
        sa.Column("denominator", Fixed(6), nullable=True),
        sa.Column("verified", Fixed(6), nullable=True),
        sa.Column("self_reported", Fixed(6), nullable=True),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("computed_at", Moment(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_figure_category_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_figure_indicator_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_figure_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_figure_period_id"), "figure", ["period_id"], unique=False)
    op.create_index("ix_figure_cell", "figure", cell, unique=False)
    op.create_table(
        "figure_exclusion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("figure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["figure_id"], ["figure.id"], name=op.f("fk_figure_exclusion_figure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_exclusion")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_figure_exclusion_figure_id"), "figure_exclusion", ["figure_id"], unique=False)


def _mark_all() -> None:
    statement = sa.text(
        "INSERT INTO dirty_mark (indicator_id, cause, marked_at) SELECT DISTINCT indicator_id, 'migrate', :now"
        " FROM measurement"
    ).bindparams(sa.bindparam("now", clock.read(), type_=Moment()))
    op.get_bind().execute(statement)
