"""Metrics: what is counted, that labels are bounded, and who reads them."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from app.operations.metrics import MOST_CODES, Metrics
from graph_schema.facts import Facts
from rbm import clock
from rbm.model.jobs import JobRun
from rbm.model.rollup import DirtyMark
from rbm.terms.jobs import JobOutcome
from tests.app.conftest import post, serving
from tests.app.outage import outage
from tests.conftest import Begin
from tests.make import Make

TOKEN = "a-token-of-the-scraper"  # noqa: S105
Samples = dict[tuple[str, ...], float]


def read(client: httpx.Client) -> Samples:
    """Every sample, by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *(f"{value}" for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_kind_and_status_with_their_cost_and_statements(engine: sa.Engine) -> None:
    with serving(engine) as client:
        for name in ("One", "Two"):
            post(client, f"query {name} {{ offices {{ totalCount }} }}")
        post(client, 'mutation { revokeToken(tokenId: "0198c1de-7f3a-7cc0-8000-0123456789ab") { problems { code } } }')
        post(client, "{ nothing }")
        client.put("/graphql")
        found = read(client)
    assert found["rbm_requests_total", "query", "200"] == 2
    assert found["rbm_requests_total", "mutation", "200"] == 1
    assert found["rbm_requests_total", "none", "405"] == 1
    assert found["rbm_request_seconds_count", "query"] == 2
    assert found["rbm_request_cost_sum",] > 0
    assert found["rbm_request_sql_statements_sum",] >= 2
    assert found["rbm_request_sql_seconds_sum",] > 0
    assert found["rbm_refusals_total", "http_405"] == 1
    assert found["rbm_refusals_total", "document"] == 1
    assert found["rbm_requests_in_progress",] == 1
    assert not [key for key in found if "One" in key or "Two" in key]
    assert {key[0].split("_")[0] for key in found} == {"rbm"}


def test_refusals_are_counted_by_code(engine: sa.Engine) -> None:
    query = 'mutation { createPerson(email: "a@b.org", name: "A") { problems { code } } }'
    with serving(engine) as client:
        assert post(client, query).json()["data"]["createPerson"]["problems"] == [{"code": "forbidden"}]
        found = read(client)
    assert found["rbm_refusals_total", "forbidden"] == 1


def test_what_clients_send_makes_no_new_series(engine: sa.Engine) -> None:
    with serving(engine) as client:
        before = set(read(client))
        for number in range(30):
            post(
                client, f"query Q{number} {{ __typename }}", {"x-request-id": f"r{number}", "user-agent": f"u{number}"}
            )
            client.get(f"/path{number}", params={"q": str(number)})
        after = {key for key in read(client) if key[0].endswith("_total")}
    assert len(after - before) <= 4


def test_codes_past_the_most_there_may_be_are_others(engine: sa.Engine) -> None:
    metrics = Metrics(engine)
    for number in range(MOST_CODES + 10):
        metrics.count(Facts(refusals=[f"code_{number}"]), 200, 0.1)
    assert metrics.registry.get_sample_value("rbm_refusals_total", {"code": "other"}) == 10
    assert metrics.registry.get_sample_value("rbm_refusals_total", {"code": "code_3"}) == 1


def test_a_request_left_by_its_caller_is_counted(engine: sa.Engine) -> None:
    metrics = Metrics(engine)
    metrics.count(Facts(kind="query"), None, 0.1)
    assert metrics.registry.get_sample_value("rbm_requests_total", {"kind": "query", "status": "none"}) == 1


def test_the_database_tells_what_waits_when_it_is_asked(engine: sa.Engine, start: Begin) -> None:
    now = clock.read()
    with serving(engine) as client:
        found = read(client)
        assert found["rbm_rollup_lag_seconds",] == found["rbm_rollup_marks",] == 0
        assert found["rbm_audit_unsealed_entries",] == found["rbm_audit_unsealed_age_seconds",] == 0
        with start(now=now - timedelta(hours=2)) as work:
            make = Make(work)
            work.add(DirtyMark(indicator_id=make.indicator().id, cause="test", marked_at=work.now))
            dead = {"attempts": 5, "dead": True}
            work.add(DirtyMark(indicator_id=make.indicator().id, cause="test", marked_at=work.now, **dead))
            run = {"job": "rollup.refresh", "by_hand": False, "attempt": 1, "started_at": now, "lease_until": now}
            for slot, outcome in (("1", JobOutcome.DONE), ("2", JobOutcome.FAILED), ("3", JobOutcome.DONE)):
                work.add(JobRun(slot=slot, outcome=outcome, holder="h", **run))
        found = read(client)
    assert found["rbm_rollup_marks",] == found["rbm_rollup_dead_marks",] == 1
    assert found["rbm_rollup_lag_seconds",] >= 7200
    assert found["rbm_audit_unsealed_entries",] > 0
    assert found["rbm_audit_unsealed_age_seconds",] >= 7200
    assert found["rbm_job_runs", "rollup.refresh", "done"] == 2
    assert found["rbm_job_runs", "rollup.refresh", "failed"] == 1
    assert found["rbm_database_up",] == 1
    assert found["rbm_pool_connections", "idle"] >= 0


def test_without_the_database_the_rest_is_still_told(engine: sa.Engine) -> None:
    with serving(engine) as client, outage(engine):
        found = read(client)
    assert found["rbm_database_up",] == 0
    assert "rbm_rollup_marks" not in {key[0] for key in found}
    assert ("rbm_requests_in_progress",) in found


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip"])
def test_without_a_token_only_this_machine_reads_them_and_no_proxy_for_others(http: httpx.Client, header: str) -> None:
    assert http.get("/metrics").status_code == 200
    assert http.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_with_a_token_only_its_bearer_reads_them(engine: sa.Engine) -> None:
    with serving(engine, metrics_token=SecretStr(TOKEN)) as client:
        for given in (
            {},
            {"authorization": TOKEN},
            {"authorization": f"Basic {TOKEN}"},
            {"authorization": "Bearer no"},
        ):
            answer = client.get("/metrics", headers=given)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert "rbm_" not in answer.text
        assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_each_application_counts_for_itself(engine: sa.Engine) -> None:
    one, other = Metrics(engine), Metrics(engine)
    one.count(Facts(kind="query"), 200, 0.1)
    assert other.registry.get_sample_value("rbm_requests_total", {"kind": "query", "status": "200"}) is None
