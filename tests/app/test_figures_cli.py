"""`rbm figures`: one figure opened, what leads named beside the number, crossings, and what cannot be asked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.model.indicators import Category, Dimension, Disaggregation, DisaggregationPart
from rbm.model.jobs import JobRun
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import rollup
from rbm.terms.indicators import Accumulation, OverTime
from rbm.terms.reporting import Verification
from rbm.terms.rollup import LeadBasis
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from tests import databases
from tests.app.commands import rbm
from tests.make import Make

CORPORATE = ("--year", 2026, "--level", "corporate")


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """A corporate figure of three units, one verified and one silent, and one crossing of two dimensions."""
    with databases.sqlite(sqlite_template, tmp_path) as engine:
        with begin(engine, SYSTEM, "make") as work:
            fill(work)
        yield engine.url.render_as_string(hide_password=False)


def fill(work: Work) -> None:
    """Rows of everything, rolled up."""
    make = Make(work)
    year = make.year()
    top = make.indicator(make.result(make.framework(FrameworkLevel.CORPORATE)), title="People helped", code="TOP")
    for code, value, verification in (
        ("A", 30, Verification.VERIFIED),
        ("B", 90, Verification.SELF_REPORTED),
        ("C", None, None),
    ):
        make.contribution(child := make.indicator(code=code), top)
        if value is not None:
            make.measurement(child, year, value, verification=verification)
    crossed = work.add(Disaggregation(code="f|y", label="women, young"))
    for dimension, category in (("sex", "f"), ("age", "y")):
        axis = work.add(Dimension(code=dimension, label=dimension, additive=True))
        part = work.add(Category(code=f"{dimension}:{category}", label=category, dimension=axis))
        work.add(DisaggregationPart(disaggregation=crossed, category=part))
    rollup.refresh(work, full=True)


def key_of(url: str) -> int:
    """The id of the corporate figure."""
    [row] = rbm(url, "figures", *CORPORATE, "--json").document
    key: int = row["id"]
    return key


def test_one_figure_is_opened_down_to_its_measurements(url: str) -> None:
    row = rbm(url, "figures", "--explain", key_of(url), "--json").document
    assert (row["code"], row["value"], row["verified"], row["reported"], row["expected"]) == ("TOP", 120, 30, 2, 3)
    assert row["lead"] == {
        "value": 30,
        "basis": "verified_only",
        "beside": 120,
        "beside_basis": "approved_not_rejected",
    }
    assert row["verified_share"] == {"by_value": Decimal("0.25"), "by_unit": Decimal("0.5")}
    assert (row["target"], row["targets"], row["baseline"], row["baselines"]) == (None, 0, None, 0)
    assert (row["stale"], row["rule"]) == (False, "sum over units, sum over time, missing excluded, contributed only")
    assert len(row["inputs_hash"]) == 64
    assert sorted((each["indicator"], each["value"], each["reason"]) for each in row["contributions"]) == [
        ("A", 30, None),
        ("B", 90, None),
        ("C", None, "no_value"),
    ]
    assert [(each["indicator"], each["value"], each["share"]) for each in row["entries"]] == [
        ("A", 30, 1),
        ("B", 90, 1),
    ]
    assert (row["measurements"], row["measured"], row["entered"]) == (2, 120, 120)


def test_an_opened_figure_is_told_to_people(url: str) -> None:
    ran = rbm(url, "figures", "--explain", key_of(url))
    told = " ".join(ran.out.split())
    for words in (
        "leads: verified only 30",
        "beside: approved not rejected 120",
        "verified share by unit 0.5",
        "Rule: sum over units",
        "no value",
        "stale no",
        "Measurements",
    ):
        assert words in told
    assert len(rbm(url, "figures", key_of(url)).out) == len(ran.out)


def test_the_column_of_what_leads_is_named_after_its_basis(url: str) -> None:
    heads = [rbm(url, "figures", *CORPORATE, COLUMNS="200").out.splitlines()[1]]
    engine = open_engine(url)
    with begin(engine, SYSTEM, "set_lead_basis") as work:
        rollup.set_lead_basis(work, LeadBasis.APPROVED_NOT_REJECTED, work.today)
    engine.dispose()
    heads.append(rbm(url, "figures", *CORPORATE, COLUMNS="200").out.splitlines()[1])
    first, second = (head.split("  ") for head in heads)
    names = [[each.strip() for each in head if each.strip()] for head in (first, second)]
    assert [row[3:5] for row in names] == [
        ["verified only", "approved, not rejected"],
        ["approved, not rejected", "verified only"],
    ]


def test_what_is_not_there_is_refused(url: str) -> None:
    for key in (999, 2**63 - 1, 2**63, 10**24):
        ran = rbm(url, "figures", "--explain", key, "--json")
        assert (ran.code, ran.document["problems"][0]["field"], ran.err) == (1, "figure", "")
    for option, value in (
        ("--region", "nowhere"),
        ("--country", "Atlantis"),
        ("--theme", "none"),
        ("--by", "sex,size"),
    ):
        refusal = rbm(url, "figures", *CORPORATE, option, value, "--json")
        assert (refusal.code, refusal.document["problems"][0]["field"]) == (1, option.strip("-"))


def test_a_year_that_began_while_no_clock_ran_is_marked_before_anything_is_compared(url: str) -> None:
    engine = open_engine(url)
    with begin(engine, SYSTEM, "make", now=datetime(1999, 12, 31, 12, tzinfo=UTC)) as work:
        make = Make(work)
        total = make.indicator(code="TO DATE", accumulation=Accumulation.RUNNING_TOTAL, over_time=OverTime.LAST)
        make.measurement(total, make.year(1999), 5)
        make.year(2000)
        rollup.refresh(work, full=True)
        key = total.id
    assert (rbm(url, "reconcile", "--json").document, rbm(url, "reconcile").code) == ([], 0)
    query = sa.select(Figure.value).where(Figure.indicator_id == key)
    with begin(engine, SYSTEM, "look", writes=False) as work:
        assert work.session.scalars(query).all() == [5]
    assert rbm(url, "rollup", "--json").document["nodes"] == 1
    assert rbm(url, "rollup", "--json").document["nodes"] == 0
    with begin(engine, SYSTEM, "look", writes=False) as work:
        assert work.session.scalars(query).all() == [5, 5, 5]
        assert work.session.scalars(sa.select(JobRun.job)).all() == ["rollup.mark_days"]
    engine.dispose()
    assert rbm(url, "reconcile", "--json").document == []


def test_a_crossing_is_asked_for_with_commas(url: str) -> None:
    engine = open_engine(url)
    with begin(engine, SYSTEM, "make") as work:
        make = Make(work)
        crossed = work.session.scalars(sa.select(Disaggregation)).one()
        top = make.indicator(make.result(make.framework(FrameworkLevel.CORPORATE)), title="Crossed")
        make.measurement(top, work.session.scalars(sa.select(Period)).one(), 4, disaggregation=crossed)
        rollup.refresh(work, full=True)
    engine.dispose()
    rows = rbm(url, "figures", *CORPORATE, "--by", "AGE, sex", "--json").document
    assert [(row["title"], row["category"], row["category_label"], row["value"]) for row in rows] == [
        ("Crossed", "f|y", "women, young", 4)
    ]
    assert {row["value"] for row in rbm(url, "figures", *CORPORATE, "--json").document} == {120, 4}
