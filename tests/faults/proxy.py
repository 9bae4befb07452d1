"""A bad line: a proxy on loopback that loses requests and answers by chance, between a client and its servers."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from tests.faults.serving import LOOPBACK

HEAD_END = b"\r\n\r\n"
PATIENCE = 60.0


class Fate(StrEnum):
    """What becomes of one request and its answer; whatever is lost, the client's connection ends."""

    WHOLE = "whole"
    REQUEST_LOST = "request_lost"
    REQUEST_CUT = "request_cut"
    ANSWER_LOST = "answer_lost"
    ANSWER_CUT = "answer_cut"
    ANSWER_UNAWAITED = "answer_unawaited"


LOSSES = tuple(fate for fate in Fate if fate is not Fate.WHOLE)
Draw = Callable[[], Fate]


@dataclass
class Proxy:
    """The bad line: its port, and how often each fate befell a request."""

    ports: Sequence[int]
    draw: Draw
    port: int = 0
    befell: "Counter[Fate]" = field(default_factory=Counter)
    passed: int = 0
    pending: set["asyncio.Task[bytes]"] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of a client, to the servers in turn, and what of its answer gets through."""
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await read_message(reader)
            fate = self.draw()
            self.befell[fate] += 1
            answer = await self._meet(fate, request)
            writer.write(answer)
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _meet(self, fate: Fate, request: bytes) -> bytes:
        """What the client gets to read."""
        if fate is Fate.REQUEST_LOST:
            return b""
        port = self.ports[self.passed % len(self.ports)]
        self.passed += 1
        if fate is Fate.REQUEST_CUT:
            await _exchange(port, _half(request), whole=False)
            return b""
        exchange = asyncio.create_task(_exchange(port, request))
        if fate is Fate.ANSWER_UNAWAITED:
            self.pending.add(exchange)
            exchange.add_done_callback(self.pending.discard)
            return b""
        answer = await exchange
        return {Fate.WHOLE: answer, Fate.ANSWER_CUT: _half(answer)}.get(fate, b"")


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with a length, whole; IncompleteReadError when it ends early."""
    head = await reader.readuntil(HEAD_END)
    return head + await reader.readexactly(length_of(head))


def length_of(head: bytes) -> int:
    """How long the body after a head is."""
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


def _half(message: bytes) -> bytes:
    """A message up to the middle of its body."""
    head = message.index(HEAD_END) + len(HEAD_END)
    return message[: (head + len(message)) // 2]


async def _exchange(port: int, request: bytes, *, whole: bool = True) -> bytes:
    """Send to a server and read its answer; a part of a request is followed by the end of the connection."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(request)
        await writer.drain()
        return await read_message(reader) if whole else b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def by_chance(seed: int, share: float) -> Draw:
    """Fates from a seed: a share of the requests or answers is lost, in each way equally often."""
    chance = random.Random(seed)  # noqa: S311
    return lambda: chance.choice(LOSSES) if chance.random() < share else Fate.WHOLE


@contextmanager
def bad_line(ports: Sequence[int], draw: Draw) -> Iterator[Proxy]:
    """A proxy that runs inside the block, in a thread of its own; answers nobody waits for are let come first."""
    proxy, loop = Proxy(ports, draw), asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(proxy.carry, LOOPBACK, 0))
    proxy.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_close(proxy, listening), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


async def _close(proxy: Proxy, listening: asyncio.Server) -> None:
    listening.close()
    await listening.wait_closed()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
