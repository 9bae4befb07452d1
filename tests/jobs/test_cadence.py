"""Cadences: slots through changes of clocks, month ends and time zones at the edges."""

from datetime import UTC, datetime, time, timedelta

import pytest

from jobs.cadence import Daily, Every


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "now", "slot"),
    [
        (60, "2026-03-02T09:00:59.999999", "2026-03-02T09:00:00Z"),
        (60, "2026-03-02T09:01:00", "2026-03-02T09:01:00Z"),
        (0.1, "2026-03-02T09:00:00.299999", "2026-03-02T09:00:00.200000Z"),
    ],
)
def test_a_frequent_slot_is_the_moment_it_began(seconds: float, now: str, slot: str) -> None:
    assert Every(seconds).latest(moment(now), "Asia/Kathmandu") == slot


def test_frequent_slots_follow_one_another() -> None:
    cadence = Every(0.1)
    assert cadence.between("2026-03-02T09:00:00.800000Z", "2026-03-02T09:00:01.000000Z", 9) == [
        "2026-03-02T09:00:00.900000Z",
        "2026-03-02T09:00:01.000000Z",
    ]
    assert cadence.between("2026-01-01T00:00:00.000000Z", "2026-03-02T09:00:01.000000Z", 1) == [
        "2026-03-02T09:00:01.000000Z"
    ]


@pytest.mark.parametrize(
    ("zone", "at", "now", "slot"),
    [
        ("UTC", time(1), "2026-03-02T00:59:00", "2026-03-01"),
        ("UTC", time(1), "2026-03-02T01:00:00", "2026-03-02"),
        ("Pacific/Kiritimati", time(1), "2026-03-02T01:00:00", "2026-03-02"),
        ("Pacific/Kiritimati", time(12), "2026-03-02T12:00:00", "2026-03-03"),
        ("Pacific/Pago_Pago", time(1), "2026-03-02T01:00:00", "2026-03-01"),
    ],
)
def test_a_daily_slot_is_the_business_date_when_it_struck(zone: str, at: time, now: str, slot: str) -> None:
    assert Daily(at).latest(moment(now), zone) == slot


def test_missed_dates_run_over_month_ends_and_leap_days() -> None:
    assert Daily(time(1)).between("2028-02-27", "2028-03-01", 31) == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert Daily(time(1)).between("2025-12-01", "2026-01-01", 2) == ["2025-12-31", "2026-01-01"]


@pytest.mark.parametrize("at", [time(0, 30), time(1, 30), time(2, 30), time(22, 30), time(23, 30)])
@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Africa/Casablanca", "Pacific/Auckland"])
def test_no_date_is_lost_or_doubled_when_clocks_change(zone: str, at: time) -> None:
    cadence, now = Daily(at), moment("2026-01-01T12:00:00")
    done = [cadence.latest(now, zone)]
    for _ in range(365 * 4):
        now += timedelta(hours=6)
        latest = cadence.latest(now, zone)
        if latest > done[-1]:
            done += cadence.between(done[-1], latest, 31)
    assert done == sorted(set(done))
    assert len(done) in {365, 366}
