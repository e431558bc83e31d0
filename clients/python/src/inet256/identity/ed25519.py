# SPDX-License-Identifier: Apache-2.0
"""Ed25519 verification as INET256 section 1 defines it, where libraries differ.

Verification is cofactorless, which is what OpenSSL does; keys and signatures of small order or in a
non-canonical encoding are refused, which is what it does not. The checks here need no arithmetic on
points, and nothing that they look at is secret.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519_PUBLIC_KEY_BYTES = 32
"""Bytes in an Ed25519 public key."""

ED25519_SIGNATURE_BYTES = 64
"""Bytes in an Ed25519 signature: R, then S."""

_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_FIELD_PRIME = 2**255 - 19
# The y coordinate of two of the four points of order 8; that of the others is its negative.
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y coordinates of the eight points of small order: 1 (order 1), -1 (order 2), 0 (order 4, two
# points), and of order 8 (two points each). The sign of x is left out, which also covers the
# impossible encodings of y = 1 and y = -1 that have it set.
_SMALL_ORDER_Y = frozenset({1, _FIELD_PRIME - 1, 0, _ORDER_8_Y, _FIELD_PRIME - _ORDER_8_Y})


def verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is valid by the rule of INET256 section 1, all of it.

    Lengths, S < L, canonical A and R of no small order, and encode(S·B - (k mod L)·A) equal to R.
    Never raises for what came from elsewhere.
    """
    if not is_acceptable_public_key(public_key) or not is_acceptable_signature(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_acceptable_public_key(raw: bytes) -> bool:
    """Whether these are 32 bytes in canonical encoding that stand for no point of small order.

    Whether there is a point with this y at all is not asked: without one, no signature verifies.
    """
    return len(raw) == ED25519_PUBLIC_KEY_BYTES and _is_acceptable_point(raw)


def is_acceptable_signature(signature: bytes) -> bool:
    """Whether these are 64 bytes R, S with S < L and R as acceptable as a public key has to be."""
    return (
        len(signature) == ED25519_SIGNATURE_BYTES
        and int.from_bytes(signature[32:], "little") < _GROUP_ORDER
        and _is_acceptable_point(signature[:32])
    )


def _is_acceptable_point(encoded: bytes) -> bool:
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < _FIELD_PRIME and y not in _SMALL_ORDER_Y
