"""Narrowing: criteria of the same build share compiled statements and never each other's values."""

from uuid import UUID, uuid4

import sqlalchemy as sa

from rbm.access import PUBLIC, Actor, Grant, criteria
from rbm.db import Row
from rbm.model.projects import Project
from rbm.narrowing import Narrowing
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make


def viewer(office: UUID) -> Actor:
    return Actor("somebody", uuid4(), (Grant(Role.VIEWER, office, frozenset({office})),))


def keys(actor: Actor) -> list[object]:
    return [option._gen_cache_key({}, []) for option in criteria(actor)]  # noqa: SLF001


def compiled(work: Work) -> int:
    """How many statements the engine keeps compiled."""
    engine = work.session.get_bind()
    assert isinstance(engine, sa.Engine)
    kept: dict[object, object] = engine._compiled_cache  # type: ignore[assignment]  # noqa: SLF001
    return len(kept)


def test_every_criterion_is_kept_by_a_number_of_its_build() -> None:
    first, second = viewer(uuid4()), viewer(uuid4())
    assert all(isinstance(option, Narrowing) for option in criteria(first))
    assert keys(first) == keys(second)
    assert keys(first) != keys(PUBLIC)


def test_the_values_of_a_criterion_are_its_own_each_time() -> None:
    offices = uuid4(), uuid4()
    for office in offices:
        for option in criteria(viewer(office)):
            values: list[sa.BindParameter[object]] = []
            option._gen_cache_key({}, values)  # noqa: SLF001
            flat = {one for value in values for one in value.value} if option.entity.class_ is Project else {office}
            assert flat == {office}


def test_persons_of_the_same_build_share_a_compiled_statement_and_see_their_own_rows(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        projects = {make.project().office_id for _ in range(3)}
    sizes = []
    for office in projects:
        with start(viewer(office)) as work:
            seen = work.session.scalars(sa.select(Project.office_id)).all()
            assert seen == [office]
            sizes.append(compiled(work))
    assert sizes[0] == sizes[1] == sizes[2]


def test_what_is_no_row_is_no_criterion() -> None:
    assert {option.entity.class_ for option in criteria(PUBLIC)} <= {mapper.class_ for mapper in Row.registry.mappers}
