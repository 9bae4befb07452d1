"""Everything but contact details is kept: each fact of a rich activity is found again in some row."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.db import Row
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.people import Place
from rbm.model.projects import (
    Project,
    ProjectBudget,
    ProjectDocument,
    ProjectParticipation,
    ProjectPlace,
    ProjectText,
    ProjectTransaction,
)
from rbm.model.reporting import Measurement
from rbm.model.strategy import Result
from rbm.terms.indicators import Additivity
from rbm.terms.projects import BudgetKind, TransactionKind
from rbm.terms.reporting import MissingReason, ValueStage, Verification
from tests.services.iati import stored
from tests.services.iati.conftest import bring
from tests.services.iati.rich import CONTACT, FACTS, RICH


@pytest.fixture
def rich(ready: sa.Engine, tmp_path: Path) -> sa.Engine:
    """A database with the rich activity in it."""
    path = tmp_path / "rich.xml"
    path.write_text(RICH)
    [report] = bring(ready, path, consolidate=False)
    assert report.refused == []
    return ready


def texts(engine: sa.Engine) -> str:
    """All that is kept, as one text."""
    kept = stored.everything(engine)
    return "\n".join(row for name, rows in kept.items() if name not in {"place", "codelist_item"} for row in rows)


def facts(engine: sa.Engine, cls: type[Row], *names: str) -> dict[str, Any]:
    """The facts of the only row of a class that was published."""
    code = ("code",) if cls in {Result, Indicator} else ("id",)
    [row] = [
        row for row in stored.rows(engine, cls, *names, *code) if code == ("id",) or row[-1].startswith("XX-RICH/")
    ]
    return dict(zip(names, row, strict=False))


def test_every_fact_is_kept(rich: sa.Engine) -> None:
    kept = texts(rich)
    assert [fact for fact in FACTS if fact not in kept] == []


def test_contact_details_are_not_kept(rich: sa.Engine) -> None:
    kept = texts(rich)
    assert [word for word in CONTACT if word in kept] == []


def test_money_is_exact(rich: sa.Engine) -> None:
    assert facts(rich, ProjectBudget, "kind", "amount", "currency", "start", "end", "value_date") == {
        "kind": BudgetKind.REVISED,
        "amount": Decimal("123456789012.34"),
        "currency": "EUR",
        "start": date(2026, 1, 1),
        "end": date(2026, 12, 31),
        "value_date": date(2026, 2, 3),
    }
    moved = facts(rich, ProjectTransaction, "kind", "amount", "currency", "moved_on", "content")
    assert (moved["kind"], moved["amount"]) == (TransactionKind.DISBURSEMENT, Decimal("-0.01"))
    content = moved.pop("content")
    assert content["tag"] == "transaction"
    assert [child["tag"] for child in content["children"]] == [
        *("transaction-type", "transaction-date", "value", "description", "provider-org", "receiver-org"),
        *(
            "disbursement-channel",
            "sector",
            "recipient-country",
            "flow-type",
            "finance-type",
            "aid-type",
            "tied-status",
        ),
        "{urn:x}moved",
    ]


def test_texts_are_kept_in_all_languages(rich: sa.Engine) -> None:
    assert stored.rows(rich, ProjectText, "kind", "language", "text") == [
        ("description 1", "en", "What it is"),
        ("description 2", "fr", "But"),
        ("title", "en", "English title"),
        ("title", "fr", "Titre français"),
    ]
    project = facts(rich, Project, "title", "translations")
    assert project == {
        "title": "Titre français",
        "translations": {"title": {"en": "English title", "fr": "Titre français"}},
    }


def test_cells_keep_place_categories_comment_and_origin(rich: sa.Engine) -> None:
    kenya = dict(stored.rows(rich, Place, "iso2", "id"))["KE"]
    names = ("value", "place_id", "place_stated", "place_text", "comment", "stage", "verification", "origin")
    actual = facts(rich, Measurement, *names, "missing_reason", "released_on")
    assert actual == {
        "value": Decimal("3.5"),
        "place_id": kenya,
        "place_stated": True,
        "place_text": "Garissa",
        "comment": {"fr": "Remarque"},
        "stage": ValueStage.APPROVED,
        "verification": Verification.SELF_REPORTED,
        "origin": "published by Reporter",
        "missing_reason": None,
        "released_on": date(2026, 3, 2),
    }
    target = facts(rich, Target, "value", "text", "edition", "current", "source")
    assert target == {
        "value": Decimal(7),
        "text": None,
        "edition": 1,
        "current": True,
        "source": "published by Reporter",
    }
    baseline = facts(rich, Baseline, "value", "year", "measured_on")
    assert baseline == {"value": Decimal(-2), "year": 2025, "measured_on": date(2025, 6, 30)}


def test_results_and_indicators_keep_what_the_standard_does_not_know(rich: sa.Engine) -> None:
    result = facts(rich, Result, "content", "references")
    assert result["content"]["attributes"] == {"type": "1", "aggregation-status": "false", "{urn:x}rank": "7"}
    assert [each["at"] for each in result["content"]["remainder"]] == [""]
    assert result["references"] == [{"vocabulary": "99", "code": "R-1", "uri": "https://x.org/r"}]
    indicator = facts(rich, Indicator, "content", "references", "additivity")
    places = [each["at"] for each in indicator["content"]["remainder"]]
    assert places == ["baseline[1]", "period[1]/target[1]", "period[1]/actual[1]/document-link[1]", ""]
    assert indicator["references"] == [{"vocabulary": "9", "code": "SDG 10.7.1", "uri": None}]
    assert indicator["additivity"] is Additivity.YES


def test_documents_are_kept_at_every_level(rich: sa.Engine) -> None:
    found = stored.rows(rich, ProjectDocument, "url", "subject", "content", "dated")
    where = {url.rpartition("/")[2]: (subject and subject[:9], content.get("of")) for url, subject, content, _ in found}
    assert where == {
        "activity": (None, None),
        "result": ("XX-RICH/R", None),
        "indicator": ("XX-RICH/4", None),
        "baseline": ("XX-RICH/4", "baseline"),
        "target": ("XX-RICH/4", "target"),
        "actual": ("XX-RICH/4", "actual"),
    }
    activity = next(row for row in found if row[0].endswith("activity"))
    assert activity[3] == date(2026, 5, 6)


def test_relations_places_and_partners_are_kept(rich: sa.Engine) -> None:
    relations = stored.rows(rich, PublicationRelation, "kind", "reference")
    assert relations == [("3", "XX-SIBLING"), ("4", "XX-CO"), ("5", "XX-THIRD")]
    places = stored.rows(rich, ProjectPlace, "role", "code", "percentage", "latitude", "longitude")
    assert [(str(role), code, share, north, east) for role, code, share, north, east in places] == [
        ("location", "1821306", None, Decimal("-0.453230"), Decimal("39.646100")),
        ("recipient_country", "KE", Decimal("60.5"), None, None),
        ("recipient_region", "289", Decimal("39.5"), None, None),
    ]
    partners = stored.rows(rich, ProjectParticipation, "role", "reference", "kind", "content")
    assert [(role, reference, kind) for role, reference, kind, _ in partners] == [
        ("funding", "YY", "10"),
        (None, None, None),
    ]


def test_attributes_of_the_activity_are_kept(rich: sa.Engine) -> None:
    publication = facts(rich, Publication, "attributes", "language", "currency", "hierarchy", "publisher")
    attributes = publication.pop("attributes")
    assert publication == {"language": "fr", "currency": "EUR", "hierarchy": 2, "publisher": "XX"}
    assert attributes["humanitarian"] is True
    assert attributes["last-updated-datetime"] == "2026-01-02T03:04:05Z"
    assert attributes["activity-status"] == "2"
    assert attributes["reporting-org"]["names"] == {"fr": "Déclarant", "en": "Reporter"}
    assert attributes["reporting-org"]["type"] == "40"


def test_a_value_that_is_no_number_is_kept_as_text(ready: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "text.xml"
    path.write_text(RICH.replace("value='3.5'", "value='about three'"))
    [report] = bring(ready, path, consolidate=False)
    assert [each.element for each in report.refused] == ["result[1]/indicator[1]/period[1]/actual[1]/@value"]
    kept = facts(ready, Measurement, "value", "text", "missing_reason")
    assert kept == {"value": None, "text": "about three", "missing_reason": MissingReason.TEXT_ONLY}
