# SPDX-License-Identifier: Apache-2.0
"""The sending half: what shares a stream message, what waits, and what is never written twice."""

from __future__ import annotations

import asyncio
import random

import pytest

from inet256 import Inet256Error, Reason, generate_key
from inet256._frames import ASKING, FRAMES, encode_opening
from inet256._gen.inet256.v1.node_pb2 import ConnectRequest, Datagram
from inet256._outbox import Outbox
from inet256.errors import make_error

from .contract.harness import fails, raises
from .fake_world import FakeWorld, in_fake_world
from .support.until import until

TO = generate_key().address
KIBIBYTE = 1024


def payloads(message: bytes | None) -> list[bytes]:
    """What a stream message carries, by the protobuf runtime's own decoder."""
    assert message is not None
    return [datagram.payload for datagram in ConnectRequest.FromString(message).datagrams]


def written(outbox: Outbox) -> list[bytes]:
    """Every stream message that may be written now."""
    messages = []
    while (message := outbox.next_write()) is not None:
        messages.append(message)
    return messages


def test_frames_are_what_protobuf_writes() -> None:
    around = [0, 1, 2, 93, 94, 127, 128, 2048, 2049, 16_343, 16_344, 16_383, 16_384, 65_535]
    for length in (n + d for n in around for d in (-1, 0, 1) if 0 <= n + d <= 65_535):
        payload = random.Random(length).randbytes(length)
        head, tail, size = FRAMES[length]
        framed = head + TO.raw + tail + payload
        oracle = ConnectRequest(datagrams=[Datagram(address=TO.raw, payload=payload)])
        assert framed == oracle.SerializeToString()
        assert size == len(framed)


def test_an_opening_asks_for_lazy_acceptance() -> None:
    request = ConnectRequest.FromString(encode_opening(b"key", 5))
    assert request.open.key.private_key == b"key"
    assert (request.open.options.inbox_bytes, request.open.options.accept_lazily) == (5, True)


def test_fills_stream_messages_and_the_window_and_no_more() -> None:
    outbox = Outbox(lambda reason: None)
    outbox.connected()
    batch = [(TO, i.to_bytes(2, "big") * 5_000) for i in range(200)]
    taken = outbox.send_batch(batch)
    # 1 MiB of messages that are not written yet.
    assert taken == KIBIBYTE * KIBIBYTE // FRAMES[10_000][2]
    messages = written(outbox)
    assert all(len(message) <= 256 * KIBIBYTE for message in messages)
    assert sum(map(len, messages)) <= KIBIBYTE * KIBIBYTE
    more = outbox.send_batch(batch[taken:])
    assert written(outbox) == []
    outbox.accepted(len(payloads(messages[0])))
    messages += written(outbox)
    outbox.accepted(taken)
    messages += written(outbox)
    assert [p for m in messages for p in payloads(m)] == [p for _, p in batch[: taken + more]]


def test_what_was_written_is_never_written_again() -> None:
    outbox = Outbox(lambda reason: None)
    outbox.connected()
    outbox.send_batch([(TO, b"first")])
    assert payloads(outbox.next_write()) == [b"first"]
    outbox.send_batch([(TO, b"second")])
    outbox.disconnected()
    outbox.connected()
    assert payloads(outbox.next_write()) == [b"second"]
    assert outbox.next_write() is None


def test_tells_each_what_became_of_it() -> None:
    refused: list[Reason] = []

    async def main() -> None:
        outbox = Outbox(refused.append)
        outbox.connected()
        sends = [asyncio.create_task(outbox.send(TO, str(i).encode())) for i in range(6)]
        await asyncio.sleep(0)
        outbox.send_batch([(TO, b"tried")])
        assert len(payloads(outbox.next_write())) == 7
        # Somebody waits, so it asks, once.
        assert (outbox.next_write(), outbox.next_write()) == (ASKING, None)
        outbox.failed(2, "NO_SUCH_ADDRESS")
        outbox.failed(7, "UNREACHABLE")
        outbox.accepted(4)
        outbox.disconnected()
        ends = await asyncio.gather(*sends, return_exceptions=True)
        reasons = [end.reason if isinstance(end, Inet256Error) else None for end in ends]
        unknown = "OUTCOME_UNKNOWN"
        assert reasons == [None, "NO_SUCH_ADDRESS", None, None, unknown, unknown]
        assert refused == ["UNREACHABLE"]

    asyncio.run(main())


def test_what_is_given_up_before_it_is_written_is_not_written() -> None:
    async def main() -> None:
        outbox = Outbox(lambda reason: None)
        outbox.connected()
        sends = [asyncio.create_task(outbox.send(TO, bytes([i]))) for i in range(10)]
        await asyncio.sleep(0)
        for i in (0, 3, 4, 9):
            sends[i].cancel()
        await asyncio.sleep(0)
        assert payloads(outbox.next_write()) == [bytes([i]) for i in (1, 2, 5, 6, 7, 8)]
        # The numbers are those of what was written.
        outbox.failed(3, "UNREACHABLE")
        outbox.accepted(6)
        ends = await asyncio.gather(*sends, return_exceptions=True)
        assert [i for i, end in enumerate(ends) if end is None] == [1, 2, 6, 7, 8]
        assert isinstance(ends[5], Inet256Error)
        # All of a batch.
        last = asyncio.create_task(outbox.send(TO, b"last"))
        await asyncio.sleep(0)
        last.cancel()
        await asyncio.wait({last})
        assert written(outbox) == [ASKING]
        assert outbox.send_batch([(TO, b"room")]) == 1

    asyncio.run(main())


def test_too_much_that_waits_is_refused() -> None:
    async def main() -> None:
        outbox = Outbox(lambda reason: None)
        sends = [asyncio.create_task(outbox.send(TO, bytes(65_535))) for _ in range(255)]
        await asyncio.sleep(0)
        await fails(outbox.send(TO, bytes(65_535)), "LIMIT_BYTES")
        assert outbox.send_batch([(TO, b"")]) == 0
        waiting = asyncio.create_task(outbox.room())
        outbox.end(make_error("NODE_CLOSED", "made up"))
        await fails(waiting, "NODE_CLOSED")
        for send in sends:
            with raises("NODE_CLOSED"):
                await send

    asyncio.run(main())


@pytest.mark.parametrize("count", [1, 1_000])
def test_tasks_that_send_at_once_share_stream_messages(count: int) -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await asyncio.gather(*(node.send(node.address, b"shared") for _ in range(count)))
        assert world.daemon.received == [b"shared"] * count
        # One with all of them, one that asks for their acceptance, which may come after it.
        await until("acceptance is asked for", lambda: world.stream.requests >= 2)
        assert world.stream.requests == 2

    in_fake_world(test)
