# SPDX-License-Identifier: Apache-2.0
"""The wire form of what streams carry: stream messages of the protocol buffer ConnectRequest, and
what ConnectResponse brings.

Datagrams to send are put together by hand, for that takes a fifth of the time of the protobuf
runtime; a datagram stands in the message as

    12 len  0a 20 address(32)  [12 len payload]

(field 2 of the message; fields 1 and 2 of Datagram; an absent payload is empty). What arrives is
read by the protobuf runtime, which was measured to be as fast as anything written here, and takes
whatever a valid encoder writes.
"""

from __future__ import annotations

from typing import NamedTuple

from ._gen.inet256.v1.node_pb2 import (
    ConnectRequest,
    ConnectResponse,
    NodeKey,
    OpenOptions,
    OpenRequest,
)
from ._limits import REMEMBERED_SENDERS
from .identity import Address

ASKING = b""
"""An empty request asks for the acceptance of what was written before."""

Frame = tuple[bytes, bytes, int]
"""What stands before the address, what stands between it and the payload, and the bytes in all."""

_ADDRESS = b"\x0a\x20"
_ADDRESS_FIELD_BYTES = 34
# Frames of payloads up to so many bytes are kept; what is longer is worth the making.
_KEPT_UP_TO = 2048


class Message(NamedTuple):
    """A message that arrived, with its true sender."""

    source: Address
    """Who sent it."""

    payload: bytes
    """The message, 0 to 65,535 bytes."""


class _Frames(dict[int, Frame]):
    """Frames by the length of the payload, made when they are first needed."""

    def __missing__(self, length: int) -> Frame:
        tail = b"" if length == 0 else b"\x12" + _varint(length)
        inner = _ADDRESS_FIELD_BYTES + len(tail) + length
        head = b"\x12" + _varint(inner) + _ADDRESS
        frame = head, tail, len(head) - len(_ADDRESS) + inner
        if length <= _KEPT_UP_TO:
            self[length] = frame
        return frame


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


FRAMES = _Frames()
"""The frame of a payload of so many bytes."""


def encode_opening(private_key: bytes, inbox_bytes: int) -> bytes:
    """The first request of a stream; `inbox_bytes` 0 leaves the daemon its default."""
    options = OpenOptions(inbox_bytes=inbox_bytes, accept_lazily=True)
    opening = OpenRequest(key=NodeKey(private_key=private_key), options=options)
    return ConnectRequest(open=opening).SerializeToString()


class MessageReader:
    """Turns what arrived into messages; remembers senders, for they repeat themselves."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, Address] = {}

    def read(self, response: ConnectResponse) -> list[Message]:
        """The messages of a response. Raises IdentityError where an address is none."""
        known = self._known
        make = tuple.__new__
        try:
            # NamedTuple's own constructor takes half as long again.
            return [
                make(Message, (known[datagram.address], datagram.payload))
                for datagram in response.datagrams
            ]
        except KeyError:
            self._learn(response)
            return [Message(known[d.address], d.payload) for d in response.datagrams]

    def _learn(self, response: ConnectResponse) -> None:
        known = self._known
        if len(known) > REMEMBERED_SENDERS:
            known.clear()
        for datagram in response.datagrams:
            raw = datagram.address
            if raw not in known:
                known[raw] = Address(raw)
