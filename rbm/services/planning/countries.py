"""How the evaluation policy is carried out, country by country."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from rbm.model.people import Office
from rbm.rules.planning import PlanRate, rate
from rbm.services.planning.requiring import Requirement, requirements
from rbm.terms.people import OfficeKind
from rbm.work import Work


@dataclass(frozen=True)
class PolicyImplementation:
    """Of what the active policy wants evaluated in a country: how much is planned, done, published, followed up.

    All shares are of what is required, and null where nothing is.
    """

    office_code: str
    office_name: str
    required: int
    planned: PlanRate
    done: PlanRate
    published: PlanRate
    followed_up: PlanRate


def policy_implementation(work: Work) -> list[PolicyImplementation]:
    """How the active policy is carried out in each country office, by its code. Source: R106.

    Published: the report is; followed up: a management response to it was published. Of projects that the caller sees.
    """
    found: dict[object, list[Requirement]] = defaultdict(list)
    for one in requirements(work):
        found[one.office_id].append(one)
    query = sa.select(Office).where(Office.kind == OfficeKind.COUNTRY).order_by(Office.code)
    return [_country(office, found[office.id]) for office in work.session.scalars(query)]


def _country(office: Office, wanted: Collection[Requirement]) -> PolicyImplementation:
    """What several rules want is required once."""
    required = len({one.key for one in wanted})
    shares = {
        name: rate(len({one.key for one in wanted if getattr(one, name)}), required)
        for name in ("planned", "done", "published", "followed_up")
    }
    return PolicyImplementation(office.code, office.name, required, **shares)
