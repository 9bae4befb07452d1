"""The quality of evaluations together: averages by type, region and year with n, and the integration of gender."""

from datetime import date, timedelta
from decimal import Decimal

from rbm.access import PUBLIC
from rbm.services import evaluation
from rbm.terms.evaluation import (
    EvaluationStage,
    EvaluationType,
    GenderBand,
    QualityGate,
    QualityGrouping,
    QualityLevel,
    QualityStage,
    SourceKind,
)
from rbm.terms.people import OfficeKind
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make
from tests.services.evaluation.reviewed import checklist, review

FAIR = {"score": Decimal(50), "level": QualityLevel.MODERATELY_UNSATISFACTORY, "gender_points": 9}


def test_quality_is_averaged_by_type_with_how_many_were_assessed(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        review(work, evaluating.evaluation(), asked)
        review(work, evaluating.evaluation(), asked, **FAIR)
        evaluating.evaluation()
        review(work, evaluating.evaluation(type=EvaluationType.THEMATIC), asked, score=Decimal("90.5"))
        found = evaluation.quality_averages(work, QualityGrouping.TYPE, 2026)
        country, thematic = found.groups
        assert (country.group, country.evaluations, country.assessed) == ("country_programme", 3, 2)
        assert (country.score, country.points) == (Decimal(65), Decimal(80))
        assert (country.good.numerator, country.good.denominator) == (1, 2)
        assert {one.level: one.count for one in country.distribution if one.count} == {
            QualityLevel.SATISFACTORY: 1,
            QualityLevel.MODERATELY_UNSATISFACTORY: 1,
        }
        assert (thematic.group, thematic.evaluations, thematic.score) == ("thematic", 1, Decimal("90.5"))
        assert (found.total.evaluations, found.total.assessed, found.total.score) == (4, 3, Decimal("73.5"))


def test_nothing_assessed_has_no_average(start: Begin) -> None:
    with start() as work:
        Evaluating(Make(work)).evaluation()
        total = evaluation.quality_averages(work, QualityGrouping.YEAR, 2026).total
        assert (total.evaluations, total.assessed, total.score, total.points, total.good.share) == (
            1,
            0,
            None,
            None,
            None,
        )


def test_the_year_is_that_of_the_final(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), FINAL):
            review(work, evaluating.evaluation(final_on=day), asked)
        found = evaluation.quality_averages(work, QualityGrouping.YEAR, 2024, 2025)
        assert [(one.group, one.assessed) for one in found.groups] == [("2024", 1), ("2025", 2)]
        assert found.total.assessed == 3


def test_the_region_is_that_of_what_is_judged(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        evaluating = Evaluating(make)
        north = make.office(code="NORTH", kind=OfficeKind.REGIONAL)
        south = make.office(code="SOUTH", kind=OfficeKind.REGIONAL)
        country, other = make.office(north), make.office(south)
        for offices in ([country], [north, country], [country, other], [other], []):
            row = evaluating.evaluation()
            for office in offices:
                evaluating.subject(row, office)
        found = evaluation.quality_averages(work, QualityGrouping.REGION, 2026)
        assert [(one.group, one.evaluations) for one in found.groups] == [
            ("NORTH", 2),
            ("SOUTH", 1),
            ("none", 1),
            ("several", 1),
        ]


def test_the_newest_finished_review_of_the_final_counts(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        row = evaluating.evaluation()
        review(work, row, asked, **FAIR)
        review(work, row, asked, finished_on=FINAL + timedelta(days=1))
        review(work, row, asked, gate=QualityGate.DRAFT, score=Decimal(10), finished_on=FINAL + timedelta(days=2))
        review(work, row, asked, stage=QualityStage.RATED, score=Decimal(10), finished_on=None)
        total = evaluation.quality_averages(work, QualityGrouping.TYPE, 2026).total
        assert (total.assessed, total.score) == (1, Decimal(80))


def test_other_sources_and_what_is_not_final_do_not_count(start: Begin) -> None:
    with start() as work:
        evaluating = Evaluating(Make(work))
        evaluating.evaluation(source=SourceKind.AUDIT)
        evaluating.evaluation(EvaluationStage.QUALITY_REVIEW)
        assert evaluation.quality_averages(work, QualityGrouping.TYPE, 2026).groups == ()
        audits = evaluation.quality_averages(work, QualityGrouping.TYPE, 2026, source=SourceKind.AUDIT)
        assert audits.total.evaluations == 1


def test_the_public_counts_what_is_disclosed(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        review(work, evaluating.evaluation(disclosed_on=FINAL), asked)
        review(work, evaluating.evaluation(disclosed_on=date(2026, 12, 1)), asked, **FAIR)
    with start(PUBLIC) as work:
        total = evaluation.quality_averages(work, QualityGrouping.TYPE, 2026).total
        assert (total.evaluations, total.score) == (1, Decimal(80))
        assert evaluation.gender_integration(work, 2026).scored == 1


def test_gender_is_averaged_with_its_band_and_edition(start: Begin) -> None:
    with start() as work:
        evaluating, asked = Evaluating(Make(work)), checklist(work)
        for points in (3, 7, 9, None):
            review(work, evaluating.evaluation(), asked, gender_points=points)
        found = evaluation.gender_integration(work, 2026)
        assert (found.edition, found.most, found.evaluations, found.scored) == (2018, 9, 4, 3)
        assert (found.mean, found.band) == (Decimal("6.3333"), GenderBand.APPROACHES)
        assert {one.band: one.count for one in found.distribution} == {
            GenderBand.MEETS: 2,
            GenderBand.APPROACHES: 0,
            GenderBand.MISSING: 1,
        }
        nothing = evaluation.gender_integration(work, 2025)
        assert (nothing.mean, nothing.band) == (None, None)
