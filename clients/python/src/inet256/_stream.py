# SPDX-License-Identifier: Apache-2.0
"""One stream of Connect: sends the opening, carries what an outbox has to write and what arrives,
and says how it ended. It knows nothing of reopening.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from ._connection import ByteStream, Connection
from ._frames import Message, MessageReader, encode_opening
from ._gen.inet256.v1.node_pb2 import ConnectResponse
from ._inbox import Inbox
from ._outbox import Outbox
from ._rpc_errors import reason_of_number
from .errors import Inet256Error, make_error
from .identity import IdentityError


class NodeStream:
    """An open stream, and the session that the unary calls of its node show."""

    def __init__(self, call: ByteStream, connection: Connection, session: str) -> None:
        self._call = call
        self._connection = connection
        self.session = session

    @staticmethod
    async def open(
        connection: Connection, private_key: bytearray, address: bytes, inbox_bytes: int
    ) -> NodeStream:
        """Opens the node of a serialized private key at the daemon. Raises what Node.open says."""
        call = connection.connect()
        try:
            await call.write(encode_opening(bytes(private_key), inbox_bytes))
            response = _decode(await call.read())
            if response is None:
                raise make_error("UNAVAILABLE", "the daemon ended the stream")
            if not response.HasField("opened"):
                raise make_error("INTERNAL", "the daemon's first message opens nothing")
            if response.opened.address != address:
                raise make_error("INTERNAL", "the daemon opened another address than the key's")
        except grpc.aio.AioRpcError as failure:
            raise connection.explain(failure) from failure
        except asyncio.InvalidStateError:
            # It ended before the opening could be written.
            raise await _end_of(call, connection) from None
        except BaseException:
            call.cancel()
            raise
        return NodeStream(call, connection, response.opened.session)

    async def carry(
        self, outbox: Outbox, inbox: Inbox, reader: MessageReader, on_lost: Callable[[int], None]
    ) -> Inet256Error | None:
        """Carries messages both ways until the stream ends, and says what ended it; None when the
        outbox had finished and the daemon agrees."""
        writing = asyncio.create_task(self._write(outbox))
        try:
            while True:
                message = await self._call.read()
                response = _decode(message)
                if response is None:
                    return None if outbox.finished else _broken("the daemon ended the stream")
                if response.datagrams:
                    inbox.push(_read(response, reader), len(message))
                _deliver(response, outbox, on_lost)
        except grpc.aio.AioRpcError as failure:
            return self._connection.explain(failure)
        except Inet256Error as error:
            return error
        finally:
            writing.cancel()
            self._call.cancel()

    def cancel(self) -> None:
        """Breaks it off."""
        self._call.cancel()

    async def _write(self, outbox: Outbox) -> None:
        try:
            while not outbox.finished:
                message = outbox.next_write()
                if message is None:
                    await outbox.work()
                else:
                    await self._call.write(message)
            while (asking := outbox.next_write()) is not None:
                await self._call.write(asking)
            await self._call.done_writing()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            # The reader hears how it ended.
            return


def _broken(message: str) -> Inet256Error:
    return make_error("UNAVAILABLE", message)


async def _end_of(call: ByteStream, connection: Connection) -> Inet256Error:
    try:
        await call.read()
    except grpc.aio.AioRpcError as failure:
        return connection.explain(failure)
    return _broken("the daemon ended the stream")


def _decode(message: Any) -> ConnectResponse | None:
    if message is grpc.aio.EOF:
        return None
    try:
        return ConnectResponse.FromString(message)
    except DecodeError as cause:
        raise _unreadable() from cause


def _unreadable() -> Inet256Error:
    return make_error("INTERNAL", "the daemon sent a message that cannot be read")


def _read(response: ConnectResponse, reader: MessageReader) -> list[Message]:
    try:
        return reader.read(response)
    except IdentityError as cause:
        raise _unreadable() from cause


def _deliver(response: ConnectResponse, outbox: Outbox, on_lost: Callable[[int], None]) -> None:
    for failure in response.failed:
        outbox.failed(failure.number, reason_of_number(failure.reason))
    if response.accepted_through > 0:
        outbox.accepted(response.accepted_through)
    if response.lost > 0:
        on_lost(response.lost)
