"""Publications that come again: the same changes nothing, a changed one makes editions and loses nothing."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Forbidden
from rbm.model.iati import Publication
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.projects import ProjectText
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework
from rbm.services import iati, indicators
from rbm.services.indicators.values import TargetInput
from rbm.terms.indicators import Additivity, ChangeReason, Fitness, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import ValueStage
from rbm.work import begin
from tests.conftest import NOW
from tests.files.iati_builder import document, indicator, period, result
from tests.make import Make
from tests.refusals import refused
from tests.services.iati import stored
from tests.services.iati.conftest import Bring, bring, real
from tests.services.iati.written import counted, plan

ALL = ("unhcr-2022", "unhcr-2023", "worldbank-el-salvador", "unicef-albania-invalid")


def told(*cells: str, baseline: str = "<baseline year='2025' value='1'/>", **facts: Any) -> str:
    """A result with one indicator: a baseline and the cells of its period."""
    attributes = facts.get("attributes", "measure='1' aggregation-status='1'")
    return result(indicator(baseline, period(*cells), attributes=attributes, title=facts.get("title", "People")))


def values(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """Value and stage of every measurement."""
    return stored.rows(engine, Measurement, "value", "stage")


def audited(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """Kind, entity and operation of every audit entry of an import."""
    wanted = stored.rows(engine, AuditEntry, "kind", "entity", "entity_id", "operation")
    return [row for row in wanted if row[3] in {"import_file", "consolidate"}]


def test_the_same_files_twice_change_no_row_of_any_table(ready: sa.Engine, shared: Path) -> None:
    first = bring(ready, *real(shared, *ALL))
    before = stored.everything(ready)
    second = bring(ready, *real(shared, *ALL))
    assert stored.everything(ready) == before
    assert [report.counts for report in second] == [report.counts for report in first]
    assert [report.created for report in second] == [0] * len(ALL)
    for one, other in zip(first, second, strict=True):
        assert (one.repaired, one.refused, one.noted) == (other.repaired, other.refused, other.noted)


def test_each_file_has_one_audit_entry(ready: sa.Engine, shared: Path) -> None:
    bring(ready, *real(shared, "unhcr-2022", "unhcr-2023"))
    assert audited(ready) == [
        (AuditKind.BATCH, "indicator", "consolidation", "consolidate"),
        (AuditKind.BATCH, "publication", "unhcr-2022.xml.gz", "import_file"),
        (AuditKind.BATCH, "publication", "unhcr-2023.xml.gz", "import_file"),
    ]


def test_lines_that_moved_are_no_change(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("P", counted(1)))
    [report] = publish("\n\n", plan("P", counted(1)))
    assert report.created == 0
    assert len(audited(ready)) == 1


def test_a_text_that_looks_like_a_line_is_a_change(ready: sa.Engine, publish: Bring) -> None:
    for text in ("line=1", "line=2"):
        publish(plan("P", f"<description><narrative>{text}</narrative></description>"))
    assert [text for kind, text in stored.rows(ready, ProjectText, "kind", "text") if kind == "description"] == [
        "line=2"
    ]


def test_a_changed_value_supersedes_the_one_before_and_the_figures_follow(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A"), plan("B", counted(5, 7), parent="A"))
    publish(plan("A"), plan("B", counted(5, 8), parent="A"))
    assert values(ready) == [
        (Decimal(5), ValueStage.APPROVED),
        (Decimal(7), ValueStage.SUPERSEDED),
        (Decimal(8), ValueStage.APPROVED),
    ]
    assert {(row.plan, row.value) for row in stored.figures(ready)} == {("A", 13), ("B", 13)}
    assert [row[2] for row in audited(ready)] == ["consolidation", "made.xml", "made.xml"]


def test_a_changed_target_and_baseline_become_new_editions(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("P", told("<target value='10'/>")))
    publish(plan("P", told("<target value='12'/>", baseline="<baseline year='2025' value='2'/>")))
    columns = ("value", "edition", "current", "reason_code", "reason")
    anew = (ChangeReason.DATA_CORRECTION, "published anew")
    for cls, before, after in ((Target, 10, 12), (Baseline, 1, 2)):
        assert stored.rows(ready, cls, *columns) == [(before, 1, False, None, None), (after, 2, True, *anew)]


def test_a_cell_that_is_gone_is_withdrawn_and_numbered_on_when_it_returns(ready: sa.Engine, publish: Bring) -> None:
    both = told("<target value='10'/>", "<actual value='4'/>")
    for content in (both, told(), both):
        publish(plan("P", content))
    assert stored.rows(ready, Target, "value", "edition", "current") == [(10, 1, False), (10, 2, True)]
    assert values(ready) == [(4, ValueStage.APPROVED), (4, ValueStage.WITHDRAWN)]
    publish(plan("P", told()))
    assert stored.figures(ready) == []


def test_equal_cells_of_repeated_periods_are_told_apart(ready: sa.Engine, publish: Bring) -> None:
    twice = result(indicator(period("<actual value='3'/>"), period("<actual value='4'/>"), title="People"))
    publish(plan("P", twice))
    publish(plan("P", twice, "<activity-status code='2'/>"))
    assert values(ready) == [(3, ValueStage.APPROVED), (4, ValueStage.APPROVED)]


def test_everything_a_publication_says_anew_is_kept(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("P", year=2025, level=1))
    changed = plan("P", "<x:more xmlns:x='urn:x'/>", year=2026, level=2).replace("Plan P", "Another title")
    publish(changed.replace("'USD'", "'EUR'"))
    [facts] = stored.rows(ready, Publication, "currency", "hierarchy", "remainder")
    assert facts == ("EUR", 2, ['<x:more xmlns:x="urn:x"/>'])
    [(title, start)] = [
        row[1:] for row in stored.rows(ready, Framework, "code", "title", "period_start") if row[0] == "P"
    ]
    assert (title, start.year) == ("Another title", 2026)
    assert len(audited(ready)) == 2


def test_a_declaration_that_comes_later_counts(ready: sa.Engine, publish: Bring) -> None:
    undeclared = {"attributes": "measure='1'"}
    publish(plan("A"), plan("B", told("<actual value='1'/>", **undeclared), parent="A"))
    publish(plan("A"), plan("B", told("<actual value='1'/>"), parent="A"))
    facts = set(stored.rows(ready, Indicator, "additivity", "over_units"))
    assert facts == {(Additivity.YES, OverUnits.SUM)}
    assert {(row.plan, row.value) for row in stored.figures(ready)} == {("A", 1), ("B", 1)}


def test_what_somebody_decided_here_is_not_overwritten(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("P", told("<target value='10'/>", "<actual value='1'/>")))
    with begin(ready, SYSTEM, "edit", now=NOW) as work:
        row = work.session.scalars(sa.select(Indicator)).one()
        work.require("define")  # type: ignore[arg-type]
        row.fitness, row.additivity = Fitness.FIT, Additivity.NO
        work.flush()
        target = work.session.scalars(sa.select(Target)).one()
        stated = TargetInput(indicator_id=row.id, period_id=target.period_id, value=Decimal(11))
        reason = {"reason_code": ChangeReason.CONTEXT_CHANGE, "reason": "a flood"}
        indicators.set_target(work, TargetInput(**vars(stated) | reason))
    publish(plan("P", told("<target value='10'/>", "<actual value='2'/>")))
    assert stored.rows(ready, Indicator, "fitness", "additivity") == [(Fitness.FIT, Additivity.NO)]
    assert stored.rows(ready, Target, "value", "current") == [(10, False), (11, True)]
    publish(plan("P", told("<target value='9'/>", "<actual value='2'/>")))
    assert stored.rows(ready, Target, "value", "edition", "current") == [(10, 1, False), (11, 2, False), (9, 3, True)]


def test_headquarters_imports_and_others_do_not(ready: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(document(plan("A"), plan("B", counted(1), parent="A")))
    with begin(ready, SYSTEM, "staff", now=NOW) as work:
        make = Make(work)
        importer, viewer = make.actor(Role.HQ_RESULTS), make.actor(Role.VIEWER)
    for service in (lambda work: iati.import_file(work, path), iati.consolidate):
        with refused(ready, Forbidden, None, viewer) as work:
            service(work)
    with begin(ready, importer, "import_file", now=NOW) as work:
        assert iati.import_file(work, path).created == 5
    with begin(ready, importer, "consolidate", now=NOW) as work:
        assert iati.consolidate(work) == 1


@pytest.mark.parametrize("broken", [b"<html/>", b"\x1f\x8bnonsense", b"", b"<iati-activities version='2.03'><iati-act"])
def test_a_bad_file_changes_nothing(ready: sa.Engine, publish: Bring, tmp_path: Path, broken: bytes) -> None:
    publish(plan("P", counted(1)))
    before = stored.everything(ready)
    path = tmp_path / "broken.xml"
    path.write_bytes(broken if b"<" not in broken else broken.replace(b"<iati-act", document(plan("Q"))[33:-22]))
    with pytest.raises(Exception, match="line"):
        bring(ready, path)
    assert stored.everything(ready) == before
