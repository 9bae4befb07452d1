"""Values: what may be stated of a cell, one current value in it, corrections that keep what was said before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from rbm.ids import new
from rbm.model.indicators import Category, Dimension, Indicator, IndicatorDimension
from rbm.model.people import Office, Place
from rbm.model.reporting import Evidence, Measurement
from rbm.model.rollup import DirtyMark
from rbm.model.strategy import Result
from rbm.services import quality, reporting
from rbm.services.reporting import CorrectionInput, EvidenceInput, MeasurementInput, ValueInput
from rbm.terms.indicators import Measure, OverUnits
from rbm.terms.people import PlaceKind, Role
from rbm.terms.reporting import CausalLink, MissingReason, ReportStage, ValueStage, Verification
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.reporting.scene import Scene, person_of, report_of, values_of

ONE, FIVE = Decimal(1), Decimal(5)
WITHOUT = (None, None, None, None)


def measuring(start: Begin, scene: Scene, measure: Measure) -> None:
    with start() as work:
        Make(work)
        indicator = work.get(Indicator, scene.indicator)
        indicator.measure, indicator.over_units = measure, OverUnits.NONE


@pytest.mark.parametrize(
    ("measure", "stated", "kept", "reason"),
    [
        (Measure.NUMBER, {"value": Decimal(0)}, (Decimal(0), None, None, None), None),
        (Measure.NUMBER, {"value": Decimal("-2.5")}, (Decimal("-2.5"), None, None, None), None),
        (
            Measure.PERCENTAGE,
            {"numerator": ONE, "denominator": Decimal(3)},
            (Decimal("33.333333"), ONE, Decimal(3), None),
            None,
        ),
        (
            Measure.PERCENTAGE,
            {"numerator": Decimal("0.000001"), "denominator": Decimal(200)},
            (Decimal(0), Decimal("0.000001"), Decimal(200), None),
            None,
        ),
        (Measure.PERCENTAGE, {"value": Decimal("87.5")}, (Decimal("87.5"), None, None, None), None),
        (Measure.RATIO, {"numerator": ONE, "denominator": Decimal(8)}, (Decimal("0.125"), ONE, Decimal(8), None), None),
        (
            Measure.PERCENTAGE,
            {"numerator": Decimal(0), "denominator": Decimal(0)},
            (None, Decimal(0), Decimal(0), None),
            MissingReason.NOT_APPLICABLE,
        ),
        (
            Measure.PERCENTAGE,
            {"numerator": ONE, "denominator": Decimal(0), "missing_reason": MissingReason.NOT_COLLECTED},
            (None, ONE, Decimal(0), None),
            MissingReason.NOT_COLLECTED,
        ),
        (Measure.YES_NO, {"value": ONE}, (ONE, None, None, None), None),
        (Measure.NARRATIVE, {"text": "It went well"}, (None, None, None, "It went well"), MissingReason.TEXT_ONLY),
        (Measure.MILESTONE, {"value": ONE, "text": "Signed"}, (ONE, None, None, "Signed"), None),
        (Measure.NUMBER, {"missing_reason": MissingReason.NOT_AVAILABLE}, WITHOUT, MissingReason.NOT_AVAILABLE),
        (Measure.NARRATIVE, {"missing_reason": MissingReason.NOT_COLLECTED}, WITHOUT, MissingReason.NOT_COLLECTED),
    ],
)
def test_a_value_is_what_its_measure_holds(
    scene: Scene, start: Begin, measure: Measure, stated: Mapping[str, Any], kept: tuple[Any, ...], reason: object
) -> None:
    measuring(start, scene, measure)
    report_id = scene.opened()
    with start(scene.reporter) as work:
        value = MeasurementInput(report_id=report_id, indicator_id=scene.indicator, **stated)
        reporting.record_measurement(work, value)
    with start() as work:
        (row,) = values_of(work, report_id)
        assert (row.value, row.numerator, row.denominator, row.text) == kept
        assert row.missing_reason == reason
        assert (row.stage, row.verification) == (ValueStage.DRAFT, Verification.SELF_REPORTED)
        assert (row.period_id, row.recorded_at, row.recorded_by_id) == (scene.period, NOW, person_of(scene.reporter))
        assert (row.occurrence, row.supersedes_id, row.origin, row.released_on) == (1, None, None, None)


@pytest.mark.parametrize(
    ("measure", "stated", "field"),
    [
        (Measure.NUMBER, {}, "missing_reason"),
        (Measure.NUMBER, {"value": ONE, "missing_reason": MissingReason.NOT_REPORTED}, "missing_reason"),
        (Measure.NUMBER, {"value": Decimal("0.1234567")}, "value"),
        (Measure.NUMBER, {"value": Decimal("9223372036854.775808")}, "value"),
        (Measure.NUMBER, {"value": Decimal("NaN")}, "value"),
        (Measure.NUMBER, {"text": "198,412.00"}, "text"),
        (Measure.NUMBER, {"numerator": ONE, "denominator": ONE}, "numerator"),
        (Measure.PERCENTAGE, {"numerator": ONE}, "denominator"),
        (Measure.PERCENTAGE, {"denominator": Decimal(0)}, "numerator"),
        (Measure.PERCENTAGE, {"numerator": ONE, "denominator": Decimal(-1)}, "denominator"),
        (Measure.PERCENTAGE, {"numerator": ONE, "denominator": Decimal(4), "value": ONE}, "value"),
        (Measure.PERCENTAGE, {"numerator": ONE, "denominator": Decimal(0), "value": ONE}, "value"),
        (Measure.PERCENTAGE, {"numerator": ONE, "denominator": Decimal(0), "text": "none"}, "text"),
        (Measure.YES_NO, {"value": Decimal(2)}, "value"),
        (Measure.NARRATIVE, {"value": ONE}, "value"),
        (Measure.NARRATIVE, {"text": " "}, "text"),
        (Measure.NUMBER, {"value": ONE, "evidence": (EvidenceInput(url="javascript:alert(1)"),)}, "evidence"),
        (Measure.NUMBER, {"value": ONE, "evidence": (EvidenceInput(url="http://"),)}, "evidence"),
        (Measure.NUMBER, {"value": ONE, "evidence": (EvidenceInput(url="https://a b"),)}, "evidence"),
        (Measure.NUMBER, {"value": ONE, "evidence": (EvidenceInput(url="http://[::1"),)}, "evidence"),
        (Measure.NUMBER, {"value": ONE, "evidence": (EvidenceInput(note=" "),)}, "evidence"),
    ],
)
def test_what_does_not_fit_its_measure_is_refused(
    scene: Scene, start: Begin, engine: sa.Engine, measure: Measure, stated: Mapping[str, Any], field: str
) -> None:
    measuring(start, scene, measure)
    report_id = scene.opened()
    with refused(engine, Invalid, field, scene.reporter) as work:
        value = MeasurementInput(report_id=report_id, indicator_id=scene.indicator, **stated)
        reporting.record_measurement(work, value)


def test_a_value_is_of_the_offices_place_unless_another_is_stated(scene: Scene, start: Begin) -> None:
    report_id = scene.opened()
    with start() as work:
        place = Make(work).work.add(Place(code="120", name="Cameroon", kind=PlaceKind.COUNTRY))
        home = work.get(Office, scene.office).place_id
    scene.recorded(report_id, 53)
    scene.recorded(report_id, 3, place_id=place.id)
    with start() as work:
        total, part = values_of(work, report_id)
        assert (total.place_id, total.place_stated, total.value) == (home, False, Decimal(53))
        assert (part.place_id, part.place_stated, part.value) == (place.id, True, Decimal(3))
        assert {total.stage, part.stage} == {ValueStage.DRAFT}


def test_each_crossing_is_a_cell_of_its_own(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id = scene.opened()
    with start() as work:
        make = Make(work)
        axes = [work.add(Dimension(code=code, label=code, additive=True)) for code in ("sex", "age")]
        women, men, young = (
            work.add(Category(code=code, label=code, dimension=axis))
            for code, axis in (("women", axes[0]), ("men", axes[0]), ("young", axes[1]))
        )
        work.add(IndicatorDimension(indicator_id=scene.indicator, dimension=axes[0]))
        assert make
    scene.recorded(report_id, 30, category_ids=(women.id,))
    scene.recorded(report_id, 23, category_ids=(men.id,))
    with start() as work:
        assert [(row.value, row.stage) for row in values_of(work, report_id)] == [
            (Decimal(30), ValueStage.DRAFT),
            (Decimal(23), ValueStage.DRAFT),
        ]
    for wrong in ((young.id,), (women.id, men.id)):
        with refused(engine, Invalid, "category_ids", scene.reporter) as work:
            value = MeasurementInput(report_id=report_id, indicator_id=scene.indicator, value=ONE, category_ids=wrong)
            reporting.record_measurement(work, value)


def test_only_indicators_of_the_plan_are_reported_on(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id = scene.opened()
    with start() as work:
        make = Make(work)
        office = work.get(Office, scene.office)
        other = make.indicator(make.result(make.framework(office=office))).id
        hidden = make.indicator().id
        result = work.get(Result, work.get(Indicator, scene.indicator).result_id)
        derived = make.indicator(result, derived=True).id
    cases: list[tuple[type[Refusal], str, dict[str, Any]]] = [
        (Invalid, "indicator_id", {"indicator_id": other}),
        (Invalid, "indicator_id", {"indicator_id": derived}),
        (NotFound, "indicator_id", {"indicator_id": hidden}),
        (NotFound, "place_id", {"place_id": new()}),
        (NotFound, "category_ids", {"category_ids": (new(),)}),
    ]
    for kind, field, facts in cases:
        with refused(engine, kind, field, scene.reporter) as work:
            stated = {"indicator_id": scene.indicator, "value": ONE} | facts
            reporting.record_measurement(work, MeasurementInput(report_id=report_id, **stated))


def test_recording_again_keeps_what_was_there(scene: Scene, start: Begin) -> None:
    report_id = scene.opened()
    first, second = scene.recorded(report_id, 35), scene.recorded(report_id, 53)
    with start() as work:
        before, now = values_of(work, report_id)
        assert (before.id, before.value, before.stage) == (first, Decimal(35), ValueStage.SUPERSEDED)
        assert (now.id, now.value, now.stage, now.supersedes_id) == (second, Decimal(53), ValueStage.DRAFT, first)
        found = work.session.scalars(reporting.find_measurements(report_id, scene.indicator)).all()
        assert [row.id for row in found] == [second]


def test_many_values_are_recorded_all_or_none(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id = scene.opened()
    with start() as work:
        result = work.get(Result, work.get(Indicator, scene.indicator).result_id)
        second = Make(work).indicator(result).id
    good = ValueInput(indicator_id=scene.indicator, value=ONE)
    for bad, kind, field in (
        (ValueInput(indicator_id=second), Invalid, "values.2.missing_reason"),
        (ValueInput(indicator_id=new(), value=ONE), NotFound, "values.2.indicator_id"),
        (ValueInput(indicator_id=scene.indicator, value=FIVE), Invalid, "values.2.indicator_id"),
    ):
        with refused(engine, kind, field, scene.reporter) as work:
            reporting.record_measurements(work, report_id, [good, bad])
    with start(scene.reporter) as work:
        made = reporting.record_measurements(work, report_id, [good, ValueInput(indicator_id=second, value=FIVE)])
        assert [row.value for row in made] == [ONE, FIVE]
    with start(scene.reporter) as work:
        again = reporting.record_measurements(work, report_id, [ValueInput(indicator_id=second, value=ONE)])
        assert again[0].supersedes_id == made[1].id


def test_only_a_draft_or_returned_report_takes_values(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, _ = scene.submitted()
    value = MeasurementInput(report_id=report_id, indicator_id=scene.indicator, value=FIVE)
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        reporting.record_measurement(work, value)
    with refused(engine, Forbidden, None, scene.approver) as work:
        reporting.record_measurement(work, value)
    with start(scene.approver) as work:
        reporting.return_report(work, report_id, "more")
    with start(scene.reporter) as work:
        assert reporting.record_measurement(work, value).stage is ValueStage.RETURNED
    with start() as work:
        reporting.close_period(work, scene.period)
    with refused(engine, Conflict, "period", scene.reporter) as work:
        reporting.record_measurement(work, value)
    with refused(engine, NotFound, "report_id", scene.reporter) as work:
        reporting.record_measurement(work, MeasurementInput(report_id=new(), indicator_id=scene.indicator, value=ONE))


def test_evidence_and_the_causal_link_stay_with_a_corrected_value(scene: Scene, start: Begin) -> None:
    report_id = scene.opened()
    evidence = (EvidenceInput(url="https://example.org/survey", note="Survey"), EvidenceInput(note="Seen"))
    recorded = scene.recorded(report_id, 53, evidence=evidence, causal_link=CausalLink.NOT_VERIFIED)
    with start(scene.reporter) as work:
        made = reporting.correct_measurement(work, recorded, CorrectionInput(value=Decimal(35)), "typing error")
        assert (made.value, made.causal_link, made.supersedes_id) == (Decimal(35), CausalLink.NOT_VERIFIED, recorded)
        stated = CorrectionInput(value=FIVE, causal_link=CausalLink.VERIFIED, evidence=(EvidenceInput(note="Counted"),))
        last = reporting.correct_measurement(work, made.id, stated, "counted")
        assert last.causal_link is CausalLink.VERIFIED
    with start() as work:
        rows = work.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
        assert [(row.measurement_id, row.url, row.note) for row in rows] == [
            (recorded, "https://example.org/survey", "Survey"),
            (recorded, None, "Seen"),
            (made.id, "https://example.org/survey", "Survey"),
            (made.id, None, "Seen"),
            (last.id, None, "Counted"),
        ]
        assert {(row.added_at, row.added_by_id) for row in rows} == {(NOW, person_of(scene.reporter))}


def test_a_correction_asks_for_a_reason_and_an_open_report(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id, recorded = scene.submitted()
    correction = CorrectionInput(value=Decimal(35))
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        reporting.correct_measurement(work, recorded, correction, "typing error")
    with start(scene.approver) as work:
        reporting.approve_report(work, report_id)
    with refused(engine, Conflict, "stage", scene.reporter) as work:
        reporting.correct_measurement(work, recorded, correction, "typing error")
    with start(scene.approver) as work:
        reporting.unapprove_report(work, report_id, "to be corrected")
    with refused(engine, Invalid, "reason", scene.reporter) as work:
        reporting.correct_measurement(work, recorded, correction, " ")
    with refused(engine, Invalid, "value", scene.reporter) as work:
        reporting.correct_measurement(work, recorded, CorrectionInput(value=Decimal("NaN")), "typing error")
    with refused(engine, Forbidden, None, scene.approver) as work:
        reporting.correct_measurement(work, recorded, correction, "typing error")
    with start(scene.reporter) as work:
        reporting.correct_measurement(work, recorded, correction, "typing error")
    with start() as work:
        cause = work.session.scalars(sa.select(DirtyMark.cause).order_by(DirtyMark.id.desc())).first()
        assert cause == "correct_measurement"
    with refused(engine, Conflict, "measurement_id", scene.reporter) as work:
        reporting.correct_measurement(work, recorded, correction, "typing error")
    with start() as work:
        reporting.close_period(work, scene.period)
        (_, current) = values_of(work, report_id)
    with refused(engine, Conflict, "period", scene.reporter) as work:
        reporting.correct_measurement(work, current.id, correction, "typing error")


def test_a_published_value_is_corrected_by_its_publisher(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        published = Measurement(
            indicator_id=scene.indicator,
            period_id=scene.period,
            place_stated=False,
            occurrence=1,
            value=ONE,
            stage=ValueStage.APPROVED,
            verification=Verification.SELF_REPORTED,
            origin="published by X",
            recorded_at=NOW,
        )
        key = Make(work).work.add(published).id
    with refused(engine, Conflict, "measurement_id", scene.reporter) as work:
        reporting.correct_measurement(work, key, CorrectionInput(value=FIVE), "no")


def test_a_correction_of_a_verified_value_is_self_reported_again(scene: Scene, start: Begin) -> None:
    report_id, recorded = scene.approved()
    with start(scene.verifier) as work:
        quality.verify_measurement(work, recorded, "seen")
    with start(scene.approver) as work:
        reporting.unapprove_report(work, report_id, "a comma")
    with start() as work:
        assert [row.verification for row in values_of(work, report_id)] == [Verification.VERIFIED]
        assert report_of(work, report_id).stage is ReportStage.RETURNED
    with start(scene.reporter) as work:
        made = reporting.correct_measurement(work, recorded, CorrectionInput(value=FIVE), "a comma")
        assert (made.verification, made.stage) == (Verification.SELF_REPORTED, ValueStage.RETURNED)
    with start() as work:
        before, _ = values_of(work, report_id)
        assert (before.verification, before.stage) == (Verification.VERIFIED, ValueStage.SUPERSEDED)


def test_the_history_of_a_cell_names_values_authors_and_reasons(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    report_id = scene.opened()
    first = scene.recorded(report_id, 35)
    with start() as work:
        other = Make(work).actor(Role.REPORTER, work.get(Office, scene.office))
        work.get(Office, scene.office).place_id = None
    with start(other) as work:
        second = reporting.correct_measurement(work, first, CorrectionInput(value=Decimal(53)), "turned round").id
    for key in (first, second):
        with start(scene.reporter) as work:
            history = reporting.report_history(work, key)
            assert [(one.measurement_id, one.current, one.value, one.reason, one.recorded_by) for one in history] == [
                (first, False, Decimal(35), None, scene.reporter.label),
                (second, True, Decimal(53), "turned round", other.label),
            ]
            assert [one.recorded_at for one in history] == [NOW, NOW]
    with refused(engine, NotFound, "measurement_id", scene.reporter) as work:
        reporting.report_history(work, 999)
