# SPDX-License-Identifier: Apache-2.0
"""Checks of Connect, the data path."""

from __future__ import annotations

from inet256._gen.inet256.v1.node_pb2 import REASON_MESSAGE_TOO_LARGE, DropRequest, SendRequest
from inet256.identity import PrivateKey

from .stream import open_node, open_pair, payloads_of
from .suite import MTU, Suite, expect, expect_reason, with_session


async def connect_opens(suite: Suite) -> None:
    async with open_node(suite) as node:
        public_key = PrivateKey.parse(node.key.private_key).public_key
        expect(node.opened.address == public_key.address.raw, "opened as another address")
        expect(node.opened.address_text == str(public_key.address), "opened with another text")
        expect(node.opened.public_key == public_key.serialize(), "opened with another public key")
        expect(node.opened.mtu == MTU, f"the MTU is {node.opened.mtu}")
        expect(len(node.opened.session) == 64, "the session token is not 64 characters long")


async def carries_sizes(suite: Suite) -> None:
    async with open_pair(suite) as (a, b):
        for size in (0, 1, MTU):
            payload = pattern(size)
            await a.send(b.opened.address, payload)
            arrived = await b.receive(1)
            expect(payloads_of(arrived) == [payload], f"the message of {size} bytes was altered")
            expect(
                arrived[0].address == a.opened.address,
                f"the message of {size} bytes names another sender",
            )


async def carries_batches(suite: Suite) -> None:
    async with open_pair(suite) as (a, b):
        sent = [number.to_bytes(4, "big") for number in range(1_000)]
        await a.send(b.opened.address, *sent)
        arrived = await b.receive(len(sent))
        # One more, to see that nothing came twice behind them.
        await a.send(b.opened.address, b"last")
        arrived += await b.receive(1)
        expect_each_once(payloads_of(arrived), [*sent, b"last"])


async def refuses_large_messages(suite: Suite) -> None:
    async with open_pair(suite) as (a, b):
        await a.send(b.opened.address, b"before", pattern(MTU + 1), b"after")
        expect(a.failed == {2: REASON_MESSAGE_TOO_LARGE}, f"failed: {a.failed}")
        expect_each_once(payloads_of(await b.receive(2)), [b"before", b"after"])


async def drop_ends_streams(suite: Suite) -> None:
    async with open_node(suite) as node:
        await suite.nodes.Drop(DropRequest(key=node.key))
        await expect_reason(node.wait_until_end(), "NODE_DROPPED")
        # Dropping what is not open succeeds, and opening it right afterwards too.
        await suite.nodes.Drop(DropRequest(key=node.key))
        async with open_node(suite, node.key):
            pass


async def end_closes_nodes(suite: Suite) -> None:
    async with open_node(suite) as node:
        node.end()
        await node.wait_until_end()
        session = with_session(node.opened.session)
        request = SendRequest(address=node.opened.address)
        await expect_reason(suite.nodes.Send(request, metadata=session), "SESSION_EXPIRED")


def expect_each_once(arrived: list[bytes], sent: list[bytes]) -> None:
    """Compares without regard to the order."""
    expect(len(arrived) == len(set(arrived)), "a message arrived twice")
    expect(sorted(arrived) == sorted(sent), f"{len(arrived)} messages arrived of {len(sent)}")


def pattern(size: int) -> bytes:
    """Bytes of that number which differ along the way."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]
