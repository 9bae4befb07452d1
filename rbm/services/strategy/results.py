"""Results of a framework: planned, revised by editions, owned."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid, NotFound
from rbm.model.people import Office, Person
from rbm.model.strategy import Framework, Result, ResultEdition
from rbm.rules.inputs import refuse_blank
from rbm.services.strategy.frameworks import refuse_closed
from rbm.terms.strategy import NodeKind, ResultLevel
from rbm.work import Work


@dataclass(frozen=True)
class ResultPlan:
    """A node to be made in a framework: a result has a level of the chain, a principle or an objective has none."""

    framework_id: UUID
    code: str
    title: str
    level: ResultLevel | None = None
    kind: NodeKind = NodeKind.RESULT
    description: str | None = None
    owner_office_id: UUID | None = None
    owner_person_id: UUID | None = None


def plan_result(work: Work, plan: ResultPlan) -> Result:
    """Put a result, principle or objective into a framework. Conflict when the code is taken."""
    framework = work.get(Framework, plan.framework_id, "framework_id")
    work.require(Permission.PLAN, framework)
    refuse_closed(framework)
    _refuse_level(plan)
    office, person = _owner(work, plan.owner_office_id, plan.owner_person_id, "owner_")
    result = Result(
        code=refuse_blank(plan.code, "code"),
        title=refuse_blank(plan.title, "title"),
        description=plan.description,
        kind=plan.kind,
        level=plan.level,
        framework=framework,
        owner_office=office,
        owner_person=person,
        derived=False,
    )
    work.add(result)
    _keep_edition(work, result, framework)
    return result


def revise_result(work: Work, result_id: UUID, title: str | None = None, description: str | None = None) -> Result:
    """Change how a result reads, as a new edition of its framework; how it read before is kept."""
    result = work.get(Result, result_id, "result_id")
    work.require(Permission.PLAN, result)
    framework = work.get(Framework, result.framework_id)
    refuse_closed(framework)
    wanted = (
        result.title if title is None else refuse_blank(title, "title"),
        result.description if description is None else description,
    )
    if wanted == (result.title, result.description):
        return result
    if _edition(work, result, framework.edition) is None:
        _keep_edition(work, result, framework)
    result.title, result.description = wanted
    framework.edition += 1
    _keep_edition(work, result, framework)
    return result


def assign_owner(work: Work, result_id: UUID, office_id: UUID | None, person_id: UUID | None = None) -> Result:
    """Make an office, and a person in it, accountable for a result; leaving both out takes the owner away."""
    result = work.get(Result, result_id, "result_id")
    work.require(Permission.PLAN, result)
    result.owner_office, result.owner_person = _owner(work, office_id, person_id, "")
    work.flush()
    return result


def result_as_of(work: Work, result_id: UUID, edition: int) -> ResultEdition:
    """How a result read in an edition of its framework. NotFound when either was not there yet."""
    result = work.get(Result, result_id, "result_id")
    framework = work.get(Framework, result.framework_id)
    found = _edition(work, result, edition) if edition <= framework.edition else None
    if found is None:
        raise NotFound(f"no edition {edition} of {result.code}", "edition")
    return found


def find_results(framework_id: UUID | None = None, level: ResultLevel | None = None) -> sa.Select[Result]:
    """Results, of one framework and of one level where these are named."""
    query = sa.select(Result)
    if framework_id:
        query = query.where(Result.framework_id == framework_id)
    return query.where(Result.level == level) if level else query


def _refuse_level(plan: ResultPlan) -> None:
    if plan.kind is NodeKind.RESULT and plan.level is None:
        raise Invalid("a result has a level of the chain", "level")
    if plan.kind is not NodeKind.RESULT and plan.level is not None:
        raise Invalid(f"a node of kind {plan.kind} has no level", "level")
    if plan.level is ResultLevel.OTHER:
        raise Invalid("other is the level of imported results only", "level")


def _owner(
    work: Work, office_id: UUID | None, person_id: UUID | None, prefix: str
) -> tuple[Office | None, Person | None]:
    """The owner as stated; `prefix` is what the caller's two fields begin with."""
    office = work.get(Office, office_id, f"{prefix}office_id") if office_id else None
    person = work.get(Person, person_id, f"{prefix}person_id") if person_id else None
    if person and not office:
        raise Invalid("an accountable person stands for an accountable office", f"{prefix}office_id")
    if person and not person.active:
        raise Invalid(f"{person.name} is not active", f"{prefix}person_id")
    return office, person


def _edition(work: Work, result: Result, edition: int) -> ResultEdition | None:
    query = sa.select(ResultEdition).where(ResultEdition.result_id == result.id, ResultEdition.edition <= edition)
    return work.session.scalars(query.order_by(ResultEdition.edition.desc())).first()


def _keep_edition(work: Work, result: Result, framework: Framework) -> None:
    work.add(
        ResultEdition(
            result=result,
            edition=framework.edition,
            title=result.title,
            description=result.description,
            made_at=work.now,
        )
    )
