# SPDX-License-Identifier: Apache-2.0
"""A daemon that does what a test tells it to, be it wrong or rude."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from types import TracebackType
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from inet256 import PrivateKey, Reason
from inet256._gen.inet256.v1.node_pb2 import ConnectRequest, ConnectResponse, OpenResponse

from .wire import Wire

SERVICE = "inet256.v1.NodeService"
Unary = Callable[[bytes, Any], Any]
"""Answers a unary call: an async function of the request's bytes and gRPC's context."""


class FakeStream:
    """One stream of Connect, from the daemon's side."""

    def __init__(self, daemon: FakeDaemon, context: Any, first: ConnectRequest) -> None:
        self.key = PrivateKey.parse(first.open.key.private_key)
        self.options = first.open.options
        self.metadata = dict(context.invocation_metadata())
        self.received: list[bytes] = []
        self.requests = 0
        self.over = False
        self._daemon = daemon
        self._orders: asyncio.Queue[ConnectResponse | bytes | Reason | None] = asyncio.Queue()

    def open(self, **instead: Any) -> None:
        """Answers as a good daemon does when a node is open; `instead` overrides parts of it."""
        opened: dict[str, Any] = {
            "session": f"{len(self._daemon.streams):064d}",
            "address": self.key.address.raw,
            "public_key": self.key.public_key.serialize(),
            "mtu": 65_535,
        }
        self.send(ConnectResponse(opened=OpenResponse(**(opened | instead))))

    def send(self, response: ConnectResponse | bytes) -> None:
        """Sends a message, of any bytes."""
        self._orders.put_nowait(response)

    def accept(self, through: int | None = None) -> None:
        """Accepts up to this number; everything if none is given."""
        number = len(self.received) if through is None else through
        self.send(ConnectResponse(accepted_through=number))

    def fail(self, reason: Reason) -> None:
        """Ends the stream with an error."""
        self._orders.put_nowait(reason)

    def end(self) -> None:
        """Ends the stream as if all were well."""
        self._orders.put_nowait(None)

    def cut(self) -> None:
        """Cuts the whole connection, which may carry other streams too."""
        self._daemon.wire.cut()

    async def obey(self, context: Any) -> None:
        """Does what the test ordered, in order, until the stream is to end."""
        while (order := await self._orders.get()) is not None:
            if isinstance(order, str):
                await abort(context, order)
            else:
                raw = order if isinstance(order, bytes) else order.SerializeToString()
                await context.write(raw)


async def abort(context: Any, reason: Reason) -> None:
    """Ends a call as the daemon does, with a google.rpc.ErrorInfo."""
    info = AnyMessage()
    info.Pack(ErrorInfo(reason=reason, domain="inet256"))
    status = Status(code=grpc.StatusCode.ABORTED.value[0], message="made up", details=[info])
    details = (("grpc-status-details-bin", status.SerializeToString()),)
    code = grpc.StatusCode.UNAVAILABLE if reason == "UNAVAILABLE" else grpc.StatusCode.ABORTED
    await context.abort(code, "made up", trailing_metadata=details)


class FakeDaemon:
    """A daemon under the test's control, behind a wire."""

    def __init__(
        self,
        on_open: Callable[[FakeStream], None] = FakeStream.open,
        on_datagrams: Callable[[FakeStream], None] = FakeStream.accept,
        unary: dict[str, Unary] | None = None,
    ) -> None:
        """`on_datagrams` is called when datagrams have come, and are in `received`."""
        self._on_open = on_open
        self._on_datagrams = on_datagrams
        self._folder = tempfile.mkdtemp(prefix="inet256-fake-")
        self._server: grpc.aio.Server | None = None
        self._unary = unary or {}
        self.streams: list[FakeStream] = []
        self.wire = Wire(f"{self._folder}/socket")

    @property
    def endpoint(self) -> str:
        return self.wire.endpoint

    @property
    def received(self) -> list[bytes]:
        """Every payload, over all streams."""
        return [payload for stream in self.streams for payload in stream.received]

    def listen(self, server: grpc.aio.Server) -> None:
        """Gives the daemon's services to a server."""
        handlers: dict[str, Any] = {
            "Connect": grpc.stream_stream_rpc_method_handler(self._connect),
            **{
                name: grpc.unary_unary_rpc_method_handler(answer)
                for name, answer in self._unary.items()
            },
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def __aenter__(self) -> FakeDaemon:
        self._server = grpc.aio.server()
        self.listen(self._server)
        self._server.add_insecure_port(f"unix:{self._folder}/socket")
        await self._server.start()
        await self.wire.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Ends it, and every connection to it."""
        await self.wire.stop()
        if self._server is not None:
            await self._server.stop(None)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _connect(self, requests: Any, context: Any) -> None:
        first = ConnectRequest.FromString(await context.read())
        stream = FakeStream(self, context, first)
        self.streams.append(stream)
        self._on_open(stream)
        reading = asyncio.create_task(self._read(stream, context))
        try:
            await stream.obey(context)
        finally:
            stream.over = True
            reading.cancel()

    async def _read(self, stream: FakeStream, context: Any) -> None:
        while (raw := await context.read()) is not grpc.aio.EOF:
            request = ConnectRequest.FromString(raw)
            stream.requests += 1
            if request.datagrams:
                stream.received += [datagram.payload for datagram in request.datagrams]
                self._on_datagrams(stream)
        stream.end()
