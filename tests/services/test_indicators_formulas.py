"""Indicators made by a formula: what is refused when one is set, and what goes with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import FormulaTerm, Indicator
from rbm.model.rollup import DirtyMark
from rbm.services import indicators
from rbm.services.indicators import ContributionPlan, FormulaPart
from rbm.services.reporting.stating import indicator_of
from rbm.terms.indicators import Composition, Measure, OverTime, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import ValueStage
from rbm.terms.strategy import FrameworkStage
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.test_indicators_protocol import PROTOCOL


def parts(**terms: Indicator) -> list[FormulaPart]:
    return [FormulaPart(name, indicator.id) for name, indicator in terms.items()]


def terms(work: Work, indicator: Indicator) -> Mapping[str, Any]:
    rows = work.session.scalars(sa.select(FormulaTerm).where(FormulaTerm.indicator_id == indicator.id))
    return {row.name: row.source_id for row in rows}


def causes(work: Work) -> list[tuple[Any, str]]:
    return [
        (mark.indicator_id, mark.cause) for mark in work.session.scalars(sa.select(DirtyMark).order_by(DirtyMark.id))
    ]


def test_a_formula_is_kept_with_its_terms_and_marks(work: Work, make: Make) -> None:
    made, a, b = (make.indicator() for _ in range(3))
    kept = indicators.set_formula(work, made.id, " a + b ", parts(a=a, b=b))
    assert (kept.formula, terms(work, made)) == ("a + b", {"a": a.id, "b": b.id})
    assert kept.composition is Composition.OWN_ONLY
    indicators.set_formula(work, made.id, "share(b, c)", parts(b=a, c=b))
    assert (kept.formula, terms(work, made)) == ("share(b, c)", {"b": a.id, "c": b.id})
    indicators.clear_formula(work, made.id)
    assert (kept.formula, terms(work, made)) == (None, {})
    assert causes(work) == [(made.id, "set_formula")] * 2 + [(made.id, "clear_formula")]


@pytest.mark.parametrize(
    ("formula", "names", "field"),
    [
        ("", "a", "formula"),
        ("a +", "a", "formula"),
        ("sqrt(a)", "a", "formula"),
        ("a + b", "a", "formula"),
        ("a / 0", "a", "formula"),
        ("a", "ab", "terms"),
        ("a", "aa", "terms"),
        ("2 + 2", "", "formula"),
    ],
)
def test_what_is_no_formula_is_refused(start: Begin, engine: sa.Engine, formula: str, names: str, field: str) -> None:
    with start() as work:
        make = Make(work)
        made, source = make.indicator(), make.indicator()
    with refused(engine, Invalid, field) as work:
        indicators.set_formula(work, made.id, formula, [FormulaPart(name, source.id) for name in names])


def test_texts_make_no_number_and_are_made_by_none(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        number = make.indicator()
        text = make.indicator(measure=Measure.NARRATIVE, over_units=OverUnits.NONE, over_time=OverTime.LAST)
        made = make.indicator(formula="a")
    with refused(engine, Invalid, "terms") as work:
        indicators.set_formula(work, number.id, "a", parts(a=text))
    with refused(engine, Invalid, "indicator_id") as work:
        indicators.set_formula(work, text.id, "a", parts(a=number))
    with refused(engine, NotFound, "terms") as work:
        indicators.set_formula(work, number.id, "a", [FormulaPart("a", number.result_id)])
    with refused(engine, Invalid, "measure") as work:
        narrative = replace(PROTOCOL, measure=Measure.NARRATIVE, over_units=OverUnits.NONE, over_time=OverTime.LAST)
        indicators.revise_indicator(work, made.id, narrative)
    with refused(engine, Invalid, "composition") as work:
        indicators.revise_indicator(work, made.id, replace(PROTOCOL, composition=Composition.CONTRIBUTED_ONLY))


def test_a_circle_is_refused_with_all_its_codes(start: Begin, engine: sa.Engine) -> None:
    """Case dhis2-027: F is made of H, H would be made of F."""
    with start() as work:
        make = Make(work)
        f, g, h, i, j = (make.indicator(code=code) for code in "FGHIJ")
        indicators.set_formula(work, f.id, "h", parts(h=h))
        indicators.set_formula(work, i.id, "f * g - h", parts(f=f, g=g, h=h))
        indicators.set_formula(work, j.id, "i", parts(i=i))
    with pytest.raises(Conflict, match="F > H > F") as refusal, start() as work:
        indicators.set_formula(work, h.id, "f", parts(f=f))
    assert (refusal.value.field, refusal.value.code) == ("terms", "cycle")
    with pytest.raises(Conflict, match="J > H > I > J"), start() as work:
        indicators.set_formula(work, h.id, "j + 1", parts(j=j))
    with pytest.raises(Conflict, match="G > G"), start() as work:
        indicators.set_formula(work, g.id, "g", parts(g=g))
    with start() as work:
        indicators.set_formula(work, f.id, "g", parts(g=g))
        assert indicators.set_formula(work, h.id, "f", parts(f=f)).formula == "f"


def test_figures_have_one_origin(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        measured, child, parent, source = (make.indicator() for _ in range(4))
        dropped = make.indicator()
        year = make.year()
        make.measurement(measured, year, 5, stage=ValueStage.DRAFT)
        make.measurement(dropped, year, 5, stage=ValueStage.WITHDRAWN)
        make.contribution(child, parent)
        made = make.indicator(formula="a")
        report = make.report(made.result.framework, year)
        assert indicators.set_formula(work, dropped.id, "a", parts(a=source)).formula == "a"
    for taken in (measured, child, parent):
        with refused(engine, Conflict, "indicator_id") as work:
            indicators.set_formula(work, taken.id, "a", parts(a=source))
    with refused(engine, Invalid, "indicator_id") as work:
        indicator_of(work, report, made.id)
    with refused(engine, Conflict, "child_id") as work:
        indicators.link_indicators(work, ContributionPlan(made.id, source.id))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(source.id, made.id))
    with refused(engine, Conflict, "indicator_id") as work:
        indicators.clear_formula(work, source.id)


def test_a_formula_is_set_by_whoever_defines_over_what_they_see(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        office = make.office(region)
        own = make.indicator(make.result(make.framework(office=office)))
        shared = make.indicator(make.result(make.framework(office=region)))
        hidden = make.indicator(make.result(make.framework(stage=FrameworkStage.DRAFT, approved_on=None)))
        reporter, viewer = make.actor(Role.REPORTER, office), make.actor(Role.VIEWER, office)
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.set_formula(work, own.id, "a", parts(a=shared))
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.set_formula(work, shared.id, "a", parts(a=own))
    with refused(engine, NotFound, "terms", reporter) as work:
        indicators.set_formula(work, own.id, "a", parts(a=hidden))
    with start(reporter) as work:
        assert indicators.set_formula(work, own.id, "a", parts(a=shared)).formula == "a"
    with refused(engine, Forbidden, None, viewer) as work:
        indicators.clear_formula(work, own.id)


def test_a_formula_does_not_open_the_figures_of_another_office(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        own, country = (make.framework(office=office) for office in (region, make.office(region)))
        elsewhere = make.framework(released_on=NOW.date())
        total, below, other = (make.indicator(make.result(plan)) for plan in (own, country, elsewhere))
        actor = make.actor(Role.REPORTER, region)
    with refused(engine, Invalid, "terms", actor) as work:
        indicators.set_formula(work, total.id, "b + o", parts(b=below, o=other))
    with start(actor) as work:
        assert indicators.set_formula(work, total.id, "2 * b", parts(b=below)).formula == "2 * b"
