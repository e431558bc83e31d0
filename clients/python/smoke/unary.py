# SPDX-License-Identifier: Apache-2.0
"""Checks of the calls that answer once."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from inet256._gen.inet256.v1.node_pb2 import (
    CloseRequest,
    FindAddressRequest,
    GenerateKeyRequest,
    LookupPublicKeyRequest,
    NodeKey,
    OpenRequest,
    OpenResponse,
    ReceiveRequest,
    SendRequest,
)
from inet256.identity import PrivateKey, PublicKey

from .connect import pattern
from .stream import open_node, open_pair
from .suite import MTU, Suite, expect, expect_reason, with_session


async def is_healthy(suite: Suite) -> None:
    for service in ("", "inet256.v1.NodeService"):
        answer = await suite.health.Check(HealthCheckRequest(service=service))
        expect(answer.status == HealthCheckResponse.SERVING, f"service {service!r} does not serve")


async def generates_keys(suite: Suite) -> None:
    generated = await suite.nodes.GenerateKey(GenerateKeyRequest())
    public_key = PrivateKey.parse(generated.private_key).public_key
    expect(generated.public_key == public_key.serialize(), "another public key")
    expect(generated.address == public_key.address.raw, "another address")
    expect(generated.address_text == str(public_key.address), "another text")


async def refuses_bad_keys(suite: Suite) -> None:
    bad = NodeKey(private_key=b"no key")
    await expect_reason(suite.nodes.Open(OpenRequest(key=bad)), "BAD_KEY")
    await expect_reason(open_node(suite, bad).__aenter__(), "BAD_KEY")


async def finds_addresses(suite: Suite) -> None:
    async with open_pair(suite) as (a, b):
        session = with_session(a.opened.session)
        # Longer than nbits: the rest is ignored.
        request = FindAddressRequest(prefix=b.opened.address[:16], nbits=100)
        found = await suite.nodes.FindAddress(request, metadata=session)
        expect(found.address == b.opened.address, "found another address")
        expect(found.address_text == b.opened.address_text, "found another text")
        short = FindAddressRequest(prefix=b.opened.address[:2], nbits=17)
        await expect_reason(suite.nodes.FindAddress(short, metadata=session), "BAD_REQUEST")


async def looks_up_keys(suite: Suite) -> None:
    async with open_pair(suite) as (a, b):
        for request in (
            LookupPublicKeyRequest(address=b.opened.address),
            LookupPublicKeyRequest(address_text=b.opened.address_text),
        ):
            session = with_session(a.opened.session)
            answer = await suite.nodes.LookupPublicKey(request, metadata=session)
            key = PublicKey.parse(answer.public_key)
            expect(key.address.raw == b.opened.address, "the key of another address")


async def works_unary(suite: Suite) -> None:
    a, b = await open_unary(suite), await open_unary(suite)
    as_a, as_b = with_session(a.session), with_session(b.session)
    await suite.nodes.Send(
        SendRequest(address_text=b.address_text, payload=b"hello"), metadata=as_a
    )
    answer = await suite.nodes.Receive(ReceiveRequest(wait=Duration(seconds=5)), metadata=as_b)
    arrived = [(datagram.address_text, datagram.payload) for datagram in answer.datagrams]
    expect(arrived == [(a.address_text, b"hello")], "another message, or another sender")
    large = SendRequest(address=b.address, payload=pattern(MTU + 1))
    await expect_reason(suite.nodes.Send(large, metadata=as_a), "MESSAGE_TOO_LARGE")
    for session in (as_a, as_b):
        await suite.nodes.Close(CloseRequest(), metadata=session)
    closed = suite.nodes.Send(SendRequest(address=a.address), metadata=as_a)
    await expect_reason(closed, "SESSION_EXPIRED")


async def open_unary(suite: Suite) -> OpenResponse:
    opened = await suite.nodes.Open(OpenRequest(key=await suite.generate()))
    expect(opened.lease.ToNanoseconds() > 0, "the session has no lease")
    return opened
