"""The frame and the demo as they are written: once, whole, with the chain that their tables describe."""

import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.iati import CodelistItem
from rbm.model.people import Office, Place, PlaceName
from rbm.model.projects import Theme
from rbm.model.strategy import Framework, NormativeTarget, Result
from rbm.services import people
from rbm.terms.people import PlaceKind
from rbm.terms.strategy import NodeKind
from seeds import demonstration
from seeds.load import MIGOF, load_reference
from seeds.read import demo
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati import stored


def load(start: Begin) -> None:
    """Headquarters and the frame."""
    with start() as work:
        people.initialise(work)
        load_reference(work)


def test_the_frame_is_written_once(engine: sa.Engine, start: Begin) -> None:
    load(start)
    counts = {
        cls: len(stored.rows(engine, cls, "id")) for cls in (Place, PlaceName, NormativeTarget, Theme, CodelistItem)
    }
    assert list(counts.values()) == [278, 74, 209, 16, 98]
    before = stored.everything(engine)
    load(start)
    assert stored.everything(engine) == before


def test_places_stand_under_their_regions(engine: sa.Engine, start: Begin) -> None:
    load(start)
    places = {
        key: (code, kind, parent)
        for key, code, kind, parent in stored.rows(engine, Place, "id", "code", "kind", "parent_id")
    }
    assert [code for code, _, parent in places.values() if parent is None] == ["001"]
    [kenya] = [place for place in places.values() if place[0] == "404"]
    line = [kenya]
    while line[-1][2]:
        line.append(places[line[-1][2]])
    assert [code for code, _, _ in line] == ["404", "014", "202", "002", "001"]
    assert kenya[1] is PlaceKind.COUNTRY


def test_the_governance_framework_has_three_principles_and_three_objectives(engine: sa.Engine, start: Begin) -> None:
    load(start)
    kinds = [kind for (kind,) in stored.rows(engine, Result, "kind")]
    assert sorted(kinds) == [NodeKind.OBJECTIVE] * 3 + [NodeKind.PRINCIPLE] * 3
    [(code, public, released)] = stored.rows(engine, Framework, "code", "public", "released_on")
    assert (code, public) == (MIGOF, True)
    assert released is not None


def test_the_demo_asks_for_an_empty_database(engine: sa.Engine, start: Begin) -> None:
    load(start)
    with start() as work:
        assert not demonstration.is_loaded(work)
        Make(work).office(code="OTHER")
    with refused(engine, Conflict, "RBM_DATABASE_URL") as work:
        demonstration.is_loaded(work)


def test_the_demo_knows_itself(start: Begin) -> None:
    load(start)
    with start() as work:
        office = work.find(Office, people.HEADQUARTERS)
        Make(work).framework(code=next(row["value"] for row in demo("strategy") if row["key"] == "code"), office=office)
        Make(work).office(code="OTHER")
        assert demonstration.is_loaded(work)
