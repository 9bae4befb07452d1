"""Roll-up: R045 to R052, each with the numbers of its own test."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.indicators import Indicator
from rbm.model.people import Place
from rbm.model.projects import ProjectParticipation, ProjectTheme, Theme
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import indicators, rollup
from rbm.services.indicators import ContributionPlan
from rbm.terms.indicators import Additivity, Composition, Fitness, Measure, OverUnits
from rbm.terms.people import OfficeKind, PlaceKind
from rbm.terms.reporting import Verification
from rbm.terms.rollup import LeadBasis, Reason
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused


def figure(work: Work, indicator: Indicator, period: Period) -> Figure:
    """The total of an indicator, rolled up."""
    rollup.refresh(work, full=True)
    query = sa.select(Figure).where(Figure.indicator_id == indicator.id, Figure.period_id == period.id)
    query = query.where(Figure.whole()).execution_options(populate_existing=True)
    return work.session.scalars(query).one()


def test_r045_the_corporate_total_is_the_sum_over_regions_and_over_projects(work: Work, make: Make) -> None:
    corporate, period = make.indicator(), make.year()
    regions = [make.indicator() for _ in range(2)]
    projects = [make.indicator() for _ in range(4)]
    for region in regions:
        make.contribution(region, corporate)
    for number, project in enumerate(projects):
        make.contribution(project, regions[number % 2])
        make.measurement(project, period, 10**number)
    total = figure(work, corporate, period).value
    assert total == 1111
    assert total == sum(figure(work, region, period).value or 0 for region in regions)
    assert total == sum(figure(work, project, period).value or 0 for project in projects)


def test_r046_percentages_combine_by_their_parts(work: Work, make: Make) -> None:
    share = {"measure": Measure.PERCENTAGE, "over_units": OverUnits.RATIO_OF_SUMS}
    parent, period = make.indicator(**share), make.year()
    for numerator, denominator in ((5, 10), (30, 30)):
        make.contribution(child := make.indicator(**share), parent)
        make.measurement(child, period, None, numerator=Decimal(numerator), denominator=Decimal(denominator))
    assert figure(work, parent, period).value == Decimal("87.5")


def test_r047_overlapping_counts_are_not_added(work: Work, make: Make) -> None:
    apart = {"additivity": Additivity.NO, "over_units": OverUnits.NONE}
    parent, period = make.indicator(**apart), make.year()
    for reached in (56_000, 47_500, 2_300):
        make.contribution(child := make.indicator(**apart), parent)
        make.measurement(child, period, reached)
    made = figure(work, parent, period)
    assert (made.value, made.reason) == (None, Reason.NOT_ADDITIVE)
    parent.additivity, parent.over_units = Additivity.YES, OverUnits.SUM
    for link in rollup.explain(work, made.id).contributions:
        work.find(Indicator, link.indicator).additivity = Additivity.YES
    work.flush()
    assert figure(work, parent, period).value == 105_800


def test_r047_services_of_one_office_are_three_figures_until_somebody_says_that_they_do_not_overlap(
    start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        make = Make(work)
        country, period = make.result(), make.year()
        sums = {"counts_people": True, "over_units": OverUnits.SUM}
        reached = {"CASH": 56_000, "IN-KIND": 47_500, "COLLECTIVE": 2_300}
        children = [make.indicator(country, code=code, **sums) for code in reached]
        top = make.indicator(code="TOP", **sums)
        for child, value in zip(children, reached.values(), strict=True):
            make.measurement(child, period, value)
        assert [figure(work, child, period).value for child in children] == [56_000, 47_500, 2_300]
        indicators.link_indicators(work, ContributionPlan(children[0].id, top.id))
    for child in children[1:]:
        with refused(engine, Conflict, "non_overlapping") as work:
            indicators.link_indicators(work, ContributionPlan(child.id, top.id))
    with start() as work:
        assert figure(work, top, period).value == 56_000
        for child in children[1:]:
            indicators.link_indicators(work, ContributionPlan(child.id, top.id, non_overlapping=True))
        made = figure(work, top, period)
        assert (made.value, made.lower, made.upper) == (105_800, 56_000, 105_800)


def test_r048_self_reported_and_verified_values_are_totalled_apart(work: Work, make: Make) -> None:
    parent, period = make.indicator(), make.year()
    children = [make.indicator() for _ in range(53)]
    for child in children:
        make.contribution(child, parent)
        make.measurement(child, period, 1)
    made = figure(work, parent, period)
    assert (made.verified, made.self_reported, made.reported) == (None, 53, 53)
    [lead], [share] = rollup.leads(work, [made]), rollup.verified_shares(work, [made])
    assert (lead.value, lead.basis, lead.beside) == (None, LeadBasis.VERIFIED_ONLY, 53)
    assert (made.verified_units, share.by_value, share.by_unit) == (0, 0, 0)
    make.contribution(checked := make.indicator(), parent)
    make.measurement(checked, period, 4, verification=Verification.VERIFIED)
    made = figure(work, parent, period)
    assert (made.verified, made.self_reported, made.verified_units, made.reported) == (4, 57, 1, 54)
    [lead], [share] = rollup.leads(work, [made]), rollup.verified_shares(work, [made])
    assert (lead.value, lead.beside) == (4, 57)
    assert (share.by_value, share.by_unit) == (Decimal("0.070175"), Decimal("0.018519"))


def test_r049_every_figure_shows_its_coverage(work: Work, make: Make) -> None:
    parent, period = make.indicator(), make.year()
    for number in range(100):
        make.contribution(child := make.indicator(), parent)
        if number < 98:
            make.measurement(child, period, 1)
    made = figure(work, parent, period)
    assert (made.reported, made.expected) == (98, 100)


def test_r050_the_same_twice_is_the_same_and_a_total_opens_to_its_records(work: Work, make: Make) -> None:
    parent, period = make.indicator(composition=Composition.OWN_PLUS_CONTRIBUTED), make.year()
    make.measurement(parent, period, 1)
    for value in (2, 4):
        make.contribution(child := make.indicator(), parent)
        make.measurement(child, period, value)
    made = figure(work, parent, period)
    assert rollup.refresh(work, full=True).changed == 0
    entered = work.session.scalars(rollup.find_measurements(work, made.id)).all()
    assert (made.value, sum(row.value or 0 for row in entered)) == (7, 7)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({"fitness": Fitness.UNFIT}, Reason.UNFIT), ({"measure": Measure.NARRATIVE}, Reason.NOT_NUMERIC)],
)
def test_r051_what_does_not_fit_is_left_out_and_counted(
    work: Work, make: Make, facts: dict[str, object], reason: Reason
) -> None:
    parent, period = make.indicator(), make.year()
    for each in ({}, {}, facts):
        make.contribution(child := make.indicator(**each), parent)
        make.measurement(child, period, 3)
    made = figure(work, parent, period)
    work.session.refresh(made, ["excluded"])
    assert (made.value, made.reported, made.expected) == (6, 2, 3)
    assert [(each.reason, each.count) for each in made.excluded] == [(reason, 1)]


def test_r052_figures_are_found_by_country_region_theme_and_partner_at_once(work: Work, make: Make) -> None:
    """Of four projects alike but for one thing each, the one that is meant; what is summed stays as it was."""
    theme, period = work.add(Theme(code="health", label="Health", kind="focus_area")), make.year()
    places = [work.add(Place(code=code, name=code, iso3=code, kind=PlaceKind.COUNTRY)) for code in ("KEN", "UGA")]
    regions = [make.office(code=code, kind=OfficeKind.REGIONAL) for code in ("EAST", "WEST")]
    told = ((0, 0, True, "Red Cross"), (1, 0, True, "Red Cross"), (0, 1, True, "Red Cross"), (0, 0, False, "Red Cross"))
    for number, (place, region, themed, partner) in enumerate((*told, (0, 0, True, "UNICEF"))):
        office = make.office(regions[region], place=places[place])
        project = make.project(office=office)
        work.add(ProjectParticipation(project=project, name=partner))
        if themed:
            work.add(ProjectTheme(project=project, theme=theme))
        framework = make.framework(FrameworkLevel.PROJECT, office=office, project=project)
        make.measurement(make.indicator(make.result(framework)), period, 10**number)
    rollup.refresh(work, full=True)

    def found(**asked: str) -> int:
        question = rollup.FigureQuestion(FrameworkLevel.PROJECT, 2026, **asked)
        return int(sum(row.value or 0 for row in work.session.scalars(rollup.find_figures(work, question))))

    wanted = {"country": "ken", "region": "EAST", "theme": "health", "partner": "red cross"}
    assert found() == 11_111
    assert found(**wanted) == 1
    assert [found(**{name: value}) for name, value in wanted.items()] == [11_101, 11_011, 10_111, 1_111]
