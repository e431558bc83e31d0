# SPDX-License-Identifier: Apache-2.0
"""The unary calls of a node beside its stream: finding addresses and keys, and dropping."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ._connection import Connection
from ._gen.inet256.v1.node_pb2 import (
    DropRequest,
    DropResponse,
    FindAddressRequest,
    FindAddressResponse,
    LookupPublicKeyRequest,
    LookupPublicKeyResponse,
    NodeKey,
)
from ._limits import LOOKUP_SECONDS
from .errors import Inet256Error, make_error
from .identity import ADDRESS_BYTES, Address, IdentityError, PublicKey

_Found = TypeVar("_Found")
SessionSource = Callable[[], Awaitable[str]]
"""Gives the session of a node's stream; waits while there is none."""


async def find_address(
    connection: Connection, session: SessionSource, prefix: bytes, nbits: int
) -> Address:
    """As Node.find_address, for arguments that have been checked."""
    # What is longer is ignored there, and not taken beyond an address's length.
    request = FindAddressRequest(prefix=prefix[:ADDRESS_BYTES], nbits=nbits)

    async def ask() -> Address:
        answer = await connection.call(
            "FindAddress", request, FindAddressResponse, session=await session()
        )
        return _read(lambda: Address(answer.address))

    address = await _within_limit(ask)
    if not address.has_prefix(prefix, nbits):
        raise make_error("INTERNAL", "the daemon answered an address without that prefix")
    return address


async def lookup_public_key(
    connection: Connection, session: SessionSource, address: Address
) -> PublicKey:
    """As Node.lookup_public_key, for arguments that have been checked."""
    request = LookupPublicKeyRequest(address=address.raw)

    async def ask() -> PublicKey:
        answer = await connection.call(
            "LookupPublicKey", request, LookupPublicKeyResponse, session=await session()
        )
        return _read(lambda: PublicKey.parse(answer.public_key))

    key = await _within_limit(ask)
    if key.address != address:
        raise make_error("INTERNAL", "the daemon answered a key of another address")
    return key


async def drop_node(connection: Connection, private_key: bytes | bytearray) -> None:
    """Drops the node of a serialized private key."""
    request = DropRequest(key=NodeKey(private_key=bytes(private_key)))
    await connection.call("Drop", request, DropResponse)


async def _within_limit(ask: Callable[[], Awaitable[_Found]]) -> _Found:
    try:
        return await asyncio.wait_for(ask(), LOOKUP_SECONDS)
    except asyncio.TimeoutError:
        raise make_error("UNREACHABLE", f"no answer within {LOOKUP_SECONDS:.0f} s") from None


def _read(read: Callable[[], _Found]) -> _Found:
    try:
        return read()
    except IdentityError as cause:
        raise _unreadable() from cause


def _unreadable() -> Inet256Error:
    return make_error("INTERNAL", "the daemon's answer cannot be read")
