"""Column kinds: exact numbers, moments with a zone, refusals instead of rounding."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from rbm.db import from_fixed, to_fixed
from rbm.errors import Invalid
from rbm.model.indicators import Target
from rbm.work import Work
from tests.make import Make


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_fixed_value_survives_the_round_trip(micros: int) -> None:
    assert to_fixed(from_fixed(micros)) == micros


@pytest.mark.parametrize("text", ["0.0000001", "1e-7", "9223372036855", "-9223372036855", "NaN", "Infinity"])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        to_fixed(Decimal(text))
    assert refusal.value.field == "value"


@pytest.mark.parametrize("value", ["0", "-0.000001", "9223372036854.775807", "12.5"])
def test_a_measure_is_exact_in_the_database(work: Work, make: Make, value: str) -> None:
    indicator, period = make.indicator(), make.year()
    target = Target(
        indicator=indicator, period=period, value=Decimal(value), edition=1, current=True, occurrence=1, set_at=work.now
    )
    work.add(target)
    work.session.expire(target)
    kept = work.get(Target, target.id)
    assert kept.value == Decimal(value)


def test_moments_come_back_in_utc(work: Work, make: Make) -> None:
    moment = datetime(2026, 3, 2, 1, 0, tzinfo=timezone(timedelta(hours=14)))
    measurement = make.measurement(make.indicator(), make.year(), 1, recorded_at=moment)
    work.session.expire(measurement)
    work.session.refresh(measurement)
    assert measurement.recorded_at == moment
    assert measurement.recorded_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_a_bug(work: Work, make: Make) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        make.measurement(make.indicator(), make.year(), 1, recorded_at=datetime(2026, 3, 2))  # noqa: DTZ001
    work.session.rollback()


def test_a_broken_reference_is_refused(engine: sa.Engine) -> None:
    broken = sa.text("INSERT INTO figure_exclusion (figure_id, reason, count) VALUES (7, 'unfit', 1)")
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(broken)


def test_sqlite_takes_no_text_for_a_number(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="TEXT value in INTEGER"):
        connection.exec_driver_sql(
            "INSERT INTO figure_exclusion (figure_id, reason, count) VALUES (1, 'unfit', 'many')"
        )


def test_sqlite_is_opened_safely(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        ]
    assert settings == [1, "wal", 2]
