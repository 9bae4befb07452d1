"""Levels of truth: which leads in a publication from which day on, and how much of a figure is verified."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.rollup import Figure
from rbm.services import rollup
from rbm.services.rollup import Lead
from rbm.terms.indicators import Measure, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import Verification
from rbm.terms.rollup import LeadBasis
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.rollup.test_explaining import rolled_up

VERIFIED, APPROVED = LeadBasis.VERIFIED_ONLY, LeadBasis.APPROVED_NOT_REJECTED


def half_verified(make: Make, **facts: Any) -> Figure:
    """A figure of two units, 30 verified and 90 not."""
    period, top = make.year(), make.indicator(**facts)
    for value, verification in ((30, Verification.VERIFIED), (90, Verification.SELF_REPORTED)):
        make.contribution(child := make.indicator(), top)
        make.measurement(child, period, value, verification=verification)
    return rolled_up(make.work, top, period)


def test_verified_values_lead_until_it_is_set_otherwise(work: Work, make: Make) -> None:
    make.headquarters()
    figure = half_verified(make)
    assert rollup.leads(work, [figure]) == [Lead(Decimal(30), VERIFIED, Decimal(120), APPROVED)]
    rollup.set_lead_basis(work, APPROVED, work.today)
    assert rollup.leads(work, [figure]) == [Lead(Decimal(120), APPROVED, Decimal(30), VERIFIED)]


def test_the_basis_of_a_day_is_the_edition_in_force_then(work: Work, make: Make) -> None:
    make.headquarters()
    first = rollup.set_lead_basis(work, APPROVED, date(2026, 6, 1))
    later = rollup.set_lead_basis(work, VERIFIED, date(2026, 9, 1))
    assert [(row.rule, row.edition, row.effective_to) for row in (first, later)] == [
        ("lead_basis", 2, date(2026, 8, 31)),
        ("lead_basis", 3, None),
    ]
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1))
    assert [rollup.lead_basis(work, day) for day in days] == [VERIFIED, APPROVED, APPROVED, VERIFIED]
    assert rollup.lead_basis(work) == VERIFIED


def test_what_is_not_known_leads_as_null_and_nothing_takes_its_place(work: Work, make: Make) -> None:
    period, indicator = make.year(), make.indicator()
    make.measurement(indicator, period, 7)
    assert rollup.leads(work, [rolled_up(work, indicator, period)]) == [Lead(None, VERIFIED, Decimal(7), APPROVED)]


def test_an_edition_cannot_start_before_the_last_one(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        Make(work).headquarters()
        rollup.set_lead_basis(work, APPROVED, date(2026, 6, 1))
    with refused(engine, Conflict, "effective_from") as work:
        rollup.set_lead_basis(work, VERIFIED, date(2026, 6, 1))


def test_an_edition_far_ahead_would_stand_in_the_way_of_all_others(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        Make(work).headquarters()
    with refused(engine, Invalid, "effective_from") as work:
        rollup.set_lead_basis(work, APPROVED, date(9999, 12, 31))


def test_only_those_who_operate_at_headquarters_say_what_leads(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        viewer = make.actor(Role.VIEWER)
    for actor in (viewer, PUBLIC):
        with refused(engine, Forbidden, None, actor) as work:
            rollup.set_lead_basis(work, APPROVED, date(2026, 6, 1))


def test_how_much_is_verified_is_exact_by_value_and_by_unit(work: Work, make: Make) -> None:
    [share] = rollup.verified_shares(work, [half_verified(make)])
    assert (share.by_value, share.by_unit) == (Decimal("0.25"), Decimal("0.5"))


def test_a_third_is_rounded_once(work: Work, make: Make) -> None:
    period, top = make.year(), make.indicator()
    for number in range(3):
        make.contribution(child := make.indicator(), top)
        verification = Verification.SELF_REPORTED if number else Verification.VERIFIED
        make.measurement(child, period, 1, verification=verification)
    [share] = rollup.verified_shares(work, [rolled_up(work, top, period)])
    assert (share.by_value, share.by_unit) == (Decimal("0.333333"), Decimal("0.333333"))


@pytest.mark.parametrize(
    ("facts", "by_value"),
    [({}, Decimal(0)), ({"over_units": OverUnits.MEAN}, None), ({"measure": Measure.PERCENTAGE}, None)],
)
def test_only_a_count_has_a_verified_share_by_value(
    work: Work, make: Make, facts: dict[str, Any], by_value: Decimal | None
) -> None:
    period, indicator = make.year(), make.indicator(**facts)
    make.measurement(indicator, period, 7)
    [share] = rollup.verified_shares(work, [rolled_up(work, indicator, period)])
    assert (share.by_value, share.by_unit) == (by_value, Decimal(0))


def test_of_nothing_there_is_no_share(work: Work, make: Make) -> None:
    period, indicator = make.year(), make.indicator()
    make.measurement(indicator, period, None)
    [share] = rollup.verified_shares(work, [rolled_up(work, indicator, period)])
    assert (share.by_value, share.by_unit) == (None, None)
