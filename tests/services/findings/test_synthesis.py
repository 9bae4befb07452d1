"""Syntheses: counts that add up to the sample, and a dataset made of ratings with its denominators."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Forbidden, Invalid
from rbm.model.findings import CriterionRating, SynthesisEntry
from rbm.services import findings
from rbm.services.findings import SynthesisInput
from rbm.services.findings.synthesis import SynthesisLine
from rbm.terms.evaluation import EvaluationStage, SourceKind
from rbm.terms.findings import Criterion, RatingScaleName
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.findings.scene import play

SAID = SynthesisInput(2018, "Gender is integrated", 16, 12, 3, 1, "Meta-evaluation 2018")


def rated(work: Work, **given: str) -> None:
    """A final evaluation with ratings on the six points by criterion."""
    evaluation = Evaluating(Make(work)).evaluation(EvaluationStage.FINAL)
    for criterion, rating in given.items():
        facts = {"scale": RatingScaleName.SATISFACTION, "scale_edition": 1, "justification": "seen"}
        work.add(CriterionRating(evaluation=evaluation, criterion=Criterion(criterion), rating=rating, **facts))


def line(lines: tuple[SynthesisLine, ...], criterion: Criterion) -> SynthesisLine:
    return next(one for one in lines if one.criterion is criterion)


def test_counts_are_recorded_and_replaced(start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with start(scene.officer) as work:
        first = findings.record_synthesis(work, SAID)
        again = findings.record_synthesis(work, replace(SAID, positive=11, negative=4))
        assert (first.id, again.positive, again.negative) == (again.id, 11, 4)
        assert len(work.session.scalars(sa.select(SynthesisEntry)).all()) == 1


@pytest.mark.parametrize(
    ("counts", "field"),
    [
        ((16, 15, 2, 0), "sample"),
        ((16, 15, 0, 0), "sample"),
        ((16, 17, -1, 0), "negative"),
        ((-1, 0, 0, -1), "not_assessed"),
    ],
)
def test_counts_that_are_not_the_sample_are_refused(
    engine: sa.Engine, start: Begin, counts: tuple[int, int, int, int], field: str
) -> None:
    with start() as work:
        scene = play(work)
    sample, positive, negative, silent = counts
    wrong = replace(SAID, sample=sample, positive=positive, negative=negative, not_assessed=silent)
    with refused(engine, Invalid, field, scene.officer) as work:
        findings.record_synthesis(work, wrong)


@pytest.mark.parametrize(
    ("facts", "field"), [({"topic": " "}, "topic"), ({"source": ""}, "source"), ({"year": 18}, "year")]
)
def test_a_synthesis_says_of_what_and_from_where(
    engine: sa.Engine, start: Begin, facts: dict[str, str], field: str
) -> None:
    with start() as work:
        scene = play(work)
    with refused(engine, Invalid, field, scene.officer) as work:
        findings.record_synthesis(work, replace(SAID, **facts))


def test_management_records_no_synthesis(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with refused(engine, Forbidden, None, scene.chief) as work:
        findings.record_synthesis(work, SAID)


def test_the_dataset_counts_every_final_evaluation_of_the_year(start: Begin) -> None:
    with start() as work:
        rated(work, relevance="HS", impact="UA")
        rated(work, relevance="HU")
        rated(work, relevance="S", impact="MU")
        rated(work)
        Evaluating(Make(work)).evaluation(EvaluationStage.QUALITY_REVIEW)
        found = findings.synthesis_dataset(work, 2026)
        assert (found.sample, len(found.codes), [one.criterion for one in found.lines]) == (
            4,
            4,
            [Criterion.RELEVANCE, Criterion.IMPACT],
        )
        relevance, impact = line(found.lines, Criterion.RELEVANCE), line(found.lines, Criterion.IMPACT)
        assert (relevance.positive, relevance.negative, relevance.not_assessed) == (2, 1, 1)
        assert (relevance.favourable.numerator, relevance.favourable.denominator) == (2, 3)
        assert (relevance.scales[0].mean, relevance.scales[0].assessed) == (Decimal(4), 3)
        assert (impact.positive, impact.negative, impact.not_assessed) == (0, 1, 3)
        assert all(one.positive + one.negative + one.not_assessed == one.sample for one in found.lines)
        assert findings.synthesis_dataset(work, 2025).lines == ()


def test_sources_are_never_mixed(start: Begin) -> None:
    with start() as work:
        rated(work, impact="HS")
        Evaluating(Make(work)).evaluation(EvaluationStage.FINAL, source=SourceKind.AUDIT)
        assert findings.synthesis_dataset(work, 2026).sample == 1
        audits = findings.synthesis_dataset(work, 2026, SourceKind.AUDIT)
        assert (audits.sample, audits.lines) == (1, ())


def test_the_public_counts_what_is_disclosed_and_not_withheld(start: Begin) -> None:
    today = date(2026, 3, 2)
    with start() as work:
        evaluating = Evaluating(Make(work))
        evaluating.evaluation(EvaluationStage.FINAL, disclosed_on=today)
        evaluating.evaluation(EvaluationStage.FINAL, disclosed_on=today, withheld_until=today)
        evaluating.evaluation(EvaluationStage.FINAL, disclosed_on=today + timedelta(days=1))
        scene = play(work)
    with start(PUBLIC) as work:
        assert findings.synthesis_dataset(work, 2026).sample == 1
    with start(scene.chief) as work:
        assert findings.synthesis_dataset(work, 2026).sample == 3


def test_years_that_are_none_or_reversed_are_refused(start: Begin) -> None:
    with start() as work:
        for years, field in (((26, None), "from_year"), ((2026, 2025), "to_year")):
            with pytest.raises(Invalid) as refusal:
                findings.final_evaluations(work, findings.FinalYears(*years))
            assert refusal.value.field == field
