"""A bad line: what it loses, and that a change sent under one key until it is answered happens once."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.proxy import LOSSES, Fate, bad_line, by_chance
from tests.faults.retrying import retry_over_bad_line
from tests.faults.serving import LOOPBACK

MUTATIONS, SEED = 60, 2026
BODY = b"a body that is long enough to be cut"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, and keeps it."""

    heard: list[bytes]
    rbufsize = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        while body and len(body) < len(BODY):
            part = self.rfile.read(len(BODY) - len(body))
            if not part:
                return
            body += part
        self.heard.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def echo() -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers with what it was sent: its port, and all that it heard whole."""
    heard: list[bytes] = []
    handler = type("Heard", (Echo,), {"heard": heard})
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, heard
        server.shutdown()
        thread.join()


def ask(port: int) -> bytes:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request("POST", "/", BODY, {"Connection": "close"})
        return connection.getresponse().read()
    finally:
        connection.close()


def test_a_whole_exchange_gets_through() -> None:
    with echo() as (port, heard), bad_line([port], lambda: Fate.WHOLE) as line:
        assert [ask(line.port), ask(line.port)] == [BODY, BODY]
    assert heard == [BODY, BODY]
    assert line.befell == {Fate.WHOLE: 2}


@pytest.mark.parametrize("fate", LOSSES)
def test_a_loss_is_an_error_to_the_client(fate: Fate) -> None:
    with (
        echo() as (port, heard),
        bad_line([port], lambda: fate) as line,
        pytest.raises((OSError, http.client.HTTPException)),
    ):
        ask(line.port)
    reached = fate in {Fate.ANSWER_LOST, Fate.ANSWER_CUT, Fate.ANSWER_UNAWAITED}
    assert heard == [BODY] * reached
    assert line.befell == {fate: 1}


def test_servers_take_turns() -> None:
    with echo() as (one, first), echo() as (other, second), bad_line([one, other], lambda: Fate.WHOLE) as line:
        for _ in range(4):
            ask(line.port)
    assert (len(first), len(second)) == (2, 2)


def test_fates_come_from_the_seed_in_the_share_that_is_asked() -> None:
    draw, again = by_chance(1, 0.4), by_chance(1, 0.4)
    fates = [draw() for _ in range(1000)]
    assert fates == [again() for _ in range(1000)]
    assert 350 < sum(fate is not Fate.WHOLE for fate in fates) < 450
    assert set(fates) == set(Fate)


def test_c_03_a_change_sent_until_it_is_answered_happens_once(engine: sa.Engine, tmp_path: Path) -> None:
    retried = retry_over_bad_line(engine, MUTATIONS, SEED, tmp_path)
    assert retried.faults() == []
    figures = retried.figures()
    assert figures["mutations"] == MUTATIONS
    assert figures["tries"] >= MUTATIONS + sum(figures[fate] for fate in LOSSES)
    assert figures["answered_from_store"] > 0
