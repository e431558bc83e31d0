# SPDX-License-Identifier: Apache-2.0
"""Keys and their serialized form (INET256 section 1):

    u16 little-endian length of the tag, the tag (ASCII), the raw bytes of the key

A public key's tag is the name of its algorithm, a private key's has ".private" after it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .address import Address
from .ed25519 import ED25519_PUBLIC_KEY_BYTES, is_acceptable_public_key
from .errors import IdentityError

ED25519 = "ed25519"
"""The algorithm's name: the tag of its public keys."""

ED25519_SEED_BYTES = 32
"""Bytes in an Ed25519 seed, the secret half of a private key."""

_PRIVATE = ED25519 + ".private"
_PRIVATE_KEY_BYTES = ED25519_SEED_BYTES + ED25519_PUBLIC_KEY_BYTES


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key that may be used: canonical, and not of small order. A value."""

    raw: bytes

    def __post_init__(self) -> None:
        """Raises IdentityError BAD_KEY for anything but such a key's 32 bytes."""
        if not isinstance(self.raw, bytes) or len(self.raw) != ED25519_PUBLIC_KEY_BYTES:
            raise IdentityError(
                "BAD_KEY", f"an Ed25519 public key is a bytes of length {ED25519_PUBLIC_KEY_BYTES}"
            )
        if not is_acceptable_public_key(self.raw):
            raise IdentityError(
                "BAD_KEY", "the public key is of small order or not in canonical encoding"
            )

    @staticmethod
    def parse(serialized: bytes | bytearray) -> PublicKey:
        """Reads a serialized public key, strictly: exact length, known tag.

        Raises IdentityError UNKNOWN_ALGORITHM, or BAD_KEY; a private key is told apart.
        """
        tag, raw = _decode_tagged(serialized)
        if tag == _PRIVATE:
            raise IdentityError("BAD_KEY", "a private key was given where a public key is expected")
        if tag != ED25519:
            raise IdentityError("UNKNOWN_ALGORITHM", f"a key of another algorithm than {ED25519}")
        return PublicKey(bytes(raw))

    @property
    def algorithm(self) -> str:
        """The algorithm's name."""
        return ED25519

    @property
    def address(self) -> Address:
        """The address of the node that has this key."""
        return Address.of_public_key(self.serialize())

    def serialize(self) -> bytes:
        """The serialized form, 41 bytes."""
        return _encode_tagged(ED25519, self.raw)


class PrivateKey:
    """An Ed25519 private key.

    What it guards: it prints as "[secret]" however it is printed, cannot be pickled, and its public
    half is the seed's own, which signing relies on. Wiping is best effort: Python and OpenSSL make
    copies that nothing here can reach.
    """

    __slots__ = ("_public", "_seed")

    def __init__(self, seed: bytes | bytearray) -> None:
        """The key with this seed: 32 bytes from a cryptographic source of randomness, copied.

        Raises IdentityError BAD_KEY unless there are exactly 32.
        """
        if len(seed) != ED25519_SEED_BYTES:
            raise IdentityError("BAD_KEY", f"an Ed25519 seed has {ED25519_SEED_BYTES} bytes")
        self._seed: bytearray | None = bytearray(seed)
        self._public = PublicKey(self._library_key().public_key().public_bytes_raw())

    @staticmethod
    def parse(serialized: bytes | bytearray) -> PrivateKey:
        """Reads a serialized private key, strictly.

        Exact length, known tag, and the public half must be the one its seed gives. Raises
        IdentityError UNKNOWN_ALGORITHM, or BAD_KEY; a public key is told apart.
        """
        tag, raw = _decode_tagged(serialized)
        if tag == ED25519:
            raise IdentityError("BAD_KEY", "a public key was given where a private key is expected")
        if tag != _PRIVATE:
            raise IdentityError("UNKNOWN_ALGORITHM", f"a key of another algorithm than {ED25519}")
        if len(raw) != _PRIVATE_KEY_BYTES:
            raise IdentityError(
                "BAD_KEY",
                f"an Ed25519 private key has {_PRIVATE_KEY_BYTES} raw bytes, got {len(raw)}",
            )
        key = PrivateKey(raw[:ED25519_SEED_BYTES])
        if hmac.compare_digest(raw[ED25519_SEED_BYTES:], key.public_key.raw):
            return key
        key.wipe()
        raise IdentityError(
            "BAD_KEY", "the private key's public half is not the one its seed gives"
        )

    @property
    def public_key(self) -> PublicKey:
        """The public half; stays usable after `wipe`."""
        return self._public

    @property
    def address(self) -> Address:
        """The address that nodes opened with this key have."""
        return self._public.address

    def serialize(self) -> bytes:
        """The serialized form, 81 bytes. Raises IdentityError BAD_KEY once the key is wiped."""
        return _encode_tagged(_PRIVATE, bytes(self._live_seed()) + self._public.raw)

    def sign_digest(self, digest: bytes) -> bytes:
        """The plain Ed25519 signature of a digest that binds a purpose: see `sign`.

        Raises IdentityError BAD_KEY once the key is wiped.
        """
        return self._library_key().sign(digest)

    def wipe(self) -> None:
        """Overwrites the secret with zeros and forgets it. Again is no error."""
        if self._seed is not None:
            self._seed[:] = bytes(len(self._seed))
        self._seed = None

    def _live_seed(self) -> bytearray:
        if self._seed is None:
            raise IdentityError("BAD_KEY", "the private key was wiped")
        return self._seed

    def _library_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes(self._live_seed()))

    def __repr__(self) -> str:
        return "[secret]"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key cannot be pickled or copied")


def _encode_tagged(tag: str, raw: bytes) -> bytes:
    return len(tag).to_bytes(2, "little") + tag.encode("ascii") + raw


def _decode_tagged(serialized: bytes | bytearray) -> tuple[str, bytes | bytearray]:
    end = 2 + int.from_bytes(serialized[:2], "little")
    if len(serialized) < end:
        raise IdentityError("BAD_KEY", "not a serialized key: its tag is damaged or cut short")
    # Whatever is not ASCII is no tag that anybody knows.
    return serialized[2:end].decode("ascii", errors="replace"), serialized[end:]
