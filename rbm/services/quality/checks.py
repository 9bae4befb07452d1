"""Verification: values checked by somebody of another unit, who had no part in them (R054)."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.model.quality import CHECKED, Check, refuse_checker
from rbm.model.reporting import Evidence, Measurement, Period, Report, in_it
from rbm.model.strategy import Framework, Result
from rbm.rules.inputs import refuse_blank
from rbm.services import marks, notices
from rbm.terms.notices import NoticeKind
from rbm.terms.reporting import ValueStage, Verification
from rbm.work import Work

WAITING = (Verification.SELF_REPORTED, Verification.UNDER_CHECK)


def open_check(work: Work, measurement_id: int) -> Check:
    """Begin to check an approved value.

    Forbidden for whoever recorded, submitted or approved it and for anyone of the same unit; Conflict when it is not
    approved, or was judged or is being checked already.
    """
    measurement = _waiting(work, measurement_id)
    if measurement.verification is not Verification.SELF_REPORTED:
        raise Conflict("the value is being checked already", "measurement_id")
    return _open(work, measurement)


def verify_measurement(work: Work, measurement_id: int, note: str | None = None) -> Check:
    """Find an approved value right; a check is opened where none is.

    Invalid without evidence kept with the value or a note on what was seen; else refused as in opening a check.
    """
    measurement = _waiting(work, measurement_id)
    seen = sa.select(Evidence.id).where(Evidence.measurement_id == measurement.id).limit(1)
    if not (note or "").strip() and work.session.scalars(seen).first() is None:
        raise Invalid("without evidence, a note says what was seen", "note")
    return _decide(work, measurement, Verification.VERIFIED, (note or "").strip() or None)


def reject_measurement(work: Work, measurement_id: int, reason: str) -> Check:
    """Find an approved value wrong; it counts no more until it is corrected, approved and checked again.

    Invalid without a reason; else refused as in opening a check.
    """
    measurement = _waiting(work, measurement_id)
    return _decide(work, measurement, Verification.REJECTED, refuse_blank(reason, "reason"))


def find_checks(measurement_id: int | None = None, stage: Verification | None = None) -> sa.Select[Check]:
    """Checks, of one value and with one verdict where these are named."""
    query = sa.select(Check)
    if measurement_id is not None:
        query = query.where(Check.measurement_id == measurement_id)
    return query.where(Check.stage == stage) if stage else query


def find_to_verify(work: Work) -> sa.Select[Measurement]:
    """The approved values of reports that wait for a verdict which the caller may give, in the order of their ids.

    Values published by others wait for nobody; they can be checked one by one.
    """
    offices = _offices_to_check(work)
    query = sa.select(Measurement).join(Measurement.report).join(Measurement.indicator).join(Indicator.result)
    query = query.join(Result.framework).where(
        Measurement.stage == ValueStage.APPROVED, Measurement.verification.in_(WAITING)
    )
    if offices is not None:
        person = work.actor.person_id
        parts = (Measurement.recorded_by_id, Report.submitted_by_id, Report.approved_by_id)
        query = query.where(Framework.office_id.in_(offices), *(part.is_distinct_from(person) for part in parts))
        if person is not None:
            query = query.where(sa.not_(in_it(person, Measurement.report_id, *CHECKED)))
    return query.order_by(Measurement.id)


def _offices_to_check(work: Work) -> frozenset[UUID] | None:
    """The offices whose values the caller may check: reached from above, no role held in them. None for all."""
    if work.actor.system:
        return None
    return work.actor.offices(Permission.VERIFY) - {grant.office_id for grant in work.actor.grants}


def _waiting(work: Work, measurement_id: int) -> Measurement:
    """The value, locked, when the caller may check it now."""
    measurement = work.get(Measurement, measurement_id, "measurement_id", hold=True)
    work.require(Permission.VERIFY, measurement)
    refuse_checker(work, measurement)
    if measurement.stage is not ValueStage.APPROVED:
        raise Conflict(f"the value is {measurement.stage} and not approved", "measurement_id")
    if measurement.verification not in WAITING:
        raise Conflict(f"the value is {measurement.verification} already", "measurement_id")
    return measurement


def _open(work: Work, measurement: Measurement) -> Check:
    measurement.verification = Verification.UNDER_CHECK
    check = Check(measurement_id=measurement.id, stage=Verification.UNDER_CHECK, opened_at=work.now)
    check.checker_id = work.actor.person_id
    return work.add(check)


def _decide(work: Work, measurement: Measurement, verdict: Verification, note: str | None) -> Check:
    """The verdict of whoever gives it, who takes over a check that somebody else has opened."""
    running = work.session.scalars(find_checks(measurement.id, Verification.UNDER_CHECK)).first()
    check = running or _open(work, measurement)
    work.move(check, verdict, note)
    check.checker_id, check.decided_at, check.note = work.actor.person_id, work.now, note
    measurement.verification = verdict
    work.flush()
    marks.mark(work, [measurement.indicator_id], f"measurement_{verdict}")
    _tell(work, measurement, verdict, note)
    return check


def _tell(work: Work, measurement: Measurement, verdict: Verification, note: str | None) -> None:
    kind = NoticeKind.VALUE_VERIFIED if verdict is Verification.VERIFIED else NoticeKind.VALUE_REJECTED
    indicator = work.session.get_one(Indicator, measurement.indicator_id)
    by = work.session.get(Person, work.actor.person_id) if work.actor.person_id else None
    facts = {
        "indicator": indicator.title,
        "period": work.session.get_one(Period, measurement.period_id).code,
        "value": f"{measurement.value:f}" if measurement.value is not None else "",
        "by": by.name if by else work.actor.label,
        "reason": note or "",
    }
    notices.tell(work, kind, _concerned(work, measurement), f"measurement {measurement.id}", facts)


def _concerned(work: Work, measurement: Measurement) -> Iterable[UUID]:
    report = work.session.get_one(Report, measurement.report_id) if measurement.report_id else None
    persons = (measurement.recorded_by_id, report.submitted_by_id if report else None)
    return dict.fromkeys(person for person in persons if person)
