# SPDX-License-Identifier: Apache-2.0
"""Addresses, keys and signatures as INET256 lays them down.

What two implementations have to agree on before they can talk about the same node. No network
here, no files and no randomness.

What it guards: an `Address` and a key exist only if they are well-formed, so nothing else needs to
check them again; verification gives the verdict of INET256 section 1 where Python's libraries
would give another; and a `PrivateKey` never shows in anything that is printed or logged.
"""

from .address import (
    ADDRESS_BITS,
    ADDRESS_BYTES,
    ADDRESS_TEXT_LENGTH,
    EVERYONE,
    NO_ONE,
    Address,
    check_prefix,
)
from .ed25519 import verify_ed25519
from .errors import IdentityError, IdentityErrorCode
from .ipv6 import ipv6_of_address, prefix_of_ipv6
from .keys import PrivateKey, PublicKey
from .signatures import (
    RESERVED_PURPOSE_PREFIX,
    sign,
    signature_context,
    signature_digest,
    verify,
)

__all__ = [
    "ADDRESS_BITS",
    "ADDRESS_BYTES",
    "ADDRESS_TEXT_LENGTH",
    "EVERYONE",
    "NO_ONE",
    "RESERVED_PURPOSE_PREFIX",
    "Address",
    "IdentityError",
    "IdentityErrorCode",
    "PrivateKey",
    "PublicKey",
    "check_prefix",
    "ipv6_of_address",
    "prefix_of_ipv6",
    "sign",
    "signature_context",
    "signature_digest",
    "verify",
    "verify_ed25519",
]
