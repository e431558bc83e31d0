# SPDX-License-Identifier: Apache-2.0
"""`connect` for programs without asyncio."""

from __future__ import annotations

from types import TracebackType

from .. import client as asynchronous
from .._limits import INBOX_BYTES
from ..events import Listener
from ..identity import PrivateKey
from ._background import BACKGROUND
from ._node import Node


def connect(
    endpoint: str | None = None,
    *,
    token: str | None = None,
    root_certificates: bytes | None = None,
    certificate: bytes | None = None,
    certificate_key: bytes | None = None,
    allow_private_keys_over_plaintext: bool = False,
    inbox_bytes: int = INBOX_BYTES,
    on_event: Listener | None = None,
) -> Client:
    """A client of the daemon at `endpoint`: see `inet256.connect`.

    `on_event` is called in a thread of this package's own, where it must not call it back.
    """
    return Client(
        asynchronous.connect(
            endpoint,
            token=token,
            root_certificates=root_certificates,
            certificate=certificate,
            certificate_key=certificate_key,
            allow_private_keys_over_plaintext=allow_private_keys_over_plaintext,
            inbox_bytes=inbox_bytes,
            on_event=on_event,
        )
    )


class Client:
    """A connection to a daemon; `connect` makes them. May be used from several threads."""

    def __init__(self, client: asynchronous.Client) -> None:
        """For connect."""
        self._client = client

    @property
    def endpoint(self) -> str:
        """The endpoint it speaks to."""
        return self._client.endpoint

    def open(
        self,
        key: PrivateKey,
        *,
        inbox_bytes: int | None = None,
        timeout: float | None = None,
    ) -> Node:
        """Joins the network as the address of that key: see `inet256.Client.open`."""
        return Node(BACKGROUND.run(self._client.open(key, inbox_bytes=inbox_bytes), timeout))

    def drop(self, key: PrivateKey, timeout: float | None = None) -> None:
        """Removes the node of that key whoever opened it; what is not open is dropped already."""
        BACKGROUND.run(self._client.drop(key), timeout)

    def close(self) -> None:
        """Closes every node opened here, then the connection. Closing twice is fine."""
        BACKGROUND.run(self._client.close())

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._client)
