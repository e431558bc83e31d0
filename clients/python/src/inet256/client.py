# SPDX-License-Identifier: Apache-2.0
"""`connect`, the way in: one client is one connection to a daemon; it opens any number of nodes,
and brings them back by itself when the daemon was away.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

from ._check import check_inbox_bytes, check_private_key
from ._connection import Connection, client_closed_error
from ._endpoint import default_endpoint, parse_endpoint
from ._limits import INBOX_BYTES
from ._lookups import drop_node
from ._settings import Credentials
from .events import Event, Listener
from .identity import PrivateKey
from .node import Node


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
    """A client of the daemon at `endpoint`: `unix:///path`, `tcp://host:port` or `tls://host:port`.

    Without one it is $INET256_API, else the user's own daemon, else the system's. Returns at once:
    the first call finds out whether a daemon is there. Use it as an async context manager, or close
    it.

    token: the bearer token of a tcp:// or tls:// daemon, 32 to 4,096 printable characters; else
        $INET256_API_TOKEN, else the first line of $INET256_API_TOKEN_FILE.
    root_certificates: the authorities that a tls:// daemon's certificate is checked against, PEM;
        else $INET256_API_CA_FILE, else the system's.
    certificate, certificate_key: what the client shows to a tls:// daemon that asks, PEM; else
        $INET256_API_CERT_FILE and $INET256_API_KEY_FILE.
    allow_private_keys_over_plaintext: lets private keys cross tcp://, and tokens leave this machine
        by it, where anybody on the way or on the port can read them. Only for a tunnel that is
        private by other means.
    inbox_bytes: bytes of unread messages, as encoded, kept per node in this process; beyond it the
        oldest are lost, and `Lost` is told.
    on_event: hears of breaks, reopenings and losses; see `inet256.events`.

    Raises BAD_REQUEST for an endpoint, a token or a file that cannot be used.
    """
    parsed = parse_endpoint(default_endpoint() if endpoint is None else endpoint)
    check_inbox_bytes(inbox_bytes, "BAD_REQUEST")
    credentials = Credentials(token, root_certificates, certificate, certificate_key)
    connection = Connection(parsed, credentials, allow_private_keys_over_plaintext)
    return Client(connection, inbox_bytes, on_event)


class Client:
    """A connection to a daemon; `connect` makes them. Belongs to one event loop."""

    def __init__(self, connection: Connection, inbox_bytes: int, on_event: Listener | None) -> None:
        """For connect."""
        self._connection = connection
        self._inbox_bytes = inbox_bytes
        self._on_event = on_event
        self._nodes: set[Node] = set()

    @property
    def endpoint(self) -> str:
        """The endpoint it speaks to."""
        return str(self._connection.endpoint)

    async def open(self, key: PrivateKey, *, inbox_bytes: int | None = None) -> Node:
        """Joins the network as the address of that key; returns when the node can send, and be
        reached from here.

        Opening a key that is open shares the node: each message goes to one of the openings. The
        key stays the caller's, who may wipe it at once. `inbox_bytes` is how many bytes of unread
        messages the daemon keeps, each counted with 36 bytes more; None leaves that to the daemon.

        Raises BAD_KEY, KEY_IN_USE_BY_DAEMON, UNSUPPORTED_OPTION, LIMIT_NODES, LIMIT_RATE,
        UNAUTHENTICATED, UNAVAILABLE, or BAD_REQUEST for a private key over plaintext.
        """
        check_private_key(key)
        check_inbox_bytes(inbox_bytes, "UNSUPPORTED_OPTION")
        self._connection.check_may_hand_over()
        node = Node(
            self._connection,
            key,
            self._inbox_bytes,
            inbox_bytes or 0,
            self._tell,
            self._nodes.discard,
        )
        self._nodes.add(node)
        await node._start()
        return node

    async def drop(self, key: PrivateKey) -> None:
        """Removes the node of that key whoever opened it; dropping what is not open succeeds.

        Raises BAD_KEY, KEY_IN_USE_BY_DAEMON, UNAUTHENTICATED or UNAVAILABLE.
        """
        check_private_key(key)
        self._connection.check_may_hand_over()
        await drop_node(self._connection, key.serialize())

    async def close(self) -> None:
        """Closes every node opened here, then the connection. Closing twice is fine."""
        await asyncio.gather(*(node.close() for node in list(self._nodes)))
        # What is still being opened.
        for node in list(self._nodes):
            node._end(client_closed_error())
        await self._connection.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.endpoint}>"

    def _tell(self, event: Event) -> None:
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception as error:
            context = {"message": "an INET256 event listener raised", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
