# SPDX-License-Identifier: Apache-2.0
"""A node at a daemon: what it sends goes through an outbox, what arrives through an inbox, and both
live longer than the streams that a keeper starts between them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType

from ._check import check_address, check_find, check_outgoing, check_outgoing_batch
from ._connection import Connection
from ._frames import Message
from ._inbox import Inbox, Messages
from ._keeper import Keeper
from ._limits import MTU
from ._lookups import find_address, lookup_public_key
from ._outbox import Outbox
from .errors import Inet256Error
from .events import Event, Lost, Refused
from .identity import Address, PrivateKey, PublicKey


class Node:
    """One identity that sends and receives messages; `Client.open` makes them.

    Messages arrive at most once, unaltered, from exactly who they claim to be from, or not at all.
    Every call raises Inet256Error: NODE_CLOSED after close, NODE_DROPPED after somebody dropped the
    node, and what is said at each call. A call is given up by cancelling it, for example with
    asyncio.wait_for. A node and its calls belong to the event loop that it was opened on.

    As an async context manager it closes itself. As an async iterable it gives every message that
    arrives, one by one, and ends when the node is closed.
    """

    def __init__(
        self,
        connection: Connection,
        key: PrivateKey,
        inbox_bytes: int,
        daemon_inbox_bytes: int,
        tell: Callable[[Event], None],
        on_over: Callable[[Node], None],
    ) -> None:
        """For Client.open; `inbox_bytes` are kept here, `daemon_inbox_bytes` there."""
        address = key.address
        self._address = address
        self._public_key = key.public_key
        self._connection = connection
        self._outbox = Outbox(lambda reason: tell(Refused(address, reason)))
        self._inbox = Inbox(inbox_bytes, lambda total: tell(Lost(address, "client", total)))
        self._keeper = Keeper(
            connection,
            key,
            daemon_inbox_bytes,
            self._outbox,
            self._inbox,
            tell,
            lambda: on_over(self),
        )

    @property
    def address(self) -> Address:
        """The node's own address."""
        return self._address

    @property
    def public_key(self) -> PublicKey:
        """The key that hashes to it."""
        return self._public_key

    @property
    def mtu(self) -> int:
        """The longest message in bytes: 65,535."""
        return MTU

    async def send(self, to: Address, payload: bytes | bytearray | memoryview) -> None:
        """Sends a message of 0 to 65,535 bytes; returns when it was accepted, which is not to say
        that it arrived.

        Waits while too much is on its way. Tasks that send at the same time share what is written
        to the daemon. Raises MESSAGE_TOO_LARGE, BAD_ADDRESS, NO_SUCH_ADDRESS, UNREACHABLE,
        LIMIT_BYTES (more than 16 MiB wait), UNAVAILABLE (no daemon for 10 s), or OUTCOME_UNKNOWN
        when the connection broke before the daemon answered; none of those is sent again.
        Cancelling it before the message was written takes it back; later it does not.
        """
        octets = check_outgoing(to, payload)
        self._keeper.check()
        await self._outbox.send(to, octets)

    def try_send(self, to: Address, payload: bytes | bytearray | memoryview) -> bool:
        """Sends a message without waiting to hear what became of it.

        False when too much is on its way (1 MiB) or the node is closed; `room` waits until there is
        room again. Raises MESSAGE_TOO_LARGE and BAD_ADDRESS.
        """
        return self._outbox.send_batch(((to, check_outgoing(to, payload)),)) == 1

    def send_batch(self, batch: Sequence[tuple[Address, bytes | bytearray | memoryview]]) -> int:
        """try_send for many, a list of (address, payload): the fast way to send.

        Returns how many of them, from the first on, were taken. What any of them raises is raised
        before any is sent.
        """
        return self._outbox.send_batch(check_outgoing_batch(batch))

    async def room(self) -> None:
        """Waits until try_send would take a message.

        That it then takes one is not promised, for others may have been quicker. Waits through an
        outage of the daemon as `send` does.
        """
        self._keeper.check()
        await self._outbox.room()

    async def receive(self) -> Message:
        """Takes the next message, or waits for it. Competing receivers each get different ones."""
        return await self._inbox.receive()

    def batches(self) -> AsyncIterator[list[Message]]:
        """Takes messages as they come, many at a time: the fast way to receive.

        Each batch is a list of at least one message. Ends when the node is closed.
        """
        return self._inbox.batches()

    def __aiter__(self) -> AsyncIterator[Message]:
        """Every message as it comes; ends when the node is closed."""
        return Messages(self._inbox)

    async def find_address(self, prefix: bytes | bytearray | memoryview, nbits: int) -> Address:
        """Finds an address known to the network whose first `nbits` bits, 0 to 256, are those of
        the prefix; what is longer is ignored.

        Raises NO_SUCH_ADDRESS when there is none, UNREACHABLE when the network does not answer
        within 10 s, and BAD_REQUEST for a prefix shorter than its bits.
        """
        octets = check_find(prefix, nbits)
        return await find_address(self._connection, self._keeper.session, octets, nbits)

    async def lookup_public_key(self, address: Address) -> PublicKey:
        """Finds the key that hashes to an address.

        Raises NO_SUCH_ADDRESS when there is none, and UNREACHABLE when the network does not answer
        within 10 s.
        """
        checked = check_address(address)
        return await lookup_public_key(self._connection, self._keeper.session, checked)

    async def close(self) -> None:
        """Ends this opening, when what was sent before has been written, or after 2 s.

        The last opening takes the node with it. Closing twice is fine.
        """
        await self._keeper.finish()

    async def drop(self) -> None:
        """Removes the node whoever opened it, with its key and every unread message."""
        await self._keeper.drop()

    async def __aenter__(self) -> Node:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        over = self._keeper.over
        return f"<Node {self._address}{'' if over is None else ', ' + over.reason}>"

    async def _start(self) -> None:
        await self._keeper.start()

    def _end(self, error: Inet256Error) -> None:
        self._keeper.end(error)
