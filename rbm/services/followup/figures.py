"""The figures of the evaluation function as of any day, for those who see all that they are made of."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np

from rbm.access import Permission
from rbm.disclosure import FOLLOWING_UP
from rbm.errors import Forbidden, Invalid
from rbm.model.people import Office
from rbm.rules.followup.key_figures import composite, measure
from rbm.rules.followup.measures import Beside, Measure, OverOffices
from rbm.rules.followup.plan_figures import money
from rbm.rules.followup.view import OWN_SOURCES, Scope, View
from rbm.services import people
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.definitions import definition_on
from rbm.services.followup.histories import Loaded, load
from rbm.services.followup.spending import evaluated, spent
from rbm.services.rollup.sheets import uuids
from rbm.terms.evaluation import EvaluationLevel, SourceKind
from rbm.terms.followup import FigureUnit, KeyFigure, Light, NoValue
from rbm.work import Work

PLACES = 4
MONEY = {KeyFigure.K18: evaluated, KeyFigure.K19: spent}


@dataclass(frozen=True)
class FigureQuestion:
    """Which figures are asked for: as of a day (today), of an office with those below (all), of one source or level.

    Without a source they are those of evaluations, the organisation's and donors'. `over_all` counts overdue actions of
    all there ever were, as UNDP publishes it, in place of the open ones.
    """

    figures: list[KeyFigure] | None = None
    as_of: date | None = None
    office_id: UUID | None = None
    source: SourceKind | None = None
    level: EvaluationLevel | None = None
    over_all: bool = False


@dataclass(frozen=True)
class CompositeQuestion:
    """Of what the composite is asked for, as figures are; over all actions there ever were unless only open ones are.

    UNDP publishes the score over all.
    """

    as_of: date | None = None
    office_id: UUID | None = None
    source: SourceKind | None = None
    level: EvaluationLevel | None = None
    over_all: bool = True


@dataclass(frozen=True)
class FigureBeside:
    """What is told beside a figure: another share in percent, a number of days, or how many there are of a class."""

    name: str
    value: Decimal | None
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True)
class MeanOverOffices:
    """The mean of offices, each with one vote, how many entered it, how many had nothing to count, how many are red."""

    mean: Decimal | None
    offices: int
    without: int
    red: int | None


@dataclass(frozen=True)
class KeyFigureValue:
    """A figure of the evaluation function as of a day; null with the reason when nothing is counted, never 0 or 100.

    `definition` and `deadlines` are the editions it was counted by.
    """

    figure: KeyFigure
    value: Decimal | None
    unit: FigureUnit
    numerator: int | None
    denominator: int | None
    reason: NoValue | None
    as_of: date
    definition: int
    deadlines: int
    beside: list[FigureBeside] = field(default_factory=list)
    over_offices: MeanOverOffices | None = None


@dataclass(frozen=True)
class CompositeScore:
    """The published composite of plans on time, responses with actions, and quality, with its light.

    Null where one of its parts has nothing to count. Compared unrounded: 89.9999 is not green. `over_all`: whether it
    is the published one, over all actions, or one over the open ones.
    """

    score: Decimal | None
    light: Light | None
    timely: Decimal | None
    responsive: Decimal | None
    quality: Decimal | None
    over_offices: MeanOverOffices
    over_all: bool
    as_of: date
    definition: int


def key_figures(work: Work, question: FigureQuestion) -> list[KeyFigureValue]:
    """The figures of the evaluation function by their numbers, as of any day up to today.

    Forbidden for who does not see all that they are made of, since a figure tells of what it counts: one needs to see
    the work of every office in the scope, or to follow up for the organisation. Invalid for a day to come.
    """
    offices = offices_asked(work, question)
    loaded = load(work)
    view = view_of(work, loaded, question, offices)
    wanted = [each for each in KeyFigure if question.figures is None or each in question.figures]
    return [figure_value(view, each, _measured(work, loaded, view, question, each)) for each in wanted]


def composite_score(work: Work, question: CompositeQuestion) -> CompositeScore:
    """The composite of an office or of all as of a day, with the mean over offices. Refused as the figures are."""
    asked = FigureQuestion(**vars(question))
    offices = offices_asked(work, asked)
    view = view_of(work, load(work), asked, offices)
    found = composite(view, over_all=question.over_all)
    return CompositeScore(
        score=rounded(found.score),
        light=None if found.score is None else view.definition.light(found.score),
        timely=rounded(found.timely),
        responsive=rounded(found.responsive),
        quality=rounded(found.quality),
        over_offices=_mean(found.over_offices),
        over_all=question.over_all,
        as_of=view.on,
        definition=view.definition.edition,
    )


def offices_asked(work: Work, question: FigureQuestion) -> frozenset[UUID] | None:
    """The offices in the scope of a question, None for all; refused as `key_figures` says."""
    on = question.as_of or work.today
    if on > work.today:
        raise Invalid(f"{on} is still to come", "as_of")
    offices = None
    if question.office_id is not None:
        work.get(Office, question.office_id, "office_id")
        offices = people.below(work, {question.office_id}, on)
    if not any(work.actor.may(permission, None) for permission in FOLLOWING_UP) and not _sees(work, offices):
        raise Forbidden(f"{work.actor.label} does not see all that the figures are made of", "office_id")
    return offices


def view_of(work: Work, loaded: Loaded, question: FigureQuestion, offices: frozenset[UUID] | None) -> View:
    """What figures look at: the histories as of the day, in the scope, by the editions in force on the day."""
    on = question.as_of or work.today
    keys = uuids(loaded.offices)
    marks = np.array([offices is None or key in offices for key in keys], dtype=np.bool_)
    sources = OWN_SOURCES if question.source is None else frozenset({question.source})
    scope = Scope(marks, sources, question.level)
    return View(loaded.histories, on, scope, deadlines_on(work, on), definition_on(work, on))


def figure_value(view: View, figure: KeyFigure, found: Measure) -> KeyFigureValue:
    """A figure as it is told: rounded once, with its editions."""
    return KeyFigureValue(
        figure=figure,
        value=rounded(found.value),
        unit=found.unit,
        numerator=found.numerator,
        denominator=found.denominator,
        reason=found.reason,
        as_of=view.on,
        definition=view.definition.edition,
        deadlines=view.deadlines.edition,
        beside=[_beside(each) for each in found.beside],
        over_offices=None if found.over_offices is None else _mean(found.over_offices),
    )


def rounded(value: Fraction | None) -> Decimal | None:
    """A fraction as a decimal, rounded once, half to even."""
    return None if value is None else Decimal(round(value * 10**PLACES)).scaleb(-PLACES)


def _measured(work: Work, loaded: Loaded, view: View, question: FigureQuestion, figure: KeyFigure) -> Measure:
    if figure not in MONEY:
        return measure(view, figure, loaded.countries, over_all=question.over_all)
    offices = uuids(loaded.offices[np.flatnonzero(view.scope.offices)])
    if not _sees(work, frozenset(offices)):
        return Measure(None, reason=NoValue.NOT_SEEN)
    return money(*MONEY[figure](work, loaded, view))


def _sees(work: Work, offices: frozenset[UUID] | None) -> bool:
    if work.actor.system:
        return True
    seen = work.actor.offices(Permission.SEE)
    top = people.headquarters(work).id
    return top in seen if offices is None else offices <= seen


def _beside(found: Beside) -> FigureBeside:
    return FigureBeside(found.name, rounded(found.value), found.numerator, found.denominator)


def _mean(found: OverOffices) -> MeanOverOffices:
    return MeanOverOffices(rounded(found.mean), found.offices, found.without, found.red)
