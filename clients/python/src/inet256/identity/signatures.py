# SPDX-License-Identifier: Apache-2.0
"""What is signed (INET256 section 4).

One key serves the network and its applications, so every signature is bound to a purpose:

    sigCtx = cSHAKE256(N = "", S = "", X = purpose, 256 bits)     which is SHAKE256
    digest = cSHAKE256(N = "", S = sigCtx, X = message, 512 bits)
    sig    = Sign(privateKey, digest)
"""

from __future__ import annotations

import hashlib

from Crypto.Hash import cSHAKE256

from .ed25519 import verify_ed25519
from .errors import IdentityError
from .keys import PrivateKey, PublicKey

RESERVED_PURPOSE_PREFIX = "inet256/"
"""What begins the purposes that are for implementations only."""

_CONTEXT_BYTES = 32
_DIGEST_BYTES = 64


def signature_context(purpose: str) -> bytes:
    """sigCtx: what a purpose gives signatures. 32 bytes.

    Raises IdentityError BAD_PURPOSE if the purpose is not well-formed text.
    """
    try:
        encoded = purpose.encode("utf-8")
    except UnicodeEncodeError:
        raise IdentityError("BAD_PURPOSE", "a purpose is well-formed Unicode text") from None
    return hashlib.shake_256(encoded).digest(_CONTEXT_BYTES)


def signature_digest(purpose: str, message: bytes) -> bytes:
    """The 64 bytes that a key signs for a purpose and a message.

    Raises IdentityError BAD_PURPOSE if the purpose is not well-formed text.
    """
    hasher = cSHAKE256.new(data=message, custom=signature_context(purpose))
    return hasher.read(_DIGEST_BYTES)


def sign(key: PrivateKey, purpose: str, message: bytes) -> bytes:
    """Signs a message for a purpose of the application's own.

    Raises IdentityError BAD_PURPOSE if the purpose begins with "inet256/", which is reserved for
    implementations, or is not well-formed text; BAD_KEY if the key was wiped.
    """
    if purpose.startswith(RESERVED_PURPOSE_PREFIX):
        raise IdentityError(
            "BAD_PURPOSE",
            f'purposes beginning with "{RESERVED_PURPOSE_PREFIX}" are reserved for implementations',
        )
    return key.sign_digest(signature_digest(purpose, message))


def verify(key: PublicKey, purpose: str, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature of the message for the purpose, reserved or not.

    Raises IdentityError BAD_PURPOSE if the purpose is not well-formed text.
    """
    return verify_ed25519(key.raw, signature_digest(purpose, message), signature)
