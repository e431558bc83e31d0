# SPDX-License-Identifier: Apache-2.0
"""An address names a node: the hash of its public key (INET256 section 1)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from .errors import IdentityError

ADDRESS_BYTES = 32
"""Bytes in an address."""

ADDRESS_BITS = 8 * ADDRESS_BYTES
"""Bits in an address."""

ADDRESS_TEXT_LENGTH = 43
"""Characters in the text form of an address."""

# Six bits a character, most significant first, over an alphabet in ASCII order, so that texts sort
# as the addresses do.
_ALPHABET = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_TEXT = bytes.maketrans(_STANDARD, _ALPHABET)
_FROM_TEXT = bytes.maketrans(_ALPHABET, _STANDARD)


@dataclass(frozen=True, order=True, repr=False)
class Address:
    """A 256-bit address. A value: compares by its bytes, which is also the order of the texts."""

    raw: bytes

    def __post_init__(self) -> None:
        """Raises IdentityError BAD_ADDRESS unless there are exactly 32 bytes."""
        if not isinstance(self.raw, bytes) or len(self.raw) != ADDRESS_BYTES:
            raise IdentityError("BAD_ADDRESS", f"an address is a bytes of length {ADDRESS_BYTES}")

    @staticmethod
    def parse(text: str) -> Address:
        """The address with this text form: exactly 43 characters, no space around them.

        Raises IdentityError BAD_ADDRESS, saying which rule of the text form was broken: the length,
        the character by its place, or the trailing bits.

        >>> Address.parse("-" * 43) == NO_ONE
        True
        >>> Address.parse("too short")
        Traceback (most recent call last):
        inet256.identity.errors.IdentityError: an address has 43 characters, got 9
        """
        return Address(_decode(text))

    @staticmethod
    def of_public_key(serialized: bytes) -> Address:
        """The address of a public key: the first 32 bytes of SHAKE256 of its serialized form.

        The key's algorithm need not be known, and nothing about it is checked; see
        `PublicKey.address` for one that is.
        """
        return Address(hashlib.shake_256(serialized).digest(ADDRESS_BYTES))

    def has_prefix(self, prefix: bytes, nbits: int) -> bool:
        """Whether the first nbits bits are those of the prefix.

        False, never an error, for what `check_prefix` refuses: use that first on what comes from a
        caller.

        >>> EVERYONE.has_prefix(b"\\xff\\xf0", 12)
        True
        """
        if not 0 <= nbits <= 8 * min(len(prefix), ADDRESS_BYTES):
            return False
        return _first_bits(self.raw, nbits) == _first_bits(prefix, nbits)

    def __bytes__(self) -> bytes:
        return self.raw

    def __str__(self) -> str:
        """The text form: 43 characters."""
        return base64.b64encode(self.raw).translate(_TO_TEXT, delete=b"=").decode("ascii")

    def __repr__(self) -> str:
        return f"Address.parse({str(self)!r})"


EVERYONE = Address(b"\xff" * ADDRESS_BYTES)
"""The conventional name for everyone, which is never a node's."""

NO_ONE = Address(bytes(ADDRESS_BYTES))
"""The conventional name for no one, which is never a node's."""


def check_prefix(prefix: bytes, nbits: int) -> None:
    """Refuses a prefix and a number of bits that do not go together.

    nbits is 0 to 256, and the prefix has at least that many bits; what it has beyond is ignored.
    Raises IdentityError BAD_PREFIX.
    """
    if not 0 <= nbits <= ADDRESS_BITS:
        raise IdentityError("BAD_PREFIX", f"nbits is 0 to {ADDRESS_BITS}, got {nbits}")
    needed = (nbits + 7) // 8
    if len(prefix) < needed:
        raise IdentityError(
            "BAD_PREFIX",
            f"a prefix of {nbits} bits needs at least {needed} bytes, got {len(prefix)}",
        )


def _decode(text: str) -> bytes:
    if len(text) != ADDRESS_TEXT_LENGTH:
        raise IdentityError(
            "BAD_ADDRESS", f"an address has {ADDRESS_TEXT_LENGTH} characters, got {len(text)}"
        )
    for place, character in enumerate(text, start=1):
        if not character.isascii() or character.encode("ascii") not in _ALPHABET:
            raise IdentityError(
                "BAD_ADDRESS", f"character {place} of the address is not one of - 0-9 A-Z _ a-z"
            )
    encoded = text.encode("ascii").translate(_FROM_TEXT)
    raw = base64.b64decode(encoded + b"=")
    # 43 characters hold two bits more than an address has; the library ignores them.
    if base64.b64encode(raw) != encoded + b"=":
        raise IdentityError("BAD_ADDRESS", "the last character of an address ends in two zero bits")
    return raw


def _first_bits(raw: bytes, nbits: int) -> int:
    return int.from_bytes(raw[:ADDRESS_BYTES].ljust(ADDRESS_BYTES, b"\0"), "big") >> (
        ADDRESS_BITS - nbits
    )
