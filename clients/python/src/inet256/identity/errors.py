# SPDX-License-Identifier: Apache-2.0
"""The one error of this package.

Its messages say what was wrong and what was expected, and never repeat the input: what fails to
parse as an address or a key may well be a secret that was put in the wrong place.
"""

from __future__ import annotations

from typing import Literal

IdentityErrorCode = Literal[
    "BAD_ADDRESS",  # not an address: wrong length, wrong character, non-zero trailing bits
    "BAD_KEY",  # not a key that may be used: damaged, of the wrong kind, or wiped
    "UNKNOWN_ALGORITHM",  # a key, but of an algorithm that this implementation does not have
    "BAD_PURPOSE",  # the purpose of a signature is reserved, or is not text
    "BAD_IPV6",  # an IPv6 address that stands for no INET256 address, or the reverse
    "BAD_PREFIX",  # a prefix and a number of bits that do not go together
]


class IdentityError(ValueError):
    """What every function of this package raises for input that it refuses."""

    def __init__(self, code: IdentityErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: IdentityErrorCode = code
