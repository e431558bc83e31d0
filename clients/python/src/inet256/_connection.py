# SPDX-License-Identifier: Apache-2.0
"""The one connection that all nodes of a client share: its channel, the calls on it, how to wait
until the daemon is back, and how many nodes may be reopened at once.

What it guards: private keys go nowhere in the clear unless somebody said so, and no call is ever
repeated by gRPC itself.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, TypeVar

import grpc
from google.protobuf.message import Message as ProtocolMessage

from ._endpoint import Endpoint
from ._limits import RECONNECT_FIRST_SECONDS, RECONNECT_MOST_SECONDS, REOPEN_AT_ONCE
from ._rpc_errors import error_of_call
from ._settings import Credentials, tls_credentials, token_for
from .errors import Inet256Error, make_error

_SERVICE = "/inet256.v1.NodeService/"
_MIBIBYTE = 1024 * 1024
_OPTIONS: tuple[tuple[str, int | str], ...] = (
    ("grpc.enable_retries", 0),
    ("grpc.initial_reconnect_backoff_ms", round(1000 * RECONNECT_FIRST_SECONDS)),
    ("grpc.max_reconnect_backoff_ms", round(1000 * RECONNECT_MOST_SECONDS)),
    # Connections are not shared between clients, which the daemon counts by them.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.client_idle_timeout_ms", 0x7FFFFFFF),
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", 4 * _MIBIBYTE),
)

_Answer = TypeVar("_Answer", bound=ProtocolMessage)


class ByteStream(Protocol):
    """A call that carries bytes as they are, both ways; what grpc.aio makes of Connect."""

    async def read(self) -> Any:
        """The next message, or grpc.aio.EOF."""

    async def write(self, request: bytes) -> None:
        """Writes a message; returns when there is room for another."""

    async def done_writing(self) -> None:
        """Says that no more will come."""

    def cancel(self) -> bool:
        """Breaks it off."""


class Connection:
    """A channel to a daemon. Nothing is connected before the first call."""

    def __init__(
        self, endpoint: Endpoint, credentials: Credentials, allow_plaintext_keys: bool
    ) -> None:
        """Raises BAD_REQUEST for a token or certificates that cannot be used."""
        self.endpoint = endpoint
        self._allow_plaintext_keys = allow_plaintext_keys
        token = token_for(endpoint, credentials.token, allow_plaintext_keys)
        self._metadata: tuple[tuple[str, str], ...] = (
            () if token is None else (("authorization", f"Bearer {token}"),)
        )
        self._tls = tls_credentials(credentials) if endpoint.kind == "tls" else None
        self._channel: grpc.aio.Channel | None = None
        self._closed = False
        self._calls: set[Any] = set()
        self._becoming_ready: asyncio.Task[None] | None = None
        self.reopening = asyncio.Semaphore(REOPEN_AT_ONCE)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def check_may_hand_over(self) -> None:
        """Refuses to let a private key out in the clear: whoever squats on a port, or listens on
        the way, must not collect keys. Raises BAD_REQUEST, or NODE_CLOSED."""
        if self._closed:
            raise client_closed_error()
        if self.endpoint.kind == "tcp" and self._allow_plaintext_keys is not True:
            raise make_error(
                "BAD_REQUEST",
                f"refusing to send a private key over plaintext to {self.endpoint}: use unix:// "
                "or tls://, or pass allow_private_keys_over_plaintext=True",
            )

    def connect(self) -> ByteStream:
        """Starts a call of Connect."""
        channel: Any = self._open_channel()
        stream: ByteStream = channel.stream_stream(_SERVICE + "Connect")(metadata=self._metadata)
        return stream

    async def call(
        self, method: str, request: ProtocolMessage, answer: type[_Answer], session: str = ""
    ) -> _Answer:
        """Calls a unary method. NODE_CLOSED when the client is closed before the answer."""
        if self._closed:
            raise client_closed_error()
        stub = self._open_channel().unary_unary(
            _SERVICE + method,
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        metadata = self._metadata
        if session != "":
            metadata = (*metadata, ("inet256-session", session))
        call = stub(request, metadata=metadata)
        self._calls.add(call)
        try:
            response: _Answer = await call
            return response
        except grpc.aio.AioRpcError as failure:
            raise self.explain(failure) from failure
        except asyncio.CancelledError:
            # By close, or by whoever waits for this.
            if self._closed:
                raise client_closed_error() from None
            raise
        finally:
            self._calls.discard(call)

    def explain(self, failure: grpc.aio.AioRpcError) -> Inet256Error:
        """What a failed call means."""
        return error_of_call(failure, str(self.endpoint))

    async def when_ready(self) -> None:
        """Waits until the daemon can be reached again. Raises NODE_CLOSED after `close`."""
        if self._closed:
            raise client_closed_error()
        if self._becoming_ready is None or self._becoming_ready.done():
            self._becoming_ready = asyncio.create_task(self._become_ready())
        try:
            # Shared: one who gives up does not end it for the others.
            await asyncio.shield(self._becoming_ready)
        except (asyncio.CancelledError, grpc.aio.UsageError):
            if self._closed:
                raise client_closed_error() from None
            raise

    async def close(self) -> None:
        """Ends every call and the connection. Again is no error."""
        self._closed = True
        for call in list(self._calls):
            call.cancel()
        if self._becoming_ready is not None:
            self._becoming_ready.cancel()
            await asyncio.gather(self._becoming_ready, return_exceptions=True)
        if self._channel is not None:
            await self._channel.close()

    async def _become_ready(self) -> None:
        channel = self._open_channel()
        while (state := channel.get_state(True)) != grpc.ChannelConnectivity.READY:
            await channel.wait_for_state_change(state)

    def _open_channel(self) -> grpc.aio.Channel:
        # Not before: a channel belongs to the event loop that it is made on.
        if self._channel is None:
            target = self.endpoint.target
            if self._tls is not None:
                self._channel = grpc.aio.secure_channel(target, self._tls, options=_OPTIONS)
            else:
                options = _OPTIONS
                if self.endpoint.kind == "unix":
                    # Else the escaped path, which is no authority.
                    options = (*options, ("grpc.default_authority", "localhost"))
                self._channel = grpc.aio.insecure_channel(target, options=options)
        return self._channel


def client_closed_error() -> Inet256Error:
    """What every call says after the client was closed."""
    return make_error("NODE_CLOSED", "the client has been closed")
