# SPDX-License-Identifier: Apache-2.0
"""What the checks share. Each of them opens nodes of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias, cast

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1.health_pb2_grpc import HealthStub

from inet256._gen.inet256.v1.node_pb2 import GenerateKeyRequest, NodeKey
from inet256._gen.inet256.v1.node_pb2_grpc import NodeServiceStub

if TYPE_CHECKING:
    from inet256._gen.inet256.v1.node_pb2_grpc import NodeServiceAsyncStub

MTU = 65_535
"""The longest message in bytes, the same for every destination."""


class CheckFailed(Exception):
    """A promise that was not kept, in words."""


class Suite:
    """The daemon's services."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        # One class at run time, whose types depend on the channel's.
        self.nodes = cast("NodeServiceAsyncStub", NodeServiceStub(channel))
        self.health = HealthStub(channel)

    async def generate(self) -> NodeKey:
        """Makes a key, in its serialized form."""
        generated = await self.nodes.GenerateKey(GenerateKeyRequest())
        return NodeKey(private_key=generated.private_key)


Check: TypeAlias = Callable[[Suite], Awaitable[None]]
"""Raises what the promise did not keep."""


def with_session(session: str) -> tuple[tuple[str, str]]:
    """The metadata that carries a session token."""
    return (("inet256-session", session),)


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise CheckFailed(otherwise)


async def expect_reason(call: Awaitable[object], wanted: str) -> None:
    """Insists that a call fails with this reason.

    A google.rpc.ErrorInfo of domain "inet256" carries it.
    """
    try:
        await call
    except grpc.aio.AioRpcError as error:
        reason = _reason_of(error)
        if reason != wanted:
            raise CheckFailed(f"reason {reason}, expected {wanted}: {error.details()}") from error
    else:
        raise CheckFailed(f"succeeded, expected {wanted}")


def _reason_of(error: grpc.aio.AioRpcError) -> str | None:
    for key, value in error.trailing_metadata():
        if key != "grpc-status-details-bin":
            continue
        info = ErrorInfo()
        for detail in Status.FromString(cast(bytes, value)).details:
            if detail.Unpack(info) and info.domain == "inet256":
                return str(info.reason)
    return None
