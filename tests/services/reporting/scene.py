"""A country office with a plan and an indicator, under a region, and the persons of both, as the tests find them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Actor
from rbm.model.people import Membership, Place
from rbm.model.reporting import Measurement, Report
from rbm.services import reporting
from rbm.services.people import BEGINNING
from rbm.services.reporting import MeasurementInput
from rbm.terms.people import OfficeKind, PlaceKind, Role
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make

DUE = date(2026, 2, 15)


@dataclass(frozen=True)
class Scene:
    """Keys and actors of the scene; the period is the year 2025, its reports are due on 15 February 2026."""

    start: Begin
    region: UUID
    office: UUID
    framework: UUID
    indicator: UUID
    period: UUID
    reporter: Actor
    approver: Actor
    verifier: Actor

    def opened(self) -> UUID:
        """A draft report."""
        with self.start(self.reporter) as work:
            return reporting.open_report(work, self.framework, self.period).id

    def recorded(self, report_id: UUID, value: object, **facts: Any) -> int:
        """A value recorded in a report by the reporter."""
        with self.start(self.reporter) as work:
            stated = {"indicator_id": self.indicator, "value": Decimal(str(value))} | facts
            return reporting.record_measurement(work, MeasurementInput(report_id=report_id, **stated)).id

    def submitted(self, value: object = 53, now: datetime = NOW, **facts: Any) -> tuple[UUID, int]:
        """A submitted report with one value."""
        report_id = self.opened()
        measurement_id = self.recorded(report_id, value, **facts)
        with self.start(self.reporter, now=now) as work:
            reporting.submit_report(work, report_id)
        return report_id, measurement_id

    def approved(self, value: object = 53, **facts: Any) -> tuple[UUID, int]:
        """An approved report with one value."""
        report_id, measurement_id = self.submitted(value, **facts)
        with self.start(self.approver) as work:
            reporting.approve_report(work, report_id)
        return report_id, measurement_id


def build(start: Begin) -> Scene:
    """The scene, committed."""
    with start() as work:
        make = Make(work)
        angola = work.add(Place(code="024", name="Angola", kind=PlaceKind.COUNTRY))
        region = make.office(kind=OfficeKind.REGIONAL, code="REGION")
        office = make.office(region, code="OFFICE", place=angola)
        framework = make.framework(office=office, code="PLAN", title="Country plan")
        made = Scene(
            start=start,
            region=region.id,
            office=office.id,
            framework=framework.id,
            indicator=make.indicator(make.result(framework), code="INDICATOR").id,
            period=make.year(2025, reports_due_on=DUE).id,
            reporter=make.actor(Role.REPORTER, office),
            approver=make.actor(Role.APPROVER, office),
            verifier=make.actor(Role.VERIFIER, region),
        )
        for membership in work.session.scalars(sa.select(Membership)):
            membership.valid_from = BEGINNING
        return made


def person_of(actor: Actor) -> UUID:
    """The key of the person behind an actor."""
    assert actor.person_id
    return actor.person_id


def report_of(work: Work, report_id: UUID) -> Report:
    """A report as it stands."""
    return work.get(Report, report_id)


def values_of(work: Work, report_id: UUID) -> list[Measurement]:
    """Every value of a report, superseded ones too, oldest first."""
    query = sa.select(Measurement).where(Measurement.report_id == report_id)
    return list(work.session.scalars(query.order_by(Measurement.id)))
