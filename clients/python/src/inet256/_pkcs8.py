# SPDX-License-Identifier: Apache-2.0
"""PKCS#8 for Ed25519 (RFC 8410, RFC 5958), the part of ASN.1 DER that it takes and no more:

    SEQUENCE {
      INTEGER version             0, or 1 when the public key is there too
      SEQUENCE { OID }            1.3.101.112, Ed25519
      OCTET STRING { OCTET STRING seed, 32 bytes }
      [0] attributes              optional, ignored
      [1] public key              optional, a BIT STRING
    }

What it guards: a structure that is damaged, or whose public key is another's, is no key.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from .identity import IdentityError, PrivateKey

_INTEGER = 0x02
_OCTET_STRING = 0x04
_OBJECT_IDENTIFIER = 0x06
_SEQUENCE = 0x30
_ATTRIBUTES = 0xA0
_PUBLIC_KEY = 0x81
_ED25519 = bytes.fromhex("2b6570")
_SEED_BYTES = 32
# Everything of a version 0 key that precedes the seed.
_HEAD = bytes.fromhex("302e020100300506032b657004220420")


def encode_pkcs8(key: PrivateKey) -> bytes:
    """The structure of a key, 48 bytes. Raises IdentityError BAD_KEY for a wiped key."""
    # The seed stands before the public half, at the end of the serialized form.
    return _HEAD + key.serialize()[-2 * _SEED_BYTES : -_SEED_BYTES]


def decode_pkcs8(der: bytes) -> PrivateKey:
    """The key in a structure. Raises IdentityError UNKNOWN_ALGORITHM or BAD_KEY."""
    ((tag, outer),) = _exactly(der, 1)
    elements = list(_elements(outer))
    if tag != _SEQUENCE or len(elements) < 3:
        raise _damaged()
    (version_tag, version), (algorithm_tag, algorithm), (key_tag, key), *rest = elements
    if (version_tag, algorithm_tag, key_tag) != (_INTEGER, _SEQUENCE, _OCTET_STRING):
        raise _damaged()
    _check_algorithm(algorithm)
    ((seed_tag, seed),) = _exactly(key, 1)
    if seed_tag != _OCTET_STRING or len(seed) != _SEED_BYTES:
        raise _damaged()
    public = _public_key(version, rest)
    decoded = PrivateKey(seed)
    if public is None or hmac.compare_digest(public, decoded.public_key.raw):
        return decoded
    decoded.wipe()
    raise IdentityError("BAD_KEY", "the public key in the file is not that of its private key")


def _check_algorithm(identifier: bytes) -> None:
    tag, oid = next(_elements(identifier), (0, b""))
    if tag != _OBJECT_IDENTIFIER:
        raise _damaged()
    if oid != _ED25519:
        raise IdentityError(
            "UNKNOWN_ALGORITHM", "the private key is of an algorithm that is not known here"
        )
    _exactly(identifier, 1)


def _public_key(version: bytes, rest: list[tuple[int, bytes]]) -> bytes | None:
    left = rest[1:] if rest and rest[0][0] == _ATTRIBUTES else rest
    if len(left) > 1 or version != bytes([len(left)]):
        raise _damaged()
    if not left:
        return None
    tag, bits = left[0]
    # A bit string says first how many bits of its last byte are not used.
    if tag != _PUBLIC_KEY or bits[:1] != b"\0":
        raise _damaged()
    return bits[1:]


def _exactly(der: bytes, count: int) -> list[tuple[int, bytes]]:
    elements = list(_elements(der))
    if len(elements) != count:
        raise _damaged()
    return elements


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the body of each element, with lengths in their shortest form."""
    at = 0
    while at < len(der):
        tag, length, start = der[at], der[at + 1] if at + 1 < len(der) else 0x80, at + 2
        if length >= 0x80:
            size = length - 0x80
            length = int.from_bytes(der[start : start + size], "big")
            shortest = 1 if length < 0x100 else 2
            if length < 0x80 or size != shortest:
                raise _damaged()
            start += size
        at = start + length
        if at > len(der):
            raise _damaged()
        yield tag, der[start:at]


def _damaged() -> IdentityError:
    return IdentityError("BAD_KEY", "the PKCS#8 private key is damaged or cut short")
