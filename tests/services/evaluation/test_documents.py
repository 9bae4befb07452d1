"""Documents with their hashes, and what a report says of itself."""

import hashlib
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import EvaluationDocument
from rbm.services import evaluation, people
from rbm.services.evaluation import DocumentInput, ReportSections
from rbm.terms.evaluation import DISCLOSED, DocumentKind, EvaluationStage, SourceKind, TextLanguage
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.refusals import refused
from tests.services.evaluation.scene import Scene

pytestmark = pytest.mark.in_turn
ENGLISH, FRENCH = TextLanguage.ENGLISH, TextLanguage.FRENCH
PLACED = [
    (DocumentKind.TERMS_OF_REFERENCE, EvaluationStage.PLANNED),
    (DocumentKind.INCEPTION_REPORT, EvaluationStage.INCEPTION),
    (DocumentKind.DRAFT_REPORT, EvaluationStage.DATA_COLLECTION),
    (DocumentKind.FINAL_REPORT, EvaluationStage.QUALITY_REVIEW),
    (DocumentKind.ANNEX, EvaluationStage.TOR),
    (DocumentKind.QUALITY_ASSESSMENT, EvaluationStage.QUALITY_REVIEW),
]


def document(key: UUID, kind: DocumentKind, language: TextLanguage = ENGLISH, **facts: Any) -> DocumentInput:
    return DocumentInput(
        **({"title": "Text", "text": "what it says"} | facts), evaluation_id=key, kind=kind, language=language
    )


def kept(start: Begin, key: UUID) -> list[tuple[str, int, bool]]:
    """Language, edition and whether it is public of each document, as attached."""
    with start() as work:
        rows = work.session.scalars(sa.select(EvaluationDocument).where(EvaluationDocument.evaluation_id == key))
        return sorted((row.language, row.edition, row.public) for row in rows)


@pytest.mark.parametrize(("kind", "stage"), PLACED)
def test_a_document_is_kept_with_the_hash_of_its_text(
    scene: Scene, start: Begin, kind: DocumentKind, stage: EvaluationStage
) -> None:
    key = scene.made(stage)
    with start(scene.manager) as work:
        made = evaluation.attach_document(work, document(key, kind))
        assert made.content_hash == hashlib.sha256(b"what it says").hexdigest()
        assert (made.edition, made.attached_by_id) == (1, scene.manager.person_id)
        assert made.shared is (kind is DocumentKind.TERMS_OF_REFERENCE)
        assert made.public is (kind not in {DocumentKind.DRAFT_REPORT, DocumentKind.INCEPTION_REPORT})


def test_what_lies_elsewhere_brings_its_hash(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.TOR)
    elsewhere = {"text": None, "url": "https://example.org/annex.pdf"}
    with start(scene.manager) as work:
        made = evaluation.attach_document(work, document(key, DocumentKind.ANNEX, **elsewhere, content_hash="AB" * 32))
        assert made.content_hash == "ab" * 32
    for facts, field in (
        (elsewhere, "content_hash"),
        (elsewhere | {"content_hash": "ab"}, "content_hash"),
        ({"text": " "}, "text"),
        ({"title": " "}, "title"),
    ):
        with refused(engine, Invalid, field, scene.manager) as work:
            evaluation.attach_document(work, document(key, DocumentKind.ANNEX, **facts))


def test_another_text_is_another_edition_and_the_one_before_is_never_public(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.QUALITY_REVIEW)
    for language in (ENGLISH, ENGLISH, FRENCH):
        with start(scene.manager) as work:
            evaluation.attach_document(work, document(key, DocumentKind.FINAL_REPORT, language))
    assert kept(start, key) == [("en", 1, False), ("en", 2, True), ("fr", 1, True)]


def test_annexes_stand_side_by_side(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.TOR)
    for title, public in (("One", True), ("Two", True), ("Two", True), ("Names", False)):
        with start(scene.manager) as work:
            evaluation.attach_document(work, document(key, DocumentKind.ANNEX, title=title, public=public))
    assert kept(start, key) == [("en", 1, True), ("en", 2, False), ("en", 3, True), ("en", 4, False)]


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (DocumentKind.TERMS_OF_REFERENCE, EvaluationStage.TEAM_ONBOARD),
        (DocumentKind.INCEPTION_REPORT, EvaluationStage.TOR),
        (DocumentKind.DRAFT_REPORT, EvaluationStage.INCEPTION),
        (DocumentKind.FINAL_REPORT, EvaluationStage.DATA_COLLECTION),
        *((kind, EvaluationStage.FINAL) for kind in DocumentKind),
        *((kind, EvaluationStage.CANCELLED) for kind in DocumentKind),
    ],
)
def test_a_stage_takes_what_belongs_to_it(
    scene: Scene, engine: sa.Engine, kind: DocumentKind, stage: EvaluationStage
) -> None:
    key = scene.made(stage)
    with refused(engine, Conflict, "stage", scene.manager) as work:
        evaluation.attach_document(work, document(key, kind))


def test_a_final_text_gets_translations_and_is_never_replaced(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.complete(EvaluationStage.FINAL)
    with start(scene.officer) as work:
        assert evaluation.attach_to_final(work, document(key, DocumentKind.FINAL_REPORT, FRENCH)).public
    for kind, field in (
        (DocumentKind.FINAL_REPORT, "language"),
        (DocumentKind.TERMS_OF_REFERENCE, "kind"),
        (DocumentKind.DRAFT_REPORT, "kind"),
    ):
        with refused(engine, Conflict, field, scene.officer) as work:
            evaluation.attach_to_final(work, document(key, kind))
    with refused(engine, Forbidden, None, scene.manager) as work:
        evaluation.attach_to_final(work, document(key, DocumentKind.FINAL_REPORT, FRENCH))
    unfinished = scene.made(EvaluationStage.TOR)
    with refused(engine, Conflict, "stage", scene.officer) as work:
        evaluation.attach_to_final(work, document(unfinished, DocumentKind.FINAL_REPORT))


def test_the_text_of_an_audit_is_attached_when_it_is_registered(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.FINAL, source=SourceKind.AUDIT)
    with start(scene.officer) as work:
        assert evaluation.attach_to_final(work, document(key, DocumentKind.FINAL_REPORT)).edition == 1


def test_the_evaluation_unit_approves_terms_of_reference_once(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with start(scene.manager) as work:
        terms = evaluation.attach_document(work, document(key, DocumentKind.TERMS_OF_REFERENCE)).id
        annex = evaluation.attach_document(work, document(key, DocumentKind.ANNEX)).id
    for actor in (scene.manager, scene.chief, scene.senior):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.approve_terms_of_reference(work, terms)
    with refused(engine, Invalid, "document_id", scene.officer) as work:
        evaluation.approve_terms_of_reference(work, annex)
    with start(scene.officer) as work:
        assert evaluation.approve_terms_of_reference(work, terms).approved_by_id == scene.officer.person_id
    with refused(engine, Conflict, "document_id", scene.officer) as work:
        evaluation.approve_terms_of_reference(work, terms)


def test_a_report_says_what_it_is_until_the_final(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT)
    for stated in (ReportSections(methods="interviews"), ReportSections(FRENCH, sources="people")):
        with start(scene.manager) as work:
            made = evaluation.write_report_sections(work, key, stated)
    assert (made.language, made.methods, made.sources, made.limitations) == (FRENCH, "interviews", "people", None)
    for actor in (scene.chief, scene.focal, scene.senior):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.write_report_sections(work, key, ReportSections(methods="none"))
    final = scene.made(EvaluationStage.FINAL)
    with refused(engine, Conflict, "stage", scene.manager) as work:
        evaluation.write_report_sections(work, final, ReportSections(methods="none"))


def test_r120_who_ran_what_is_judged_writes_nothing(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT)
    scene.joined(key)
    with start() as work:
        people.grant_role(work, scene.evaluator.person_id, scene.office, Role.REPORTER)  # type: ignore[arg-type]
    with refused(engine, Forbidden, None, scene.evaluator) as work:
        evaluation.write_report_sections(work, key, ReportSections(methods="interviews"))


@pytest.mark.parametrize(
    ("kind", "stage"), [one for one in PLACED if one[0] in DISCLOSED and one[0] is not DocumentKind.ANNEX]
)
def test_r205_nothing_but_an_annex_is_kept_back(
    scene: Scene, engine: sa.Engine, kind: DocumentKind, stage: EvaluationStage
) -> None:
    key = scene.made(stage)
    with refused(engine, Invalid, "public", scene.manager) as work:
        evaluation.attach_document(work, document(key, kind, public=False))


def test_r205_no_translation_of_the_final_text_is_kept_back(scene: Scene, engine: sa.Engine) -> None:
    key = scene.complete(EvaluationStage.FINAL)
    with refused(engine, Invalid, "public", scene.officer) as work:
        evaluation.attach_to_final(work, document(key, DocumentKind.FINAL_REPORT, FRENCH, public=False))


def test_r208_the_team_writes_without_a_role_and_an_evaluator_outside_it_does_not(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key, person = scene.made(EvaluationStage.DRAFT_REPORT), scene.person()
    for actor in (scene.evaluator, scene.actor(person)):
        with pytest.raises((Forbidden, NotFound)), start(actor) as work:
            evaluation.write_report_sections(work, key, ReportSections(methods="interviews"))
    member = scene.declared(key, person)
    with start(scene.actor(person)) as work:
        assert evaluation.write_report_sections(work, key, ReportSections(methods="interviews")).methods == "interviews"
    with start(scene.manager) as work:
        evaluation.leave_team(work, member)
    with pytest.raises((Forbidden, NotFound)), start(scene.actor(person)) as work:
        evaluation.write_report_sections(work, key, ReportSections(methods="none"))
