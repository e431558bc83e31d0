# SPDX-License-Identifier: Apache-2.0
"""Checks at the door: what was named, what was expected, and what came. Never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._limits import MTU
from .errors import Reason, make_error
from .identity import Address, IdentityError, PrivateKey, check_prefix

MOST_INBOX_BYTES = 0xFFFFFFFF
"""The greatest number of bytes that an inbox may be asked to keep."""


def check_outgoing(to: Any, payload: Any) -> bytes:
    """The payload as bytes. Raises BAD_ADDRESS, BAD_REQUEST or MESSAGE_TOO_LARGE."""
    if not isinstance(to, Address):
        raise make_error("BAD_ADDRESS", f"to: expected an Address, got {_kind_of(to)}")
    if type(payload) is not bytes:
        payload = _octets("payload", payload)
    if len(payload) > MTU:
        raise make_error(
            "MESSAGE_TOO_LARGE", f"payload: expected at most {MTU} bytes, got {len(payload)}"
        )
    checked: bytes = payload
    return checked


def check_outgoing_batch(batch: Any) -> Sequence[tuple[Address, bytes]]:
    """As check_outgoing, for each before any is sent."""
    if not isinstance(batch, (list, tuple)):
        raise make_error("BAD_REQUEST", f"batch: expected a list, got {_kind_of(batch)}")
    try:
        for to, payload in batch:
            # What nearly all are; anything else is looked at closely.
            if type(to) is not Address or type(payload) is not bytes or len(payload) > MTU:
                return [(to, check_outgoing(to, payload)) for to, payload in batch]
    except (TypeError, ValueError):
        raise make_error("BAD_REQUEST", "batch: expected pairs of address and payload") from None
    return batch


def check_private_key(key: Any) -> None:
    """Raises BAD_KEY, for a key that was wiped too."""
    if not isinstance(key, PrivateKey):
        raise make_error("BAD_KEY", f"key: expected a PrivateKey, got {_kind_of(key)}")
    try:
        key.serialize()
    except IdentityError as cause:
        raise make_error("BAD_KEY", "key: it was wiped") from cause


def check_inbox_bytes(inbox_bytes: Any, reason: Reason) -> None:
    """Raises BAD_REQUEST unless it is a whole number or None; `reason` where it is out of range."""
    if inbox_bytes is None:
        return
    if type(inbox_bytes) is not int:
        raise make_error(
            "BAD_REQUEST", f"inbox_bytes: expected a whole number, got {_kind_of(inbox_bytes)}"
        )
    if not 1 <= inbox_bytes <= MOST_INBOX_BYTES:
        raise make_error(
            reason, f"inbox_bytes: expected a number of bytes from 1 to {MOST_INBOX_BYTES}"
        )


def check_find(prefix: Any, nbits: Any) -> bytes:
    """The prefix as bytes. Raises BAD_REQUEST."""
    octets = _octets("prefix", prefix)
    if type(nbits) is not int:
        raise make_error("BAD_REQUEST", f"nbits: expected a whole number, got {_kind_of(nbits)}")
    try:
        check_prefix(octets, nbits)
    except IdentityError as cause:
        raise make_error("BAD_REQUEST", str(cause)) from cause
    return octets


def check_address(address: Any) -> Address:
    """Raises BAD_ADDRESS."""
    if not isinstance(address, Address):
        raise make_error("BAD_ADDRESS", f"address: expected an Address, got {_kind_of(address)}")
    return address


def _octets(name: str, value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise make_error("BAD_REQUEST", f"{name}: expected bytes, got {_kind_of(value)}")


def _kind_of(value: Any) -> str:
    return type(value).__name__
