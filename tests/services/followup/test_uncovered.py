"""What no plan covers is told to the head of evaluation, each gap once a year."""

from datetime import date

import sqlalchemy as sa

from rbm.errors import Forbidden
from rbm.services import followup, planning
from rbm.services.planning import CoverageRulePlan, PolicyParts
from rbm.terms.people import OfficeKind
from rbm.terms.planning import CoverageKind
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.followup.hall import Hall, build, moment


def tell(hall: Hall, day: date) -> dict[str, int]:
    with hall.start(now=moment(day)) as work:
        return {name: count for name, count in followup.tell_coverage_gaps(work).items() if count}


def policy(start: Begin) -> None:
    """Every regional office once in five years, and a strategic evaluation in every plan."""
    with start() as work:
        drafted = planning.draft_policy(work, "POLICY", "Policy", PolicyParts(coverage="a", quality="b", use="c"))
        regional = CoverageRulePlan(CoverageKind.OFFICE, "Regions", office_kind=OfficeKind.REGIONAL, years=5)
        planning.add_coverage_rule(work, drafted.id, regional)
        planning.add_coverage_rule(work, drafted.id, CoverageRulePlan(CoverageKind.STRATEGIC, "Strategy"))
        planning.activate_policy(work, drafted.id)


def test_each_gap_is_told_to_the_head_of_evaluation_once_a_year(start: Begin) -> None:
    hall = build(start)
    assert tell(hall, date(2026, 7, 1)) == {}, "no policy, no gap"
    policy(start)
    assert tell(hall, date(2026, 7, 2)) == {"gaps": 2, "told": 2}
    assert hall.told() == {"director": ["coverage_missing", "strategic_missing"]}
    assert hall.texts("director") == [
        "Regions: REGION is in no plan of evaluations.",
        "Strategy: no corporate, strategic or policy evaluation is foreseen in organisation.",
    ]
    assert tell(hall, date(2026, 7, 2)) == tell(hall, date(2026, 12, 31)) == {}
    with start() as work:
        Make(work).office(kind=OfficeKind.REGIONAL, code="SECOND")
    assert tell(hall, date(2026, 12, 31)) == {"gaps": 1, "told": 1}
    assert tell(hall, date(2027, 1, 1)) == {"gaps": 3, "told": 3}


def test_many_gaps_are_one_notice(start: Begin) -> None:
    hall = build(start)
    policy(start)
    with start() as work:
        for _ in range(20):
            Make(work).office(kind=OfficeKind.REGIONAL)
    assert tell(hall, date(2026, 7, 2)) == {"gaps": 22, "told": 1, "summed_up": 1}
    assert hall.told() == {"director": ["summed_up"]}


def test_only_headquarters_tells(start: Begin, engine: sa.Engine) -> None:
    hall = build(start)
    with refused(engine, Forbidden, None, hall.actor("director")) as work:
        followup.tell_coverage_gaps(work)
